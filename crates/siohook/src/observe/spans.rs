//! The spans and their ends. Names of attributes are those of OpenTelemetry's
//! semantic conventions where these have one.

use std::borrow::Cow;
use std::time::Duration;

use siohook_events::{EventName, Mechanism};
use tracing::field::Empty;
use tracing::{Level, Span, debug, enabled, error, info, info_span, warn, warn_span};

use super::words;
use crate::delivery::Delivery;
use crate::plain_id;
use crate::registry::{HandlerInfo, Handlers};
use crate::rejection::Rejection;
use crate::report::Report;
use crate::suggestion::LONGEST_NAME;

/// All that is known before a handler runs is given at once, because samplers
/// decide by it.
pub(super) fn delivery(handlers: &Handlers, delivery: &Delivery) -> Span {
    // These are called only if somebody listens.
    let name = || match words::destination(handlers, delivery.event()) {
        words::OTHER => Cow::Borrowed("process"),
        destination => format!("process {destination}").into(),
    };
    let trust = || words::of_trust(delivery.trust());
    let sender = || delivery.sender_trace();
    let message_id = || delivery.message_id().filter(|id| plain_id::is_plain(id));
    info_span!(
        target: "siohook",
        "delivery",
        otel.name = &*name(),
        otel.kind = "consumer",
        otel.status_code = Empty,
        messaging.system = "systeme_io",
        messaging.operation.name = "process",
        "messaging.operation.type" = "process",
        messaging.destination.name = &*shown(delivery.event().as_str()),
        messaging.message.id = message_id(),
        messaging.message.body.size = delivery.body().len(),
        siohook.mechanism = mechanism(delivery.mechanism()),
        siohook.attempt.id = delivery.attempt_id(),
        siohook.trust = trust().0,
        siohook.secret = trust().1,
        siohook.sender.trace_id = sender().map(|sender| format!("{:032x}", sender.trace_id())),
        siohook.sender.span_id = sender()
            .and_then(|sender| Some(format!("{:016x}", sender.span_id()?))),
        siohook.handlers = Empty,
        siohook.outcome = Empty,
        siohook.redelivery = Empty,
        siohook.elapsed = Empty,
        http.response.status_code = Empty,
        "error.type" = Empty,
    )
}

/// Whether an end would be seen: a filter may let failures through, and no span.
pub(super) fn are_seen(span: &Span) -> bool {
    !span.is_disabled() || enabled!(target: "siohook", Level::ERROR)
}

/// Says what became of a delivery: it was cancelled if there is no report. The
/// event names it, because its span may be filtered out.
pub(super) fn end_delivery(
    span: &Span,
    event: &EventName,
    report: Option<&Report>,
    elapsed: Duration,
) {
    let outcome = words::of_report(report);
    let failure = words::error_of_report(report);
    end(span, outcome, failure, elapsed);
    if let Some(report) = report {
        span.record("siohook.handlers", report.handlers().len());
        span.record("http.response.status_code", report.reply().status());
        if let Some(redelivery) = words::redelivery(report) {
            span.record("siohook.redelivery", redelivery);
        }
    }
    let event = event.as_str();
    match failure {
        None => info!(target: "siohook", parent: span, "{}: {outcome}", shown(event)),
        Some(words::CANCELLED) => {
            warn!(target: "siohook", parent: span, "{}: {outcome}", shown(event));
        }
        Some(_) => error!(target: "siohook", parent: span, "{}: {outcome}", shown(event)),
    }
}

pub(super) fn handler(info: &HandlerInfo) -> Span {
    let location = info.location();
    info_span!(
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
    )
}

pub(super) fn end_handler(
    span: &Span,
    info: &HandlerInfo,
    outcome: &'static str,
    elapsed: Duration,
) {
    let failure = (outcome != "done").then_some(outcome);
    end(span, outcome, failure, elapsed);
    let (name, at) = (info.name(), info.location());
    match failure {
        None => debug!(target: "siohook", parent: span, "{name}: done"),
        Some(words::CANCELLED) => {
            warn!(target: "siohook", parent: span, "{name} ({at}): cancelled");
        }
        // What it says of itself may be about a person: `on_report` has it.
        Some(_) => error!(target: "siohook", parent: span, "{name} ({at}): {outcome}"),
    }
}

fn end(span: &Span, outcome: &'static str, failure: Option<&'static str>, elapsed: Duration) {
    span.record("siohook.outcome", outcome);
    span.record("siohook.elapsed", elapsed.as_secs_f64());
    if let Some(failure) = failure {
        span.record("error.type", failure);
        span.record("otel.status_code", "ERROR");
    }
}

/// Nothing of the request but its mechanism is shown: nobody vouches for it.
pub(super) fn refusal(rejection: &Rejection) -> Span {
    let span = warn_span!(
        target: "siohook",
        "refusal",
        otel.name = "process",
        otel.kind = "consumer",
        otel.status_code = "ERROR",
        messaging.system = "systeme_io",
        messaging.operation.name = "process",
        "messaging.operation.type" = "process",
        siohook.mechanism = rejection.mechanism().map(mechanism),
        siohook.outcome = rejection.reply().outcome(),
        http.response.status_code = rejection.status(),
        "error.type" = rejection.code(),
    );
    warn!(target: "siohook", parent: &span, "refused: {rejection}");
    span
}

fn mechanism(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::Automation => "automation",
        Mechanism::Account => "account",
    }
}

/// A name that nobody published is what somebody sent: it is cut, and what could
/// write into a terminal or a line of its own is escaped.
pub(super) fn shown(name: &str) -> Cow<'_, str> {
    if name.len() <= LONGEST_NAME && name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return name.into();
    }
    let letters = name.chars().take(LONGEST_NAME);
    let mut shown: String = letters.flat_map(char::escape_default).collect();
    if name.chars().nth(LONGEST_NAME).is_some() {
        shown.push('…');
    }
    shown.into()
}
