//! Spans, metrics and warnings of an inbox.
//!
//! Without the feature `tracing`, the module `spans` is a twin that does nothing. Without
//! `metrics`, the module `metrics` is. So the engine and the inbox have no `cfg`: they call
//!
//! * [`accepted`] or [`Observer::refused`] for each delivery,
//! * [`ObservedTask::begin`] and [`ObservedTask::end`] around the runs that start together,
//! * [`group`] and an [`ObservedStore`] on the thread of the store.
//!
//! The labels of metrics are ids of linked handlers and words of this crate. No text of a
//! handler's error and no value of a body is recorded, because both may be personal.

mod labels;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(not(feature = "metrics"))]
#[path = "no_metrics.rs"]
mod metrics;
#[cfg(feature = "tracing")]
mod seldom;
#[cfg(feature = "tracing")]
mod spans;
#[cfg(not(feature = "tracing"))]
#[path = "no_spans.rs"]
mod spans;

use std::time::Duration;

use siohook::Handlers;

pub(crate) use self::labels::outcome;
use self::metrics::Gauges;
pub(crate) use self::spans::Origin;
use self::spans::{RefusalWarnings, TaskSpan, UnrecordedWarnings};
use crate::DeadReason;
use crate::stats::Stats;
use crate::store::{Claimed, Ending, Result, RunKey, StoreError};

/// What is recorded of deliveries. Each inbox has its own, with the warnings that it has given.
#[derive(Default)]
pub(crate) struct Observer(RefusalWarnings);

impl Observer {
    /// Describes the metrics, and starts the counters of refusals and dead runs.
    pub(crate) fn new(handlers: &[&'static str]) -> Self {
        metrics::describe(handlers);
        Self::default()
    }

    /// Records that a delivery could not be stored.
    pub(crate) fn refused(&self, reason: &'static str, why: &str) {
        metrics::refused(reason);
        self.0.warn(why);
    }
}

/// Records that a delivery is stored, now or before.
pub(crate) fn accepted(is_new: bool) {
    metrics::accepted(is_new);
}

/// Records a group that was committed.
pub(crate) fn group(size: usize, took: Duration) {
    metrics::group(size, took);
}

/// What is recorded of a store.
#[derive(Default)]
pub(crate) struct ObservedStore {
    gauges: Gauges,
    unrecorded: UnrecordedWarnings,
}

impl ObservedStore {
    /// Sets the gauges of the whole store if it is time for that. `elapsed` is a time that never
    /// goes backwards.
    pub(crate) fn measure(&mut self, elapsed: Duration, count: impl FnOnce() -> Result<Stats>) {
        self.gauges.measure(elapsed, count);
    }

    /// Records a group that was not committed, and how many ends of runs wait for the next one.
    pub(crate) fn failed(&self, error: &StoreError, ends: usize) {
        metrics::unrecorded(ends);
        if ends > 0 {
            self.unrecorded.warn(error, ends);
        }
    }
}

/// Records that no end of a run waits any more for a group that succeeds.
pub(crate) fn recorded() {
    metrics::unrecorded(0);
}

/// Records runs that were taken back from a process that ended in them.
pub(crate) fn recovered(runs: usize) {
    if runs > 0 {
        metrics::recovered(runs);
        spans::recovered(runs);
    }
}

/// Records that a run is dead, because its process ended in it too often.
pub(crate) fn crashed(run: &RunKey) {
    let outcome = DeadReason::Crashed.as_str();
    metrics::dead(run.handler, outcome);
    spans::dead(run, outcome);
}

/// Records an end that the store refused, because the run is not this process's any more.
pub(crate) fn lost(run: &RunKey) {
    metrics::lost();
    spans::lost(run);
}

/// Warns of what a store has to tell.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) fn warning(warning: &str) {
    spans::warning(warning);
}

/// Warns of runs whose handlers no process links.
pub(crate) fn orphans(runs: u64) {
    spans::orphans(runs);
}

/// Warns of deliveries whose dead letters lose their body within a day.
pub(crate) fn expiring(deliveries: usize) {
    spans::expiring(deliveries);
}

/// Warns that a process that ends could not give its runs back.
pub(crate) fn not_retired(error: &StoreError) {
    spans::not_retired(error);
}

/// The runs of a delivery that start together.
pub(crate) struct ObservedTask(TaskSpan);

impl ObservedTask {
    /// Begins them. Their span follows from the request that was accepted, if it is known.
    pub(crate) fn begin(
        handlers: &Handlers,
        event: &str,
        request: Option<&Origin>,
        runs: &[Claimed],
    ) -> Self {
        Self(TaskSpan::begin(handlers, event, request, runs))
    }

    /// Enters the span whenever `work` is polled, on any thread.
    pub(crate) fn follow<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        self.0.follow(work)
    }

    /// Records how a run ended. `outcome` is what its handler did: see [`outcome`].
    pub(crate) fn end(
        &self,
        run: &RunKey,
        ending: &Ending,
        outcome: &'static str,
        elapsed: Duration,
    ) {
        let outcome = labels::of_ending(ending, outcome);
        metrics::run(run.handler, outcome, elapsed);
        self.0.end(run, ending, outcome);
    }
}
