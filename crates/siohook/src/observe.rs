//! What operators see of deliveries: spans, metrics, and a warning where nobody
//! listens. The core calls what is here; without the features `tracing` and
//! `metrics` all of it is empty and compiles to nothing.

#![cfg_attr(
    not(all(feature = "tracing", feature = "metrics")),
    allow(unused_mut, unused_variables, clippy::unused_self)
)]

#[cfg(feature = "metrics")]
mod meters;
#[cfg(feature = "tracing")]
mod sender_trace;
#[cfg(feature = "tracing")]
mod spans;
#[cfg(feature = "tracing")]
mod unheard;
#[cfg(any(feature = "tracing", feature = "metrics"))]
mod words;

use std::time::{Duration, Instant};

#[cfg(feature = "tracing")]
pub use self::sender_trace::SenderTrace;

use crate::delivery::Delivery;
use crate::registry::{HandlerInfo, Handlers};
use crate::rejection::Rejection;
use crate::report::{Outcome, Report};
use crate::verify::Secret;

pub(crate) fn verified(delivery: &Delivery) {
    #[cfg(feature = "metrics")]
    meters::trusted(delivery);
}

/// Calls the hook where its own events are part of the refusal.
pub(crate) fn refused(rejection: &Rejection, hook: impl FnOnce()) {
    #[cfg(feature = "metrics")]
    meters::refused(rejection);
    #[cfg(feature = "tracing")]
    spans::refusal(rejection).in_scope(hook);
    #[cfg(not(feature = "tracing"))]
    hook();
}

/// Whether how long handlers take is of interest here.
pub(crate) const WANTS_TIMES: bool = cfg!(any(feature = "tracing", feature = "metrics"));

/// Begins to watch a delivery, as a part of what the caller does.
pub(crate) fn begin(handlers: &Handlers, delivery: &Delivery) -> Observed {
    #[cfg(feature = "tracing")]
    let span = spans::delivery(handlers, delivery);
    Observed {
        #[cfg(any(feature = "tracing", feature = "metrics"))]
        started: {
            #[cfg(feature = "tracing")]
            let is_seen = spans::are_seen(&span);
            #[cfg(not(feature = "tracing"))]
            let is_seen = false;
            (is_seen || cfg!(feature = "metrics")).then(Instant::now)
        },
        #[cfg(feature = "metrics")]
        destination: words::destination(handlers, delivery.event()),
        #[cfg(feature = "tracing")]
        event: delivery.event().clone(),
        #[cfg(feature = "tracing")]
        span,
    }
}

/// What a dispatcher keeps for it: one of each, so that two share nothing.
pub(crate) struct Observer {
    #[cfg(feature = "tracing")]
    unheard: unheard::Unheard,
}

impl Observer {
    /// Says what the metrics are, and names every secret that may match.
    pub(crate) fn new(secrets: &[Secret]) -> Self {
        #[cfg(feature = "metrics")]
        meters::describe(secrets);
        Self {
            #[cfg(feature = "tracing")]
            unheard: unheard::Unheard::default(),
        }
    }

    /// Says what became of a delivery, and calls the hook where its own events
    /// are part of the delivery.
    pub(crate) fn end(&self, mut observed: Observed, report: &Report, hook: impl FnOnce()) {
        #[cfg(feature = "tracing")]
        observed.span.in_scope(|| self.unheard.warn(report));
        #[cfg(any(feature = "tracing", feature = "metrics"))]
        observed.end(Some(report));
        #[cfg(feature = "tracing")]
        observed.span.in_scope(hook);
        #[cfg(not(feature = "tracing"))]
        hook();
    }
}

/// A delivery that is handled. Dropped before its end, it was cancelled.
pub(crate) struct Observed {
    /// Until it has ended, and only if somebody wants to know.
    #[cfg(any(feature = "tracing", feature = "metrics"))]
    started: Option<Instant>,
    #[cfg(feature = "metrics")]
    destination: &'static str,
    #[cfg(feature = "tracing")]
    event: siohook_events::EventName,
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

impl Observed {
    /// Makes what the work does a part of the delivery, wherever it is polled.
    #[cfg(feature = "tracing")]
    pub(crate) fn follow<F: Future>(&self, work: F) -> tracing::instrument::Instrumented<F> {
        tracing::Instrument::instrument(work, self.span.clone())
    }

    #[cfg(not(feature = "tracing"))]
    pub(crate) fn follow<F: Future>(&self, work: F) -> F {
        work
    }

    /// Ended with this report, or cancelled without one. What comes second is
    /// nothing.
    #[cfg(any(feature = "tracing", feature = "metrics"))]
    fn end(&mut self, report: Option<&Report>) {
        if let Some(started) = self.started.take() {
            let elapsed = started.elapsed();
            #[cfg(feature = "metrics")]
            meters::delivery(self.destination, report, elapsed);
            #[cfg(feature = "tracing")]
            spans::end_delivery(&self.span, &self.event, report, elapsed);
        }
    }
}

#[cfg(any(feature = "tracing", feature = "metrics"))]
impl Drop for Observed {
    fn drop(&mut self) {
        self.end(None);
    }
}

/// A handler that runs. Dropped before its end, it was cancelled.
pub(crate) struct Call {
    #[cfg(any(feature = "tracing", feature = "metrics"))]
    info: HandlerInfo,
    /// Until it has ended.
    #[cfg(any(feature = "tracing", feature = "metrics"))]
    started: Option<Instant>,
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

impl Call {
    /// `started` is there wherever [`WANTS_TIMES`].
    pub(crate) fn begin(info: &HandlerInfo, started: Option<Instant>) -> Self {
        Self {
            #[cfg(any(feature = "tracing", feature = "metrics"))]
            info: info.clone(),
            #[cfg(any(feature = "tracing", feature = "metrics"))]
            started,
            #[cfg(feature = "tracing")]
            span: spans::handler(info),
        }
    }

    /// Runs a part of the handler.
    pub(crate) fn scope<R>(&self, part: impl FnOnce() -> R) -> R {
        #[cfg(feature = "tracing")]
        return self.span.in_scope(part);
        #[cfg(not(feature = "tracing"))]
        part()
    }

    pub(crate) fn end(&mut self, outcome: &Outcome, elapsed: Duration) {
        #[cfg(any(feature = "tracing", feature = "metrics"))]
        self.end_with(words::of_outcome(outcome), elapsed);
    }

    /// Other handlers may still run: the span is closed here, not with them.
    #[cfg(any(feature = "tracing", feature = "metrics"))]
    fn end_with(&mut self, outcome: &'static str, elapsed: Duration) {
        self.started = None;
        #[cfg(feature = "metrics")]
        meters::handler(self.info.name(), outcome, elapsed);
        #[cfg(feature = "tracing")]
        {
            spans::end_handler(&self.span, &self.info, outcome, elapsed);
            self.span = tracing::Span::none();
        }
    }
}

#[cfg(any(feature = "tracing", feature = "metrics"))]
impl Drop for Call {
    fn drop(&mut self) {
        if let Some(started) = self.started {
            self.end_with(words::CANCELLED, started.elapsed());
        }
    }
}
