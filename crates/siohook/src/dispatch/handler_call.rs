//! Calls of handlers, side by side on the caller's task. Each is isolated: a panic or an
//! error in one does not reach the others.

use std::any::Any;
use std::future::poll_fn;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use smallvec::SmallVec;

use crate::handler::{
    Failure, HandlerContext, HandlerFuture, HandlerInfo, HandlerReport, HandlerReports, Outcome,
};
use crate::observe::ObservedHandler;
use crate::sync::lock;

/// The handlers of one delivery.
pub(super) struct HandlerCalls<'a> {
    calls: SmallVec<[HandlerCall<'a>; 1]>,
    /// Takes the reports if the calls are dropped before they end.
    cancelled: &'a Mutex<HandlerReports>,
}

impl<'a> HandlerCalls<'a> {
    pub(super) fn new(
        calls: SmallVec<[HandlerCall<'a>; 1]>,
        cancelled: &'a Mutex<HandlerReports>,
    ) -> Self {
        Self { calls, cancelled }
    }

    /// Polls all calls until each has ended, and tells `ended` of each as soon as it has.
    pub(super) async fn join(&mut self, mut ended: impl FnMut(usize, &Outcome)) -> HandlerReports {
        poll_fn(|cx| {
            let mut is_pending = false;
            for (at, call) in self.calls.iter_mut().enumerate() {
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
        self.reports()
    }

    fn reports(&mut self) -> HandlerReports {
        let calls = self.calls.drain(..);
        calls.filter_map(HandlerCall::into_report).collect()
    }
}

impl Drop for HandlerCalls<'_> {
    fn drop(&mut self) {
        if !self.calls.is_empty() {
            self.calls.iter_mut().for_each(HandlerCall::cancel);
            *lock(self.cancelled) = self.reports();
        }
    }
}

/// A handler that is called, or was done before.
pub(super) struct HandlerCall<'a> {
    info: HandlerInfo,
    future: Option<HandlerFuture<'a>>,
    /// The first poll.
    started: Option<Instant>,
    ended: Option<(Outcome, Duration)>,
    observed: Option<ObservedHandler>,
}

impl<'a> HandlerCall<'a> {
    /// Takes the arguments of a handler. Its own code runs when it is first polled.
    pub(super) fn begin(info: HandlerInfo, context: HandlerContext<'a>) -> Self {
        let run = info.registration().run;
        let observed = ObservedHandler::begin(&info);
        let future = observed.in_scope(|| catch_unwind(AssertUnwindSafe(|| run(context))));
        let mut call = Self {
            info,
            future: None,
            started: None,
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
    pub(super) fn done_before(info: HandlerInfo) -> Self {
        Self {
            info,
            future: None,
            started: None,
            ended: Some((Outcome::DoneBefore, Duration::ZERO)),
            observed: None,
        }
    }

    /// Polls the handler, and returns the outcome once it has ended.
    fn poll(&mut self, cx: &mut Context<'_>) -> Option<&Outcome> {
        if let (Some(future), Some(observed)) = (&mut self.future, &self.observed) {
            self.started.get_or_insert_with(Instant::now);
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
        let elapsed = self.started.map_or(Duration::ZERO, |it| it.elapsed());
        if let Some(observed) = self.observed.take() {
            observed.end(&self.info, &outcome, elapsed);
        }
        self.ended = Some((outcome, elapsed));
    }

    /// Ends the handler unless it has ended.
    fn cancel(&mut self) {
        if self.ended.is_none() {
            self.end(Outcome::Cancelled);
        }
    }

    /// Drops the future under `catch_unwind`, and returns the message if that panicked: a
    /// second panic while unwinding would abort the process.
    fn drop_future(&mut self) -> Option<String> {
        let future = self.future.take();
        let drop_it = || catch_unwind(AssertUnwindSafe(|| drop(future)));
        let dropped = match &self.observed {
            Some(observed) => observed.in_scope(drop_it),
            None => drop_it(),
        };
        dropped.err().map(message)
    }

    fn into_report(self) -> Option<HandlerReport> {
        let (outcome, elapsed) = self.ended?;
        Some(HandlerReport::new(self.info, outcome, elapsed))
    }
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
