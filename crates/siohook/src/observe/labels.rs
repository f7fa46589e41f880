//! The values of span attributes and metric labels.

use siohook_events::EventName;

use crate::delivery::Trust;
use crate::handler::{HandlerInfo, HandlerReport, Handlers, Outcome, Report};
use crate::request::ReplyOutcome;

/// The outcome of work that was dropped before it ended.
pub(super) const CANCELLED: &str = ReplyOutcome::Cancelled.as_str();

/// The outcome of work that asked for a later attempt.
pub(super) const RETRY_LATER: &str = ReplyOutcome::RetryLater.as_str();

/// OpenTelemetry's value for everything outside of a fixed set.
pub(super) const OTHER: &str = "_OTHER";

/// The name of an event as a label, if the catalogue or a handler names it. The other names
/// come from outside and are unbounded, so they are [`OTHER`].
pub(super) fn destination(handlers: &Handlers, event: &EventName) -> &'static str {
    if let Some(listed) = event.event() {
        return listed.name();
    }
    let own = |at: usize| handlers.get(at).map(HandlerInfo::event);
    handlers
        .binary_search_by_key(&event.as_str(), |handler| handler.event())
        .ok()
        .and_then(own)
        .unwrap_or(OTHER)
}

/// The outcome of a delivery.
pub(super) fn of_report(report: &Report) -> &'static str {
    report.reply().outcome().as_str()
}

/// The outcome of a delivery that failed.
pub(super) fn error_of_report(report: &Report) -> Option<&'static str> {
    match report.reply().outcome() {
        ReplyOutcome::Done
        | ReplyOutcome::DoneBefore
        | ReplyOutcome::Unhandled
        | ReplyOutcome::Accepted
        | ReplyOutcome::AcceptedBefore
        | ReplyOutcome::InProgress => None,
        failure => Some(failure.as_str()),
    }
}

/// How a delivery that was seen before is continued. `None` for a new one.
pub(super) fn redelivery(report: &Report) -> Option<&'static str> {
    let is_done_before = |handler: &HandlerReport| matches!(handler.outcome(), Outcome::DoneBefore);
    match report.reply().outcome() {
        known @ (ReplyOutcome::DoneBefore
        | ReplyOutcome::AcceptedBefore
        | ReplyOutcome::InProgress) => Some(known.as_str()),
        _ => report
            .handlers()
            .iter()
            .any(is_done_before)
            .then_some("resumed"),
    }
}

/// The outcome of a handler.
pub(super) fn of_outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::DoneBefore => "done_before",
        Outcome::Failed(error) if error.is_permanent() => "failed_for_good",
        Outcome::Failed(error) if error.delay().is_some() => RETRY_LATER,
        Outcome::Failed(_) => "failed",
        Outcome::Panicked(_) => "panicked",
        Outcome::Mismatch(_) => "mismatch",
        Outcome::Cancelled => CANCELLED,
    }
}

/// Why a delivery was trusted.
pub(super) fn of_trust(trust: Trust<'_>) -> &'static str {
    match trust {
        Trust::Signed { .. } => "signed",
        Trust::Token { .. } => "token",
        Trust::SourceIp => "source_ip",
        Trust::Unverified => "unverified",
    }
}
