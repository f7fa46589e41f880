//! The metrics: their names, units and labels.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics::{SharedString, Unit, counter, describe_counter, describe_histogram, histogram};
use siohook_events::{Event, EventPattern, Shown};

use super::labels;
use crate::delivery::{Delivery, TrustedBy};
use crate::handler::{HandlerInfo, Handlers, Outcome, Report};
use crate::request::ReplyOutcome;
use crate::verify::{Rejection, Secret};

/// Seconds for a delivery, by event and error.
const PROCESS: &str = "messaging.process.duration";
/// Deliveries, by event and outcome.
const DELIVERIES: &str = "siohook.deliveries";
/// Seconds for a handler, by function and outcome.
const HANDLER: &str = "siohook.handler.duration";
/// Deliveries that were seen before, by what was done about them.
const REDELIVERIES: &str = "siohook.redeliveries";
/// Refusals, by code.
const REJECTIONS: &str = "siohook.rejections";
/// Verified deliveries, by trust and label.
const TRUSTED: &str = "siohook.trusted";
/// Members that could not be read, by event.
const UNREAD: &str = "siohook.unread";

/// The outcomes of deliveries that failed.
const FAILURES: [&str; 5] = [
    labels::CANCELLED,
    ReplyOutcome::Failed.as_str(),
    ReplyOutcome::FailedForGood.as_str(),
    ReplyOutcome::Mismatch.as_str(),
    labels::RETRY_LATER,
];

/// Describes the metrics, and starts counters at 0: of each secret, so that one that never
/// matches is visible, and of each event's failures. A series that starts with its first
/// failure shows no increase, so an alert would miss that one.
pub(super) fn describe(secrets: &[Secret], handlers: &Handlers) {
    describe_histogram!(PROCESS, Unit::Seconds, "Duration of processing operation.");
    describe_counter!(DELIVERIES, Unit::Count, "Deliveries, by event and outcome.");
    describe_histogram!(
        HANDLER,
        Unit::Seconds,
        "Duration of a handler, including the time that it waits."
    );
    describe_counter!(
        REDELIVERIES,
        Unit::Count,
        "Deliveries that were seen before, by what was done about them."
    );
    describe_counter!(REJECTIONS, Unit::Count, "Refused requests, by code.");
    describe_counter!(
        TRUSTED,
        Unit::Count,
        "Verified deliveries, by why they are trusted."
    );
    describe_counter!(
        UNREAD,
        Unit::Count,
        "Members of bodies that could not be read."
    );
    for secret in secrets {
        signed_by(secret.label()).increment(0);
    }
    for destination in destinations(handlers) {
        for failure in FAILURES {
            deliveries(destination, failure).increment(0);
        }
    }
}

/// Starts the counters of deliveries that a keeper could not store.
pub(super) fn keeps(handlers: &Handlers) {
    for destination in destinations(handlers) {
        deliveries(destination, ReplyOutcome::NotStored.as_str()).increment(0);
    }
}

/// The events that handlers listen to: unlisted names, and those of the catalogue that a name
/// or a pattern matches.
fn destinations(handlers: &Handlers) -> BTreeSet<&'static str> {
    let patterns = handlers.iter().map(HandlerInfo::event);
    patterns
        .filter_map(|event| EventPattern::parse(event).ok())
        .flat_map(|pattern| match pattern {
            EventPattern::Name(name) => vec![name],
            _ => pattern.listed().map(Event::name).collect(),
        })
        .collect()
}

/// Counts a verified delivery by its trust.
pub(super) fn trusted(delivery: &Delivery) {
    let counter = match delivery.trusted_by() {
        TrustedBy::Secret(label) => signed_by(label),
        TrustedBy::Token(Some(label)) => {
            counter!(TRUSTED, "siohook.trust" => "token", "siohook.token" => shared(label))
        }
        other => counter!(TRUSTED, "siohook.trust" => labels::of_trust(other.as_trust())),
    };
    counter.increment(1);
}

/// The counter of deliveries that are signed with a secret.
fn signed_by(secret: &Arc<str>) -> metrics::Counter {
    counter!(TRUSTED, "siohook.trust" => "signed", "siohook.secret" => shared(secret))
}

/// A label as a metric's value. It is not copied if it can be shown as it is.
fn shared(label: &Arc<str>) -> SharedString {
    match Shown::value(&**label).to_str() {
        Cow::Borrowed(_) => SharedString::from_shared(Arc::clone(label)),
        Cow::Owned(shown) => shown.into(),
    }
}

/// Counts a refused request.
pub(super) fn refused(rejection: &Rejection) {
    counter!(REJECTIONS, "error.type" => rejection.code()).increment(1);
}

/// The counter of an event's deliveries with an outcome.
fn deliveries(destination: &'static str, outcome: &'static str) -> metrics::Counter {
    counter!(
        DELIVERIES,
        "messaging.destination.name" => destination,
        "siohook.outcome" => outcome
    )
}

/// The metrics of one delivery.
pub(super) struct DeliveryMetrics {
    started: Instant,
    destination: &'static str,
}

impl DeliveryMetrics {
    /// Starts the clock of a delivery.
    pub(super) fn begin(handlers: &Handlers, delivery: &Delivery) -> Self {
        Self {
            started: Instant::now(),
            destination: labels::destination(handlers, delivery.event()),
        }
    }

    /// Counts a delivery that ended.
    pub(super) fn end(&self, report: &Report) {
        let destination = self.destination;
        deliveries(destination, labels::of_report(report)).increment(1);
        if let Some(redelivery) = labels::redelivery(report) {
            counter!(REDELIVERIES, "siohook.redelivery" => redelivery).increment(1);
        }
        if let unread @ 1.. = report.delivery().known_unread().len() {
            counter!(UNREAD, "messaging.destination.name" => destination).increment(unread as u64);
        }
        let duration = match labels::error_of_report(report) {
            None => histogram!(
                PROCESS,
                "messaging.system" => "systeme_io",
                "messaging.operation.name" => "process",
                "messaging.destination.name" => destination
            ),
            Some(error) => histogram!(
                PROCESS,
                "messaging.system" => "systeme_io",
                "messaging.operation.name" => "process",
                "messaging.destination.name" => destination,
                "error.type" => error
            ),
        };
        duration.record(self.started.elapsed());
    }
}

/// Records a handler that ended.
pub(super) fn handler(info: &HandlerInfo, outcome: &Outcome, elapsed: Duration) {
    let outcome = labels::of_outcome(outcome);
    let name = info.name();
    histogram!(HANDLER, "code.function.name" => name, "siohook.outcome" => outcome).record(elapsed);
}
