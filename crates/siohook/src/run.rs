//! Handlers of one delivery: concurrently on the caller's task, each alone.

use std::any::Any;
use std::future::poll_fn;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};
use std::time::Instant;

use crate::observe;
use crate::registry::HandlerInfo;
use crate::report::{HandlerReport, Outcome};
use crate::result::{Failure, HandlerFuture};

/// A handler that was started.
pub(crate) struct Running<'a> {
    info: HandlerInfo,
    call: Option<HandlerFuture<'a>>,
    started: Instant,
    observed: observe::Call,
}

impl<'a> Running<'a> {
    /// Starts a handler. Nothing of it runs before it is polled.
    pub(crate) fn new(info: HandlerInfo, context: crate::Context<'a>) -> Self {
        let call = Some((info.registration().run)(context));
        let started = Instant::now();
        Self {
            observed: observe::Call::begin(&info, started),
            info,
            call,
            started,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<HandlerReport> {
        let Some(call) = &mut self.call else {
            return Poll::Pending;
        };
        let poll = || catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx)));
        let polled = match self.observed.scope(poll) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Ok(()))) => Outcome::Done,
            Ok(Poll::Ready(Err(Failure::Handler(error)))) => Outcome::Failed(error),
            Ok(Poll::Ready(Err(Failure::Mismatch(mismatch)))) => Outcome::Mismatch(mismatch),
            Err(panic) => Outcome::Panicked(message(panic)),
        };
        let outcome = self.end().map_or(polled, Outcome::Panicked);
        let report = HandlerReport::new(self.info.clone(), outcome, self.started.elapsed());
        self.observed.end(&report);
        Poll::Ready(report)
    }

    /// Drops what is left of the call, and returns the message if that panicked.
    fn end(&mut self) -> Option<String> {
        let call = self.call.take();
        let end = || catch_unwind(AssertUnwindSafe(|| drop(call)));
        self.observed.scope(end).err().map(message)
    }
}

/// Of a delivery that is dropped midway, too, the handlers are alone: a panic in
/// one would leave the next no way to panic but to end the process.
impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs all to their ends, whatever becomes of the others, and calls `ended`
/// with each as soon as it ends.
pub(crate) async fn join(
    mut running: Vec<Running<'_>>,
    mut ended: impl FnMut(usize, HandlerReport),
) {
    let mut left = running.len();
    poll_fn(|cx| {
        for (place, handler) in running.iter_mut().enumerate() {
            if let Poll::Ready(report) = handler.poll(cx) {
                left -= 1;
                ended(place, report);
            }
        }
        if left == 0 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// What a panic says. What was thrown is not dropped where that may panic in its
/// turn.
pub(crate) fn message(panic: Box<dyn Any + Send>) -> String {
    let panic = match panic.downcast::<String>() {
        Ok(text) => return *text,
        Err(panic) => panic,
    };
    if let Some(text) = panic.downcast_ref::<&'static str>() {
        return (*text).to_owned();
    }
    // Dropping what was thrown may panic in its turn.
    let _ = ManuallyDrop::new(panic);
    "no message".to_owned()
}
