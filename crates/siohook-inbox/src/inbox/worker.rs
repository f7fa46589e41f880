//! The future that runs handlers.

use std::future::poll_fn;
use std::hint;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use siohook::DetachedTask;

use super::execution::Execution;
use super::{ENDING, Inbox, NO_WORK, WORKING, call_on_dead};
use crate::InboxError;
use crate::engine::{Command, Job, Task};
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
        let mut working = Working::begin(self)?;
        poll_fn(|cx| working.poll(cx)).await
    }
}

/// The work of an inbox. There is one at a time.
struct Working {
    jobs: UnboundedReceiver<Job>,
    runs: FuturesUnordered<DetachedTask>,
    /// It is dropped last.
    turn: Turn,
}

/// The right to work.
struct Turn(Inbox);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.work.store(NO_WORK, Ordering::Release);
    }
}

impl Working {
    fn begin(inbox: Inbox) -> Result<Self, InboxError> {
        let begun =
            inbox
                .0
                .work
                .compare_exchange(NO_WORK, WORKING, Ordering::Acquire, Ordering::Relaxed);
        if begun.is_err() {
            return Err(InboxError::AlreadyRunning);
        }
        let (sender, jobs) = unbounded();
        inbox.0.engine.send(Command::Work(sender));
        Ok(Self {
            jobs,
            runs: FuturesUnordered::new(),
            turn: Turn(inbox),
        })
    }

    /// Starts the runs that have arrived, and goes on with the others.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), InboxError>> {
        while let Poll::Ready(job) = self.jobs.poll_next_unpin(cx) {
            match job {
                Some(Job::Tasks(tasks)) => self.start(tasks),
                Some(Job::Dead(letters)) => call_on_dead(&self.turn.0.0.builder, &letters),
                #[cfg(feature = "testing")]
                Some(Job::Idle(reply)) => {
                    let _ = reply.send(());
                }
                Some(Job::Drained) => return Poll::Ready(Ok(())),
                None => return Poll::Ready(Err(InboxError::store(&StoreError::ended()))),
            }
        }
        while let Poll::Ready(Some(())) = self.runs.poll_next_unpin(cx) {}
        Poll::Pending
    }

    fn start(&self, tasks: Vec<Task>) {
        let inbox = &self.turn.0;
        for task in tasks {
            if let Some(task) = Execution::begin(inbox, task)
                && let Err(task) = inbox.0.dispatcher.spawn(task)
            {
                self.runs.push(task);
            }
        }
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let inbox = &self.turn.0;
        // From now on, what is dropped is given back.
        inbox.0.work.store(ENDING, Ordering::Relaxed);
        self.jobs.close();
        loop {
            match self.jobs.next().now_or_never() {
                // Work that is dropped before it began gives its runs back.
                Some(Some(Job::Tasks(tasks))) => {
                    let work = tasks.into_iter().map(|task| Execution::begin(inbox, task));
                    work.for_each(drop);
                }
                Some(Some(Job::Dead(letters))) => call_on_dead(&inbox.0.builder, &letters),
                Some(Some(_)) => {}
                Some(None) => break,
                // A job is being sent at this moment.
                None => hint::spin_loop(),
            }
        }
        inbox.0.engine.send(Command::StopWork);
    }
}
