//! How long things take.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::Quantiles;

/// The time that the processor has spent on this thread, so that what else runs
/// on the machine matters less.
///
/// # Panics
///
/// Never: it is not negative.
#[must_use]
pub fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("it began with the thread")
}

/// The nanoseconds that it takes to handle one of these.
pub fn nanos<T>(items: impl ExactSizeIterator<Item = T>, handle: impl FnMut(T)) -> f64 {
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
    let start = processor_time();
    items.for_each(handle);
    let time = processor_time().saturating_sub(start);
    time.as_secs_f64() * 1e9 / f64::from(count)
}

/// Measurements of several contenders, taken in turn, so that what changes with
/// time changes all of them.
#[derive(Debug)]
pub struct Rounds<const N: usize>(Vec<[f64; N]>);

impl<const N: usize> Rounds<N> {
    /// Measures this many times. `measure` is given the contender's number, and
    /// returns what is measured. Nobody is always first, or always after the
    /// same one.
    pub fn measure(rounds: usize, mut measure: impl FnMut(usize) -> f64) -> Self {
        let round = |round| {
            let mut measured = [0.0; N];
            for step in 0..N {
                let contender = (round + step) % N;
                measured[contender] = measure(contender);
            }
            measured
        };
        Self((0..rounds).map(round).collect())
    }

    /// What one contender needed.
    #[must_use]
    pub fn of(&self, contender: usize) -> Quantiles {
        Quantiles::of(self.0.iter().map(|round| round[contender]))
    }

    /// What one needed over what another did in the same round.
    #[must_use]
    pub fn ratio(&self, contender: usize, other: usize) -> Quantiles {
        Quantiles::of(self.0.iter().map(|round| round[contender] / round[other]))
    }
}
