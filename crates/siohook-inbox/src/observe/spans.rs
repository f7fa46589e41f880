//! The spans of runs, and warnings. Attributes have the names of OpenTelemetry's semantic
//! conventions where those define one.

use std::borrow::Cow;
use std::time::Instant;

use siohook::{EventName, HandlerInfo, Handlers};
use siohook_events::Shown;
use tracing::field::Empty;
use tracing::instrument::{Instrument, Instrumented};
use tracing::{Span, debug, error, info, info_span, warn};

use super::seldom::Seldom;
use crate::store::Claimed;
use crate::store::{Ending, RunKey, StoreError};

/// The span of the request whose delivery was accepted. It stays open until the runs begin,
/// because a subscriber may have forgotten a closed one.
#[derive(Clone)]
pub(crate) struct Origin(Span);

impl Origin {
    /// Takes the current span.
    pub(crate) fn current() -> Self {
        Self(Span::current())
    }
}

/// The span of the runs of a delivery that start together. Those of their handlers are in it.
pub(super) struct TaskSpan(Span);

impl TaskSpan {
    /// Opens a span without a parent: the caller's current one is that of `Inbox::run`, which
    /// never ends.
    pub(super) fn begin(
        handlers: &Handlers,
        event: &str,
        origin: Option<&Origin>,
        runs: &[Claimed],
    ) -> Self {
        // These closures are called only if a subscriber records the span.
        let name = || match destination(handlers, event) {
            Some(destination) => format!("process {destination}").into(),
            None => Cow::Borrowed("process"),
        };
        let delivery = || runs.first().map(|run| run.run.delivery);
        let handler = || match runs {
            [run] => Some(run.run.handler),
            _ => None,
        };
        let attempt = || runs.iter().map(|run| run.run.attempt).max();
        let span = info_span!(
            target: "siohook",
            parent: None,
            "run",
            otel.name = &*name(),
            otel.kind = "consumer",
            otel.status_code = Empty,
            messaging.system = "systeme_io",
            messaging.operation.name = "process",
            "messaging.operation.type" = "process",
            messaging.destination.name = &*Shown::value(event).to_str(),
            siohook.inbox.delivery = delivery(),
            siohook.inbox.attempt = attempt(),
            siohook.handlers = runs.len(),
            siohook.handler.id = handler(),
            "error.type" = Empty,
        );
        if let Some(Origin(request)) = origin {
            span.follows_from(request);
        }
        Self(span)
    }

    /// Enters the span whenever `work` is polled.
    pub(super) fn follow<F: Future>(&self, work: F) -> Instrumented<F> {
        work.instrument(self.0.clone())
    }

    /// Records how a run ended. The event names the run, because a filter may have dropped its
    /// span, and because there may be several.
    pub(super) fn end(&self, run: &RunKey, ending: &Ending, outcome: &'static str) {
        let span = &self.0;
        if matches!(ending, Ending::Retry { .. } | Ending::Dead { .. }) {
            span.record("error.type", outcome);
            span.record("otel.status_code", "ERROR");
        }
        let name = Name(run);
        match ending {
            Ending::Done => debug!(target: "siohook", parent: span, "{name}: {outcome}"),
            Ending::GivenBack => info!(target: "siohook", parent: span, "{name}: {outcome}"),
            Ending::Retry { .. } => {
                warn!(target: "siohook", parent: span, "{name}: {outcome}, is tried again");
            }
            // The error's text may be personal, so only `on_dead` gets it.
            Ending::Dead { .. } => {
                error!(target: "siohook", parent: span, "{name}: {outcome}, is dead");
            }
        }
    }
}

/// The name of an event, if the catalogue or a handler names it. The other names come from
/// outside and are unbounded.
fn destination(handlers: &Handlers, event: &str) -> Option<&'static str> {
    if let Some(listed) = EventName::new(event).event() {
        return Some(listed.name());
    }
    let mut names = handlers.iter().map(HandlerInfo::event);
    names.find(|name| *name == event)
}

/// Warns that deliveries are answered with 503.
#[derive(Default)]
pub(super) struct RefusalWarnings(Seldom);

impl RefusalWarnings {
    pub(super) fn warn(&self, why: &str) {
        match self.0.pass(Instant::now()) {
            Some(0) => warn!(target: "siohook", "a delivery could not be stored: {why}"),
            Some(others) => {
                warn!(
                    target: "siohook",
                    "a delivery could not be stored, as {others} before it: {why}"
                );
            }
            None => {}
        }
    }
}

/// Warns that ends of runs could not be stored.
#[derive(Default)]
pub(super) struct UnrecordedWarnings(Seldom);

impl UnrecordedWarnings {
    pub(super) fn warn(&self, error: &StoreError, ends: usize) {
        if self.0.pass(Instant::now()).is_some() {
            warn!(
                target: "siohook",
                "ends of runs that wait to be stored: {ends}; the store failed: {error}"
            );
        }
    }
}

/// Warns of runs that were taken back.
pub(super) fn recovered(runs: usize) {
    warn!(
        target: "siohook",
        "a process ended while handlers ran; runs taken back: {runs}"
    );
}

/// Reports a run that is dead without having ended here.
pub(super) fn dead(run: &RunKey, outcome: &'static str) {
    error!(target: "siohook", "{}: {outcome}, is dead", Name(run));
}

/// Warns that an end was refused.
pub(super) fn lost(run: &RunKey) {
    warn!(
        target: "siohook",
        "{}: ended after it was given back or erased, so its end is not recorded; it may run again \
         if it was given back",
        Name(run)
    );
}

/// Warns of what a store has to tell.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) fn warning(warning: &str) {
    warn!(target: "siohook", "{warning}");
}

/// Warns of runs without a handler.
pub(super) fn orphans(runs: u64) {
    warn!(
        target: "siohook",
        "waiting runs whose handlers no process links: {runs}; link the handlers again, or give \
         them their former ids"
    );
}

/// Warns of dead letters that can't be retried any more soon.
pub(super) fn expiring(deliveries: usize) {
    warn!(
        target: "siohook",
        "deliveries with dead letters whose bodies are erased within a day: {deliveries}; retry or \
         purge the letters before"
    );
}

/// Warns that runs could not be given back.
pub(super) fn not_retired(error: &StoreError) {
    warn!(
        target: "siohook",
        "the runs of this process could not be given back, and wait until it is found dead: {error}"
    );
}

/// A run in the text of an event.
struct Name<'a>(&'a RunKey);

impl std::fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let RunKey {
            delivery,
            handler,
            attempt,
        } = self.0;
        write!(f, "{handler}, delivery {delivery}, attempt {attempt}")
    }
}
