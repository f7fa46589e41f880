//! The metrics: names and units, and where they are counted.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use metrics::{SharedString, Unit, counter, describe_counter, describe_histogram, histogram};
use siohook_events::Shown;

use super::labels;
use crate::delivery::{Delivery, TrustedBy};
use crate::handler::{HandlerInfo, Handlers, Outcome, Report};
use crate::verify::{Rejection, Secret};

const PROCESS: &str = "messaging.process.duration";
const DELIVERIES: &str = "siohook.deliveries";
const HANDLER: &str = "siohook.handler.duration";
const REDELIVERIES: &str = "siohook.redeliveries";
const REJECTIONS: &str = "siohook.rejections";
const TRUSTED: &str = "siohook.trusted";
const UNREAD: &str = "siohook.unread";

/// A secret that matches nothing has to be seen at 0.
pub(super) fn describe(secrets: &[Secret]) {
    describe_histogram!(PROCESS, Unit::Seconds, "Duration of processing operation.");
    describe_counter!(
        DELIVERIES,
        Unit::Count,
        "Deliveries, by what became of them."
    );
    describe_histogram!(
        HANDLER,
        Unit::Seconds,
        "How long a handler took, waiting included."
    );
    describe_counter!(
        REDELIVERIES,
        Unit::Count,
        "Deliveries that had been seen before and were not handled anew."
    );
    describe_counter!(
        REJECTIONS,
        Unit::Count,
        "Requests that were refused, by code."
    );
    describe_counter!(
        TRUSTED,
        Unit::Count,
        "Deliveries, by what they are trusted by."
    );
    describe_counter!(
        UNREAD,
        Unit::Count,
        "Members of bodies that could not be read."
    );
    for secret in secrets {
        signed_by(secret.label()).increment(0);
    }
}

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

fn signed_by(secret: &Arc<str>) -> metrics::Counter {
    counter!(TRUSTED, "siohook.trust" => "signed", "siohook.secret" => shared(secret))
}

fn shared(label: &Arc<str>) -> SharedString {
    match Shown::value(&**label).to_str() {
        Cow::Borrowed(_) => SharedString::from_shared(Arc::clone(label)),
        Cow::Owned(shown) => shown.into(),
    }
}

pub(super) fn refused(rejection: &Rejection) {
    counter!(REJECTIONS, "error.type" => rejection.code()).increment(1);
}

/// What is counted of one delivery.
pub(super) struct DeliveryMetrics {
    started: Instant,
    destination: &'static str,
}

impl DeliveryMetrics {
    pub(super) fn begin(handlers: &Handlers, delivery: &Delivery) -> Self {
        Self {
            started: Instant::now(),
            destination: labels::destination(handlers, delivery.event()),
        }
    }

    /// Counts a delivery that ended.
    pub(super) fn end(&self, report: &Report) {
        let destination = self.destination;
        let outcome = labels::of_report(report);
        counter!(
            DELIVERIES,
            "messaging.destination.name" => destination,
            "siohook.outcome" => outcome
        )
        .increment(1);
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
