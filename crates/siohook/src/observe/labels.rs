//! The values that attributes and labels take.

#[cfg(feature = "tracing")]
use std::borrow::Cow;

use siohook_events::EventName;

use crate::delivery::Trust;
#[cfg(feature = "tracing")]
use crate::handler::LONGEST_NAME;
use crate::handler::{HandlerInfo, HandlerReport, Handlers, Outcome, Report};

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
    let own = |at: usize| handlers.get(at).map(HandlerInfo::event);
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
    let done_before = |handler: &HandlerReport| matches!(handler.outcome(), Outcome::DoneBefore);
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
pub(super) fn of_outcome(outcome: Option<&Outcome>) -> &'static str {
    let Some(outcome) = outcome else {
        return CANCELLED;
    };
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

/// An event's name as it may be printed. An unlisted name is whatever was sent: a long
/// one is cut, and what could steer a terminal or start a line is escaped.
#[cfg(feature = "tracing")]
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
