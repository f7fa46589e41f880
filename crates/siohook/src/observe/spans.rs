//! The spans of deliveries, handlers and refusals. Attributes have the names of
//! OpenTelemetry's semantic conventions where those define one.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use siohook_events::{EventName, Mechanism, Shown};
use tracing::field::Empty;
use tracing::instrument::{Instrument, Instrumented};
use tracing::{Level, Span, debug, error, event_enabled, info, info_span, warn, warn_span};

use super::labels;
pub(super) use super::unhandled::UnhandledWarnings;
pub(super) use super::unread::UnreadWarnings;
use crate::delivery::{Delivery, Trust, Unread, plain_id};
use crate::handler::{HandlerInfo, Handlers, Outcome, Report};
use crate::verify::Rejection;

/// The span of one delivery.
pub(super) struct DeliverySpan {
    started: Instant,
    span: Span,
    event: EventName,
}

impl DeliverySpan {
    /// Opens the span with every attribute that is known before a handler runs, because
    /// samplers decide by them.
    pub(super) fn begin(handlers: &Handlers, delivery: &Delivery) -> Self {
        let started = Instant::now();
        // These closures are called only if a subscriber records the span.
        let name = || match labels::destination(handlers, delivery.event()) {
            labels::OTHER => Cow::Borrowed("process"),
            destination => format!("process {destination}").into(),
        };
        let secret = || match delivery.trust() {
            Trust::Signed { secret } => Some(Shown::value(secret).to_str()),
            _ => None,
        };
        let token = || match delivery.trust() {
            Trust::Token { label } => label.map(|label| Shown::value(label).to_str()),
            _ => None,
        };
        let sender = || delivery.sender_trace();
        let message_id = || delivery.message_id().filter(|id| plain_id::is_plain(id));
        let span = info_span!(
            target: "siohook",
            "delivery",
            otel.name = &*name(),
            otel.kind = "consumer",
            otel.status_code = Empty,
            messaging.system = "systeme_io",
            messaging.operation.name = "process",
            "messaging.operation.type" = "process",
            messaging.destination.name = &*Shown::value(delivery.event().as_str()).to_str(),
            messaging.message.id = message_id(),
            messaging.message.body.size = delivery.body().len(),
            siohook.mechanism = delivery.mechanism().as_str(),
            siohook.attempt.id = delivery.attempt_id(),
            siohook.trust = labels::of_trust(delivery.trust()),
            siohook.secret = secret().as_deref(),
            siohook.token = token().as_deref(),
            siohook.sender.trace_id = sender().map(|sender| format!("{:032x}", sender.trace_id())),
            siohook.sender.span_id = sender()
                .and_then(|sender| Some(format!("{:016x}", sender.span_id()?))),
            siohook.handlers = Empty,
            siohook.unread = Empty,
            siohook.outcome = Empty,
            siohook.redelivery = Empty,
            siohook.elapsed = Empty,
            http.response.status_code = Empty,
            "error.type" = Empty,
        );
        let event = delivery.event().clone();
        Self {
            started,
            span,
            event,
        }
    }

    /// Enters the span whenever `work` is polled.
    pub(super) fn follow<F: Future>(&self, work: F) -> Instrumented<F> {
        work.instrument(self.span.clone())
    }

    pub(super) fn in_scope<R>(&self, part: impl FnOnce() -> R) -> R {
        self.span.in_scope(part)
    }

    /// Records how the delivery ended. The event repeats the delivery's name, because a
    /// filter may have dropped its span.
    pub(super) fn end(&self, report: &Report) {
        let span = &self.span;
        let outcome = labels::of_report(report);
        let failure = labels::error_of_report(report);
        end(span, outcome, failure, self.started.elapsed());
        span.record("siohook.handlers", report.handlers().len());
        span.record("http.response.status_code", report.reply().status());
        let unread = report.delivery().known_unread().iter();
        let unread: Vec<&str> = unread.map(Unread::pointer).collect();
        if !unread.is_empty() {
            span.record("siohook.unread", unread.join(" "));
        }
        if let Some(redelivery) = labels::redelivery(report) {
            span.record("siohook.redelivery", redelivery);
        }
        let event = &self.event;
        match failure {
            None => info!(target: "siohook", parent: span, "{event}: {outcome}"),
            Some(labels::CANCELLED | labels::RETRY_LATER) => {
                warn!(target: "siohook", parent: span, "{event}: {outcome}");
            }
            Some(_) => error!(target: "siohook", parent: span, "{event}: {outcome}"),
        }
    }
}

/// The span of one handler.
pub(super) struct HandlerSpan(Span);

impl HandlerSpan {
    /// Opens the span of a handler.
    pub(super) fn begin(info: &HandlerInfo) -> Self {
        let location = info.location();
        Self(info_span!(
            target: "siohook",
            "handler",
            otel.name = info.name(),
            otel.status_code = Empty,
            code.function.name = info.name(),
            code.file.path = location.file(),
            code.line.number = location.line(),
            code.column.number = location.column(),
            siohook.handler.id = info.registration().id,
            siohook.handler.event = info.event(),
            siohook.outcome = Empty,
            siohook.elapsed = Empty,
            "error.type" = Empty,
        ))
    }

    pub(super) fn in_scope<R>(&self, part: impl FnOnce() -> R) -> R {
        self.0.in_scope(part)
    }

    /// Records how the handler ended.
    pub(super) fn end(self, info: &HandlerInfo, outcome: &Outcome, elapsed: Duration) {
        let span = &self.0;
        let outcome = labels::of_outcome(outcome);
        let failure = (outcome != "done").then_some(outcome);
        end(span, outcome, failure, elapsed);
        let (name, at) = (info.name(), info.location());
        match failure {
            None => debug!(target: "siohook", parent: span, "{name}: done"),
            Some(labels::CANCELLED | labels::RETRY_LATER) => {
                warn!(target: "siohook", parent: span, "{name} ({at}): {outcome}");
            }
            // The error's text may be personal, so only `on_report` gets it.
            Some(_) => error!(target: "siohook", parent: span, "{name} ({at}): {outcome}"),
        }
    }
}

/// Records the attributes that the spans of deliveries and handlers share at their end.
fn end(span: &Span, outcome: &'static str, failure: Option<&'static str>, elapsed: Duration) {
    span.record("siohook.outcome", outcome);
    span.record("siohook.elapsed", elapsed.as_secs_f64());
    if let Some(failure) = failure {
        span.record("error.type", failure);
        span.record("otel.status_code", "ERROR");
    }
}

/// Whether a subscriber shows the event of a refusal.
pub(super) fn shows_refusals() -> bool {
    event_enabled!(target: "siohook", Level::WARN)
}

/// Records that a request was refused, and calls `hook` in the span of the refusal. Of the
/// request, only the mechanism is shown, because the rest is unverified.
pub(super) fn refused(rejection: &Rejection, hook: impl FnOnce()) {
    let span = warn_span!(
        target: "siohook",
        "refusal",
        otel.name = "process",
        otel.kind = "consumer",
        otel.status_code = "ERROR",
        messaging.system = "systeme_io",
        messaging.operation.name = "process",
        "messaging.operation.type" = "process",
        siohook.mechanism = rejection.mechanism().map(Mechanism::as_str),
        siohook.outcome = rejection.reply().outcome().as_str(),
        http.response.status_code = rejection.status(),
        "error.type" = rejection.code(),
    );
    warn!(target: "siohook", parent: &span, "refused: {rejection}");
    span.in_scope(hook);
}
