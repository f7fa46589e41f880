//! Calls of handlers, which run concurrently on the caller's task. Each is isolated: a panic
//! or an error in one does not reach the others.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::handler::{Failure, HandlerContext, HandlerFuture, HandlerReport, Outcome};
use crate::observe::ObservedHandler;
use crate::panics::{discard, message};

/// A call of a handler. Dropping it before it ends cancels the handler.
pub(super) struct HandlerCall<'a> {
    report: &'a mut HandlerReport,
    /// `None` once it has ended.
    running: Option<Running<'a>>,
}

struct Running<'a> {
    future: HandlerFuture<'a>,
    /// When it was first polled.
    started: Option<Instant>,
    observed: ObservedHandler,
}

/// Polls all calls until each has ended. Calls `ended` with each report when its handler ends.
pub(super) async fn join(
    calls: &mut [HandlerCall<'_>],
    mut ended: impl FnMut(usize, &mut HandlerReport),
) {
    poll_fn(|cx| {
        let mut joined = Poll::Ready(());
        for (at, call) in calls.iter_mut().enumerate() {
            match call.poll(cx) {
                Poll::Ready(Some(report)) => ended(at, report),
                Poll::Ready(None) => {}
                Poll::Pending => joined = Poll::Pending,
            }
        }
        joined
    })
    .await;
}

impl<'a> HandlerCall<'a> {
    /// Takes the arguments of a handler. Its own code runs when it is first polled.
    pub(super) fn begin(report: &'a mut HandlerReport, context: HandlerContext<'a>) -> Self {
        let run = report.info().registration().run;
        let context = context.of_handler(report.id());
        let observed = ObservedHandler::begin(report.info());
        let running = match observed.in_scope(|| catch_unwind(AssertUnwindSafe(|| run(context)))) {
            Ok(future) => Some(Running {
                future,
                started: None,
                observed,
            }),
            Err(panic) => {
                let outcome = Outcome::Panicked(message(panic));
                observed.end(report.info(), &outcome, Duration::ZERO);
                report.end(outcome, Duration::ZERO);
                None
            }
        };
        Self { report, running }
    }

    /// Polls the handler. Returns its report if it ends now, and `None` if it had ended.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<&mut HandlerReport>> {
        let Some(running) = &mut self.running else {
            return Poll::Ready(None);
        };
        running.started.get_or_insert_with(Instant::now);
        let poll = || catch_unwind(AssertUnwindSafe(|| running.future.as_mut().poll(cx)));
        let outcome = match running.observed.in_scope(poll) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Ok(()))) => Outcome::Done,
            Ok(Poll::Ready(Err(Failure::Handler(error)))) => Outcome::Failed(error),
            Ok(Poll::Ready(Err(Failure::Mismatch(mismatch)))) => Outcome::Mismatch(mismatch),
            Err(panic) => Outcome::Panicked(message(panic)),
        };
        self.end(outcome);
        Poll::Ready(Some(self.report))
    }

    /// Returns its report if it has ended.
    pub(super) fn ended(&mut self) -> Option<&mut HandlerReport> {
        self.running.is_none().then_some(&mut *self.report)
    }

    /// Cancels the handler. Returns its report, or `None` if it had ended.
    pub(super) fn cancel(&mut self) -> Option<&mut HandlerReport> {
        self.running.as_ref()?;
        self.end(Outcome::Cancelled);
        Some(self.report)
    }

    /// Ends the handler unless it has ended.
    fn end(&mut self, outcome: Outcome) {
        let Some(running) = self.running.take() else {
            return;
        };
        let (future, observed) = (running.future, running.observed);
        let panicked = observed.in_scope(|| discard(future));
        let outcome = panicked.map_or(outcome, Outcome::Panicked);
        let elapsed = running.started.map_or(Duration::ZERO, |it| it.elapsed());
        observed.end(self.report.info(), &outcome, elapsed);
        self.report.end(outcome, elapsed);
    }
}

impl Drop for HandlerCall<'_> {
    fn drop(&mut self) {
        self.end(Outcome::Cancelled);
    }
}
