//! Handlers of one delivery: concurrently on the caller's task, each alone.

use std::any::Any;
use std::future::poll_fn;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::few::Few;
use crate::observe;
use crate::registry::HandlerInfo;
use crate::report::{HandlerReport, Outcome};
use crate::result::{Failure, HandlerFuture};

/// A handler that was started, or had no need to be.
pub(crate) struct Running<'a> {
    info: HandlerInfo,
    call: Option<HandlerFuture<'a>>,
    /// Unless nobody is told how long it takes.
    started: Option<Instant>,
    ended: Option<(Outcome, Duration)>,
    observed: Option<observe::Call>,
}

impl<'a> Running<'a> {
    /// Takes the arguments of a handler. Nothing of it runs before it is polled.
    pub(crate) fn new(
        info: HandlerInfo,
        context: crate::Context<'a>,
        started: Option<Instant>,
    ) -> Self {
        let run = info.registration().run;
        let observed = observe::Call::begin(&info, started);
        let call = observed.scope(|| catch_unwind(AssertUnwindSafe(|| run(context))));
        let mut running = Self {
            info,
            call: None,
            started,
            ended: None,
            observed: Some(observed),
        };
        match call {
            Ok(call) => running.call = Some(call),
            Err(panic) => running.end(Outcome::Panicked(message(panic))),
        }
        running
    }

    pub(crate) fn done_before(info: HandlerInfo) -> Self {
        Self {
            info,
            call: None,
            started: None,
            ended: Some((Outcome::DoneBefore, Duration::ZERO)),
            observed: None,
        }
    }

    /// Goes on, and gives the outcome as soon as there is one.
    fn poll(&mut self, cx: &mut Context<'_>) -> Option<&Outcome> {
        if let (Some(call), Some(observed)) = (&mut self.call, &self.observed) {
            let poll = || catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx)));
            let outcome = match observed.scope(poll) {
                Ok(Poll::Pending) => return None,
                Ok(Poll::Ready(Ok(()))) => Outcome::Done,
                Ok(Poll::Ready(Err(Failure::Handler(error)))) => Outcome::Failed(error),
                Ok(Poll::Ready(Err(Failure::Mismatch(mismatch)))) => Outcome::Mismatch(mismatch),
                Err(panic) => Outcome::Panicked(message(panic)),
            };
            self.end(outcome);
        }
        self.ended.as_ref().map(|(outcome, _)| outcome)
    }

    fn end(&mut self, outcome: Outcome) {
        let outcome = self.drop_call().map_or(outcome, Outcome::Panicked);
        let elapsed = self.started.map_or(Duration::ZERO, |it| it.elapsed());
        if let Some(observed) = &mut self.observed {
            observed.end(&outcome, elapsed);
        }
        self.ended = Some((outcome, elapsed));
    }

    /// Drops what is left of the call, and returns the message if that panicked.
    fn drop_call(&mut self) -> Option<String> {
        let call = self.call.take();
        let end = || catch_unwind(AssertUnwindSafe(|| drop(call)));
        let ended = match &self.observed {
            Some(observed) => observed.scope(end),
            None => end(),
        };
        ended.err().map(message)
    }

    fn into_report(mut self) -> Option<HandlerReport> {
        let (outcome, elapsed) = self.ended.take()?;
        Some(HandlerReport::new(self.info.clone(), outcome, elapsed))
    }
}

/// Of a delivery that is dropped midway, too, the handlers are alone: a panic in
/// one would leave the next no way to panic but to end the process.
impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.drop_call();
    }
}

/// Runs all to their ends, whatever becomes of the others, and calls `ended`
/// with each as soon as it ends.
pub(crate) async fn join(
    mut all: Few<Running<'_>>,
    mut ended: impl FnMut(usize, &Outcome),
) -> Few<HandlerReport> {
    poll_fn(|cx| {
        let mut left = false;
        for (place, running) in all.iter_mut().enumerate() {
            if running.ended.is_some() {
                continue;
            }
            match running.poll(cx) {
                Some(outcome) => ended(place, outcome),
                None => left = true,
            }
        }
        if left { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    all.filter_map(Running::into_report)
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
