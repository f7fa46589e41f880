//! Limits, replies, hooks and the executor.

use super::DispatcherBuilder;
use crate::dispatch::core::{DetachedTask, Unhandled};
use crate::handler::{Mismatched, Report};
use crate::panics::Guarded;
use crate::verify::Rejection;

impl DispatcherBuilder {
    /// Sets the longest body that is accepted, in bytes. The default is 1 MiB. A delivery
    /// has a few kilobytes.
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let builder = Dispatcher::builder().max_body_bytes(64 * 1024);
    /// # let _ = builder;
    /// ```
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.verifier.max_body_bytes = bytes;
        self
    }

    /// Sets how many deliveries are remembered, so that another attempt runs only the
    /// handlers that failed. The default is 10,000.
    ///
    /// Each takes less than 96 bytes. When the memory is full, the delivery that was
    /// remembered first is forgotten first. With 0, only simultaneous copies are refused.
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let builder = Dispatcher::builder().redelivery_memory(100_000); // less than 10 MB
    /// # let _ = builder;
    /// ```
    ///
    /// The memory ends with the process. A handler that must never run twice has to ask a
    /// database.
    pub fn redelivery_memory(mut self, deliveries: usize) -> Self {
        self.memory = deliveries;
        self
    }

    /// Sets the reply to a delivery that no handler listens to. The default is
    /// [`Unhandled::Accept`].
    ///
    /// ```
    /// use siohook::{Dispatcher, Unhandled};
    ///
    /// let builder = Dispatcher::builder().on_unhandled(Unhandled::Reject);
    /// # let _ = builder;
    /// ```
    ///
    /// [`Report::suggestion`] returns the handler to write for it.
    pub fn on_unhandled(mut self, unhandled: Unhandled) -> Self {
        self.unhandled = unhandled;
        self
    }

    /// Sets the reply to a delivery whose body does not match a handler's arguments. The
    /// default is [`Mismatched::Reject`].
    ///
    /// ```
    /// use siohook::{Dispatcher, Mismatched};
    ///
    /// let builder = Dispatcher::builder().on_mismatch(Mismatched::Accept);
    /// # let _ = builder;
    /// ```
    pub fn on_mismatch(mut self, mismatched: Mismatched) -> Self {
        self.mismatched = mismatched;
        self
    }

    /// Calls a closure with the report of each delivery, before the reply is sent.
    ///
    /// It runs on the task of the delivery, so it must not block. A panic in it is ignored.
    ///
    /// ```
    /// use siohook::{Dispatcher, ReplyOutcome};
    ///
    /// let builder = Dispatcher::builder().on_report(|report| {
    ///     if report.reply().outcome() != ReplyOutcome::Done {
    ///         eprintln!("{report}");
    ///     }
    /// });
    /// # let _ = builder;
    /// ```
    ///
    /// [`run`](crate::Dispatcher::run) calls it once for each handler, when it ends, with a
    /// report of that one handler.
    pub fn on_report(mut self, hook: impl Fn(&Report) + Send + Sync + 'static) -> Self {
        self.on_report = Some(Guarded::new(Box::new(hook)));
        self
    }

    /// Calls a closure with each request that is refused.
    ///
    /// The text of a [`Rejection`] is made for the log: it says what to change, and holds
    /// nothing secret or personal. A panic in the closure is ignored.
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let builder = Dispatcher::builder()
    ///     .on_reject(|rejection| eprintln!("{}: {rejection}", rejection.code()));
    /// # let _ = builder;
    /// ```
    ///
    /// Some hints take work to find, such as the one for a wrong signature or token. After
    /// the first 50, they are given to at most 40 refusals a second, so that a flood of
    /// forged requests stays cheap. Without `on_reject`, and without a subscriber of the
    /// feature `tracing` that shows warnings, they are not looked for. The page
    /// [`observability`](crate::guide::observability#refusals-and-their-hints) lists all
    /// hints.
    pub fn on_reject(mut self, hook: impl Fn(&Rejection) + Send + Sync + 'static) -> Self {
        self.on_reject = Some(Guarded::new(Box::new(hook)));
        self.diagnosed()
    }

    /// Looks for the cause of each refusal.
    pub(crate) fn diagnosed(mut self) -> Self {
        self.verifier.diagnosis.is_heard = true;
        self
    }

    /// Hands the work of each delivery to an executor, so that it goes on when the sender
    /// hangs up.
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::runtime::Handle;
    /// use tokio::time::timeout;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let builder = siohook::Dispatcher::builder();
    /// let runtime = Handle::current();
    /// builder.detach(move |task| {
    ///     runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
    /// });
    /// # }
    /// ```
    ///
    /// The handle is that of the runtime that runs `main`. `tokio::spawn` would use the
    /// runtime of the request instead. actix-web has one for each thread, and a shutdown
    /// drops it together with its tasks.
    ///
    /// At the deadline, handlers that have not ended are dropped at their `await` and
    /// reported as [`Cancelled`](crate::Outcome::Cancelled). Another attempt runs them
    /// again. Without a deadline, a handler that never ends holds its delivery: every other
    /// attempt is answered with 409, and [`idle`](crate::Dispatcher::idle) never returns.
    ///
    /// If the closure panics and drops the task, the sender gets 500, and the report holds
    /// the message of the panic.
    pub fn detach(mut self, executor: impl Fn(DetachedTask) + Send + Sync + 'static) -> Self {
        self.executor = Some(Guarded::new(Box::new(executor)));
        self
    }
}
