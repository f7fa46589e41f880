//! Spans, metrics, and warnings for events without a handler and for members that could not
//! be read.
//!
//! Without the feature `tracing`, the module `spans` is a twin that does nothing. Without
//! `metrics`, the module `metrics` is. So the dispatcher has no `cfg`: it calls
//!
//! * [`verified`] or [`refused`] for each request,
//! * [`ObservedDelivery::begin`] and [`Observer::end`] around each delivery,
//! * [`ObservedHandler::begin`] and [`ObservedHandler::end`] around each handler.
//!
//! No event name from outside becomes a label of a metric. No text of a handler's error and no
//! value of a body is recorded, because both may be personal.

#[cfg(any(feature = "tracing", feature = "metrics"))]
mod labels;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(not(feature = "metrics"))]
#[path = "no_metrics.rs"]
mod metrics;
#[cfg(feature = "tracing")]
mod spans;
#[cfg(not(feature = "tracing"))]
#[path = "no_spans.rs"]
mod spans;
#[cfg(feature = "tracing")]
mod unhandled;
#[cfg(feature = "tracing")]
mod unread;

use std::time::Duration;

use self::metrics::DeliveryMetrics;
use self::spans::{DeliverySpan, HandlerSpan, UnhandledWarnings, UnreadWarnings};
use crate::delivery::Delivery;
use crate::handler::{HandlerInfo, Handlers, Outcome, Report};
use crate::verify::{Rejection, Secret};

/// Records that a delivery was verified.
pub(crate) fn verified(delivery: &Delivery) {
    metrics::trusted(delivery);
}

/// Starts the counters of deliveries that could not be stored.
pub(crate) fn keeps(handlers: &Handlers) {
    metrics::keeps(handlers);
}

/// Whether a subscriber shows refusals.
pub(crate) fn shows_refusals() -> bool {
    spans::shows_refusals()
}

/// Records that a request was refused. Events that `hook` emits are in the refusal's span.
pub(crate) fn refused(rejection: &Rejection, hook: impl FnOnce()) {
    metrics::refused(rejection);
    spans::refused(rejection, hook);
}

/// The warnings that a dispatcher has given. Each dispatcher has its own.
#[derive(Default)]
pub(crate) struct Observer {
    unhandled: UnhandledWarnings,
    unread: UnreadWarnings,
}

impl Observer {
    /// Describes the metrics, and starts the counters of secrets and failures.
    pub(crate) fn new(secrets: &[Secret], handlers: &Handlers) -> Self {
        metrics::describe(secrets, handlers);
        Self::default()
    }

    /// Records how a delivery ended. Events that `hook` emits are in the delivery's span.
    pub(crate) fn end(&self, observed: &ObservedDelivery, report: &Report, hook: impl FnOnce()) {
        let ObservedDelivery { metrics, span } = observed;
        span.in_scope(|| {
            self.unhandled.warn(report);
            self.unread.warn(report.delivery());
        });
        metrics.end(report);
        span.end(report);
        span.in_scope(hook);
    }
}

/// A delivery in progress, until [`Observer::end`].
pub(crate) struct ObservedDelivery {
    metrics: DeliveryMetrics,
    span: DeliverySpan,
}

impl ObservedDelivery {
    /// Begins a delivery. The caller's current span is the parent of its span.
    pub(crate) fn begin(handlers: &Handlers, delivery: &Delivery) -> Self {
        Self {
            metrics: DeliveryMetrics::begin(handlers, delivery),
            span: DeliverySpan::begin(handlers, delivery),
        }
    }

    /// Enters the delivery's span whenever `work` is polled, on any thread.
    pub(crate) fn follow<F: Future>(&self, work: F) -> impl Future<Output = F::Output> {
        self.span.follow(work)
    }
}

/// A running handler.
pub(crate) struct ObservedHandler(HandlerSpan);

impl ObservedHandler {
    /// Begins a handler. Its span is a child of the current one.
    pub(crate) fn begin(info: &HandlerInfo) -> Self {
        Self(HandlerSpan::begin(info))
    }

    /// Runs a part of the handler in its span.
    pub(crate) fn in_scope<R>(&self, part: impl FnOnce() -> R) -> R {
        self.0.in_scope(part)
    }

    /// Records how the handler ended, and closes its span. Other handlers may still run.
    pub(crate) fn end(self, info: &HandlerInfo, outcome: &Outcome, elapsed: Duration) {
        metrics::handler(info, outcome, elapsed);
        self.0.end(info, outcome, elapsed);
    }
}
