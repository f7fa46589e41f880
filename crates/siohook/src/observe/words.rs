//! The values that attributes and labels take.

use siohook_events::EventName;

use crate::registry::Handlers;
use crate::report::{Outcome, Report};
use crate::trust::Trust;

/// The future was dropped before it ended.
pub(super) const CANCELLED: &str = "cancelled";

/// OpenTelemetry's word for what is not among the values that are known.
pub(super) const OTHER: &str = "_OTHER";

/// The name of an event as a label: one of the catalogue, or one that a handler
/// names. Any other comes from outside, and there is no end of those.
pub(super) fn destination(handlers: &Handlers, event: &EventName) -> &'static str {
    if let Some(listed) = event.event() {
        return listed.name();
    }
    let own = |at: usize| handlers.get(at).map(crate::HandlerInfo::event);
    handlers
        .binary_search_by_key(&event.as_str(), |handler| handler.event())
        .ok()
        .and_then(own)
        .unwrap_or(OTHER)
}

/// What became of a delivery.
pub(super) fn of_report(report: Option<&Report>) -> &'static str {
    report.map_or(CANCELLED, |report| report.reply().outcome())
}

/// What a delivery failed with, if it failed.
pub(super) fn error_of_report(report: Option<&Report>) -> Option<&'static str> {
    let outcome = of_report(report);
    let succeeded = ["done", "done_before", "unhandled", "in_progress"].contains(&outcome);
    (!succeeded).then_some(outcome)
}

/// What tells a delivery from one that was never seen before.
pub(super) fn redelivery(report: &Report) -> Option<&'static str> {
    let done_before =
        |handler: &crate::HandlerReport| matches!(handler.outcome(), Outcome::DoneBefore);
    match report.reply().outcome() {
        known @ ("done_before" | "in_progress") => Some(known),
        _ => report
            .handlers()
            .iter()
            .any(done_before)
            .then_some("resumed"),
    }
}

/// What became of a handler.
pub(super) fn of_outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::DoneBefore => "done_before",
        Outcome::Failed(error) if error.is_permanent() => "failed_for_good",
        Outcome::Failed(error) if error.delay().is_some() => "retry_later",
        Outcome::Failed(_) => "failed",
        Outcome::Panicked(_) => "panicked",
        Outcome::Mismatch(_) => "mismatch",
    }
}

/// Why a delivery was trusted, and the label of the secret.
pub(super) fn of_trust(trust: Trust<'_>) -> (&'static str, Option<&str>) {
    match trust {
        Trust::Signed { secret } => ("signed", Some(secret)),
        Trust::Token => ("token", None),
        Trust::SourceIp => ("source_ip", None),
        Trust::Unverified => ("unverified", None),
    }
}
