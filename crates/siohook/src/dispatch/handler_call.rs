//! One call of a handler, and several side by side on the caller's task. Each is
//! isolated: a panic or an error in one does not reach the others.

use std::any::Any;
use std::future::poll_fn;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::handler::{
    Failure, Few, HandlerContext, HandlerFuture, HandlerInfo, HandlerReport, Outcome,
};
use crate::observe::ObservedHandler;

/// A handler that is called, or was done before.
pub(super) struct HandlerCall<'a> {
    info: HandlerInfo,
    future: Option<HandlerFuture<'a>>,
    started: Instant,
    ended: Option<(Outcome, Duration)>,
    observed: Option<ObservedHandler>,
}

impl<'a> HandlerCall<'a> {
    /// Takes the arguments of a handler. Its own code runs when it is first polled.
    pub(super) fn begin(info: HandlerInfo, context: HandlerContext<'a>, started: Instant) -> Self {
        let run = info.registration().run;
        let observed = ObservedHandler::begin(&info);
        let future = observed.in_scope(|| catch_unwind(AssertUnwindSafe(|| run(context))));
        let mut call = Self {
            info,
            future: None,
            started,
            ended: None,
            observed: Some(observed),
        };
        match future {
            Ok(future) => call.future = Some(future),
            Err(panic) => call.end(Outcome::Panicked(message(panic))),
        }
        call
    }

    /// A handler that an earlier attempt finished.
    pub(super) fn done_before(info: HandlerInfo, started: Instant) -> Self {
        Self {
            info,
            future: None,
            started,
            ended: Some((Outcome::DoneBefore, Duration::ZERO)),
            observed: None,
        }
    }

    /// Polls the handler, and returns the outcome once it has ended.
    fn poll(&mut self, cx: &mut Context<'_>) -> Option<&Outcome> {
        if let (Some(future), Some(observed)) = (&mut self.future, &self.observed) {
            let poll = || catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)));
            let outcome = match observed.in_scope(poll) {
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
        let outcome = self.drop_future().map_or(outcome, Outcome::Panicked);
        let elapsed = self.started.elapsed();
        if let Some(observed) = self.observed.take() {
            observed.end(&self.info, Some(&outcome), elapsed);
        }
        self.ended = Some((outcome, elapsed));
    }

    /// Drops the future, and returns the message if that panicked.
    fn drop_future(&mut self) -> Option<String> {
        let future = self.future.take();
        let drop_it = || catch_unwind(AssertUnwindSafe(|| drop(future)));
        let dropped = match &self.observed {
            Some(observed) => observed.in_scope(drop_it),
            None => drop_it(),
        };
        dropped.err().map(message)
    }

    fn into_report(mut self) -> Option<HandlerReport> {
        let (outcome, elapsed) = self.ended.take()?;
        Some(HandlerReport::new(self.info.clone(), outcome, elapsed))
    }
}

/// Drops each future under `catch_unwind`: a second panic while unwinding would abort
/// the process.
impl Drop for HandlerCall<'_> {
    fn drop(&mut self) {
        self.drop_future();
        if let Some(observed) = self.observed.take() {
            observed.end(&self.info, None, self.started.elapsed());
        }
    }
}

/// Polls all calls until each has ended, and tells `ended` of each as soon as it has.
pub(super) async fn join(
    mut calls: Few<HandlerCall<'_>>,
    mut ended: impl FnMut(usize, &Outcome),
) -> Few<HandlerReport> {
    poll_fn(|cx| {
        let mut is_pending = false;
        for (at, call) in calls.iter_mut().enumerate() {
            if call.ended.is_some() {
                continue;
            }
            match call.poll(cx) {
                Some(outcome) => ended(at, outcome),
                None => is_pending = true,
            }
        }
        if is_pending {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    calls.filter_map(HandlerCall::into_report)
}

/// The message of a panic. A payload that is not a text is leaked, because dropping it
/// may panic as well.
pub(super) fn message(panic: Box<dyn Any + Send>) -> String {
    let panic = match panic.downcast::<String>() {
        Ok(text) => return *text,
        Err(panic) => panic,
    };
    if let Some(text) = panic.downcast_ref::<&'static str>() {
        return (*text).to_owned();
    }
    let _ = ManuallyDrop::new(panic);
    "no message".to_owned()
}
