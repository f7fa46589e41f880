//! The metrics: their names, units and labels.

use std::time::{Duration, Instant};

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

use crate::stats::Stats;
use crate::store::Result;

/// Deliveries that are stored, by whether they were new.
const ACCEPTED: &str = "siohook.inbox.accepted";
/// Deliveries that could not be stored, by reason.
const REFUSED: &str = "siohook.inbox.refused";
/// Deliveries and ends of runs in a group.
const GROUP_SIZE: &str = "siohook.inbox.group_size";
/// Seconds for a group.
const COMMIT: &str = "siohook.inbox.commit.duration";
/// Runs that ended, by handler and outcome.
const RUNS: &str = "siohook.inbox.runs";
/// Seconds for a run, by handler.
const RUN: &str = "siohook.inbox.run.duration";
/// Runs that were taken back from a process that ended in them.
const RECOVERED: &str = "siohook.inbox.recovered";
/// Ends that the store refused.
const LEASE_LOST: &str = "siohook.inbox.lease_lost";
/// Ends that wait for a group that succeeds.
const UNRECORDED: &str = "siohook.inbox.unrecorded";
/// Runs of the whole store.
const WAITING: &str = "siohook.inbox.waiting";
const RUNNING: &str = "siohook.inbox.running";
const DEAD: &str = "siohook.inbox.dead";
const ORPHANS: &str = "siohook.inbox.orphans";
/// Seconds since the oldest delivery with a waiting run was stored.
const OLDEST_WAITING: &str = "siohook.inbox.oldest_waiting";

/// Why deliveries are refused.
const REFUSALS: [&str; 2] = ["store", "overloaded"];

/// Describes the metrics, and starts counters at 0. A series that starts with its first
/// failure shows no increase, so an alert would miss that one.
pub(super) fn describe(handlers: &[&'static str]) {
    describe_counter!(
        ACCEPTED,
        Unit::Count,
        "Deliveries that are stored, by whether they were new."
    );
    describe_counter!(
        REFUSED,
        Unit::Count,
        "Deliveries that could not be stored, by reason."
    );
    describe_histogram!(
        GROUP_SIZE,
        Unit::Count,
        "Deliveries and ends of runs that were stored together."
    );
    describe_histogram!(
        COMMIT,
        Unit::Seconds,
        "Duration of storing a group, including the sync of the disk."
    );
    describe_counter!(
        RUNS,
        Unit::Count,
        "Runs that ended in this process, by handler and outcome."
    );
    describe_histogram!(RUN, Unit::Seconds, "Duration of a run, by handler.");
    describe_counter!(
        RECOVERED,
        Unit::Count,
        "Runs that were taken back from a process that ended in them."
    );
    describe_counter!(
        LEASE_LOST,
        Unit::Count,
        "Ends of runs that were not recorded, because the run was no longer this process's."
    );
    describe_gauge!(
        UNRECORDED,
        Unit::Count,
        "Ends of runs in this process that could not be stored yet."
    );
    describe_gauge!(WAITING, Unit::Count, "Runs that wait, in the whole store.");
    describe_gauge!(
        RUNNING,
        Unit::Count,
        "Runs in progress, in the whole store."
    );
    describe_gauge!(DEAD, Unit::Count, "Dead runs in the whole store.");
    describe_gauge!(
        ORPHANS,
        Unit::Count,
        "Runs in the whole store whose handler no process links."
    );
    describe_gauge!(
        OLDEST_WAITING,
        Unit::Seconds,
        "Time since the oldest delivery with a waiting run was stored."
    );
    for reason in REFUSALS {
        refusals(reason).increment(0);
    }
    counter!(RECOVERED).increment(0);
    counter!(LEASE_LOST).increment(0);
    for &handler in handlers {
        for reason in super::labels::DEAD {
            runs(handler, reason.as_str()).increment(0);
        }
    }
    unrecorded(0);
}

pub(super) fn accepted(is_new: bool) {
    let result = if is_new { "fresh" } else { "before" };
    counter!(ACCEPTED, "siohook.result" => result).increment(1);
}

pub(super) fn refused(reason: &'static str) {
    refusals(reason).increment(1);
}

fn refusals(reason: &'static str) -> metrics::Counter {
    counter!(REFUSED, "siohook.reason" => reason)
}

pub(super) fn group(size: usize, took: Duration) {
    histogram!(GROUP_SIZE).record(float(size as u64));
    histogram!(COMMIT).record(took);
}

pub(super) fn unrecorded(ends: usize) {
    gauge!(UNRECORDED).set(float(ends as u64));
}

pub(super) fn recovered(runs: usize) {
    counter!(RECOVERED).increment(runs as u64);
}

pub(super) fn lost() {
    counter!(LEASE_LOST).increment(1);
}

/// Records a run that ended in this process.
pub(super) fn run(handler: &'static str, outcome: &'static str, elapsed: Duration) {
    runs(handler, outcome).increment(1);
    histogram!(RUN, "siohook.handler.id" => handler).record(elapsed);
}

/// Counts a run that is dead because its process ended in it.
pub(super) fn dead(handler: &'static str, outcome: &'static str) {
    runs(handler, outcome).increment(1);
}

fn runs(handler: &'static str, outcome: &'static str) -> metrics::Counter {
    counter!(RUNS, "siohook.handler.id" => handler, "siohook.outcome" => outcome)
}

/// The gauges of the whole store.
#[derive(Default)]
pub(super) struct Gauges {
    /// When they are set again.
    due: Duration,
}

impl Gauges {
    const EVERY: Duration = Duration::from_secs(10);
    /// Counting takes at most one in so many parts of the time.
    const PARTS: u32 = 100;

    /// Sets the gauges every ten seconds, or less often if counting takes long. Errors are ignored: the
    /// next group meets them.
    pub(super) fn measure(&mut self, elapsed: Duration, count: impl FnOnce() -> Result<Stats>) {
        if elapsed < self.due {
            return;
        }
        let started = Instant::now();
        let counted = count();
        self.due = elapsed + Self::EVERY.max(started.elapsed() * Self::PARTS);
        let Ok(stats) = counted else {
            return;
        };
        gauge!(WAITING).set(float(stats.waiting()));
        gauge!(RUNNING).set(float(stats.running()));
        gauge!(DEAD).set(float(stats.dead()));
        gauge!(ORPHANS).set(float(stats.orphans()));
        gauge!(OLDEST_WAITING).set(stats.oldest_waiting().unwrap_or_default());
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    /// The seconds in which gauges are set, if they are asked to be each second.
    fn measured(count: impl Fn() -> Result<Stats>) -> Vec<u64> {
        let mut gauges = Gauges::default();
        let mut measured = vec![];
        for second in 0..=20 {
            gauges.measure(Duration::from_secs(second), || {
                measured.push(second);
                count()
            });
        }
        measured
    }

    #[test]
    fn the_store_is_counted_every_ten_seconds() {
        assert_eq!(measured(|| Ok(Stats::default())), [0, 10, 20]);
        assert_eq!(measured(|| Err(StoreError::ended())), [0, 10, 20]);
    }

    #[test]
    fn a_store_that_counts_slowly_is_counted_seldom() {
        let slow = || {
            std::thread::sleep(Duration::from_millis(150));
            Ok(Stats::default())
        };
        let [0, second] = measured(slow)[..] else {
            panic!("it is counted twice");
        };
        assert!(second >= 15);
    }
}
