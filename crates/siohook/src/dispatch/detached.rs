//! Work that runs on an executor. If the executor drops the work, the run goes back to the
//! request, which reports it. If the request is gone, dropping the run reports it.

use futures_channel::oneshot::{self, Canceled, Sender};

use super::Dispatcher;
use super::core::{DetachedTask, Executor};
use super::run::Run;
use crate::handler::Report;
use crate::panics::{Guarded, catch};

impl Dispatcher {
    /// Hands a task to the executor of [`detach`](crate::DispatcherBuilder::detach).
    ///
    /// It is for programs that store deliveries, and [`run`](Self::run) their handlers in tasks
    /// of their own. [`idle`](Self::idle) does not wait for the task, and a deadline in the
    /// closure of `detach` holds for it as well.
    ///
    /// ```
    /// use siohook::{Delivery, DetachedTask, Dispatcher};
    ///
    /// /// Runs a handler of a stored delivery.
    /// fn start(dispatcher: &Dispatcher, delivery: Delivery) -> Result<(), &'static str> {
    ///     let runner = dispatcher.clone();
    ///     let task: DetachedTask = Box::pin(async move {
    ///         let ran = runner.run(&delivery, [("shop.grant", ())], |_| ()).await;
    ///         ran.unwrap_or_else(|unknown| eprintln!("{unknown}"));
    ///     });
    ///     dispatcher.spawn(task).map_err(|_| "the builder needs `detach`")
    /// }
    /// ```
    ///
    /// If the closure of `detach` panics, the panic is ignored, and the task is dropped unless
    /// the closure had passed it on.
    ///
    /// # Errors
    ///
    /// Returns the task if the dispatcher has no executor.
    pub fn spawn(&self, task: DetachedTask) -> Result<(), DetachedTask> {
        let Some(executor) = &self.core.executor else {
            return Err(task);
        };
        // Dropping the task may panic while the closure unwinds.
        let mut task = Guarded::new(task);
        let _ = catch(|| executor(Box::pin(async move { task.as_mut().await })));
        Ok(())
    }
}

/// A run, and the channel on which its request waits for the report.
struct Work(Option<(Run, Sender<GivenBack>)>);

enum GivenBack {
    Report(Report),
    /// The run did not end.
    Run(Run),
}

/// Hands a run to the executor and waits for its end.
pub(super) async fn finish(run: Run, executor: &Executor) -> Report {
    let (request, ended) = oneshot::channel();
    let work = Box::pin(Work(Some((run, request))).finish());
    let handed_over = catch(|| executor(work));
    match (ended.await, handed_over) {
        (Ok(GivenBack::Report(report)), _) => report,
        (Ok(GivenBack::Run(mut run)), Ok(())) => run.cancel(),
        (Ok(GivenBack::Run(mut run)), Err(panic)) => run.fail(&panic),
        (Err(Canceled), _) => unreachable!("dropped work gives its run back"),
    }
}

impl Work {
    async fn finish(mut self) {
        if let Some((run, _)) = &mut self.0 {
            let report = run.finish().await;
            self.give_back(|_| GivenBack::Report(report));
        }
    }

    fn give_back(&mut self, make: impl FnOnce(Run) -> GivenBack) {
        if let Some((run, request)) = self.0.take() {
            let given = make(run);
            // Waking the request may panic.
            let _ = catch(|| request.send(given).is_ok());
        }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.give_back(GivenBack::Run);
    }
}
