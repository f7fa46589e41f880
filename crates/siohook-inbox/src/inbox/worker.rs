//! The future that runs handlers.

use std::future::poll_fn;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use siohook::DetachedTask;

use super::execution::Execution;
use super::{Inbox, call_on_dead};
use crate::InboxError;
use crate::engine::{Command, Job};
use crate::store::StoreError;

impl Inbox {
    /// Runs handlers until the inbox is [drained](Self::drain).
    ///
    /// It runs what [`receiver`](Self::receiver) stores, in this process or another one, what is
    /// due again, and what a process left that was killed. A program that only accepts deliveries
    /// never calls it, and a program that only runs handlers never calls `receiver`.
    ///
    /// Handlers run on the executor of [`detach`](siohook::DispatcherBuilder::detach) if the
    /// dispatcher has one, else in this future. Let the closure of `detach` set no deadline of its own:
    /// a handler that it drops has failed, and [`timeout`](crate::InboxBuilder::timeout) stops handlers
    /// already. [`on_report`](siohook::DispatcherBuilder::on_report) is called once for each run. Its
    /// reply is what [`dispatch`](siohook::Dispatcher::dispatch) would have sent; a handler that was
    /// stopped is reported as cancelled.
    ///
    /// ```
    /// # fn f(inbox: &siohook_inbox::Inbox) {
    /// let worker = tokio::spawn(inbox.clone().run());
    /// # let _ = worker;
    /// # }
    /// ```
    ///
    /// # Cancellation
    ///
    /// Dropping the future drops the handlers at their next `await`, and gives their runs back, as
    /// [`drain`](Self::drain) does with those that don't end in time.
    ///
    /// # Errors
    ///
    /// * It is running already in this inbox.
    /// * The thread of the inbox ended, which is a bug.
    pub async fn run(self) -> Result<(), InboxError> {
        // The guard is dropped before the runs: they see that they are given back.
        let mut runs = FuturesUnordered::new();
        let mut working = Working::begin(self)?;
        poll_fn(|cx| {
            if let Poll::Ready(ended) = working.poll_jobs(cx, &runs) {
                return Poll::Ready(ended);
            }
            while let Poll::Ready(Some(())) = runs.poll_next_unpin(cx) {}
            Poll::Pending
        })
        .await
    }
}

/// The jobs of an inbox, while it is working.
struct Working {
    inbox: Inbox,
    jobs: UnboundedReceiver<Job>,
}

impl Working {
    fn begin(inbox: Inbox) -> Result<Self, InboxError> {
        if inbox.0.is_working.swap(true, Ordering::Relaxed) {
            return Err(InboxError::AlreadyRunning);
        }
        let (sender, jobs) = unbounded();
        inbox.0.engine.send(Command::Work(sender));
        Ok(Self { inbox, jobs })
    }

    /// Starts the runs that have arrived.
    fn poll_jobs(
        &mut self,
        cx: &mut Context<'_>,
        runs: &FuturesUnordered<DetachedTask>,
    ) -> Poll<Result<(), InboxError>> {
        loop {
            match self.jobs.poll_next_unpin(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Job::Tasks(tasks))) => {
                    for task in tasks {
                        if let Some(task) = Execution::begin(&self.inbox, task)
                            && let Err(task) = self.inbox.0.dispatcher.spawn(task)
                        {
                            runs.push(task);
                        }
                    }
                }
                Poll::Ready(Some(Job::Dead(letters))) => {
                    call_on_dead(&self.inbox.0.builder, &letters);
                }
                #[cfg(feature = "testing")]
                Poll::Ready(Some(Job::Idle(reply))) => {
                    let _ = reply.send(());
                }
                Poll::Ready(Some(Job::Drained)) => return Poll::Ready(Ok(())),
                Poll::Ready(None) => {
                    return Poll::Ready(Err(InboxError::store(&StoreError::ended())));
                }
            }
        }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.inbox.0.is_working.store(false, Ordering::Relaxed);
        self.jobs.close();
        while let Some(Some(job)) = self.jobs.next().now_or_never() {
            if let Job::Tasks(tasks) = job {
                // Work that is dropped before it began gives its runs back.
                let work = tasks
                    .into_iter()
                    .map(|task| Execution::begin(&self.inbox, task));
                work.for_each(drop);
            }
        }
        self.inbox.0.engine.send(Command::StopWork);
    }
}
