//! What operators see of deliveries: spans, metrics, and a warning for each event that
//! no handler listens to, and for each member that could not be read. Without the feature
//! `tracing` or `metrics` the module of that name is a twin that does nothing.

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

/// Tells that a delivery was verified.
pub(crate) fn verified(delivery: &Delivery) {
    metrics::trusted(delivery);
}

/// Whether a refusal is shown anywhere but in `on_reject`.
pub(crate) fn shows_refusals() -> bool {
    spans::shows_refusals()
}

/// Tells that a request was refused. The events of `hook` are part of the refusal.
pub(crate) fn refused(rejection: &Rejection, hook: impl FnOnce()) {
    metrics::refused(rejection);
    spans::refused(rejection, hook);
}

/// What one dispatcher keeps, so that two share nothing.
#[derive(Default)]
pub(crate) struct Observer {
    unhandled: UnhandledWarnings,
    unread: UnreadWarnings,
}

impl Observer {
    /// Describes the metrics, and names every secret that may match.
    pub(crate) fn new(secrets: &[Secret]) -> Self {
        metrics::describe(secrets);
        Self::default()
    }

    /// Tells how a delivery ended. The events of `hook` are part of the delivery.
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
    /// Begins a delivery, as a part of what the caller does.
    pub(crate) fn begin(handlers: &Handlers, delivery: &Delivery) -> Self {
        Self {
            metrics: DeliveryMetrics::begin(handlers, delivery),
            span: DeliverySpan::begin(handlers, delivery),
        }
    }

    /// Makes what `work` does a part of the delivery, wherever it is polled.
    pub(crate) fn follow<F: Future>(&self, work: F) -> impl Future<Output = F::Output> {
        self.span.follow(work)
    }
}

/// A handler that runs.
pub(crate) struct ObservedHandler(HandlerSpan);

impl ObservedHandler {
    pub(crate) fn begin(info: &HandlerInfo) -> Self {
        Self(HandlerSpan::begin(info))
    }

    /// Runs a part of the handler.
    pub(crate) fn in_scope<R>(&self, part: impl FnOnce() -> R) -> R {
        self.0.in_scope(part)
    }

    /// Tells how the handler ended. Other handlers may still run: the span is closed here,
    /// not with theirs.
    pub(crate) fn end(self, info: &HandlerInfo, outcome: &Outcome, elapsed: Duration) {
        metrics::handler(info, outcome, elapsed);
        self.0.end(info, outcome, elapsed);
    }
}
