//! Measures CPU time, and how far measurements vary.

use std::fmt;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// CPU time of this thread. Other programs on the machine affect it less than
/// wall time.
///
/// # Panics
///
/// Never: CPU time is not negative.
#[must_use]
pub fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("CPU time is not negative")
}

/// Nanoseconds of CPU time that `handle` takes for one item.
pub fn nanos<T>(items: impl ExactSizeIterator<Item = T>, handle: impl FnMut(T)) -> f64 {
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
    let start = cpu_time();
    items.for_each(handle);
    let time = cpu_time().saturating_sub(start);
    time.as_secs_f64() * 1e9 / f64::from(count)
}

/// Measurements of several subjects, taken in turn, so that a change of the
/// machine's speed affects all of them.
#[derive(Debug)]
pub struct Rounds<const N: usize>(Vec<[f64; N]>);

impl<const N: usize> Rounds<N> {
    /// Measures each subject once a round. `measure` takes the number of the
    /// subject. The next round starts with the next subject.
    pub fn measure(rounds: usize, mut measure: impl FnMut(usize) -> f64) -> Self {
        let round = |round| {
            let mut measured = [0.0; N];
            for step in 0..N {
                let subject = (round + step) % N;
                measured[subject] = measure(subject);
            }
            measured
        };
        Self((0..rounds).map(round).collect())
    }

    /// The measurements of one subject.
    #[must_use]
    pub fn of(&self, subject: usize) -> Quantiles {
        Quantiles::of(self.0.iter().map(|round| round[subject]))
    }

    /// The ratio of one subject to another, in each round.
    #[must_use]
    pub fn ratio(&self, subject: usize, other: usize) -> Quantiles {
        Quantiles::of(self.0.iter().map(|round| round[subject] / round[other]))
    }
}

/// Measurements in ascending order. `Display` writes the median, and the tenth
/// and the ninetieth percentile in parentheses.
#[derive(Clone, Debug)]
pub struct Quantiles(Vec<f64>);

impl Quantiles {
    /// Sorts measurements.
    ///
    /// # Panics
    ///
    /// There is no measurement.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        assert!(!values.is_empty(), "nothing was measured");
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The value in the middle.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }

    /// The first and the last of `parts - 1` quantiles: the lower and the upper
    /// quartile for `4`, the tenth and the ninetieth percentile for `10`.
    #[must_use]
    pub fn outer(&self, parts: usize) -> [f64; 2] {
        let outside = self.0.len() / parts;
        [self.0[outside], self.0[self.0.len() - 1 - outside]]
    }
}

impl fmt::Display for Quantiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, [low, high]) = (self.median(), self.outer(10));
        write!(f, "{median:.3} ({low:.3}–{high:.3})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outliers_do_not_change_the_median() {
        let values = (0..19).map(f64::from).chain([1e9]);
        assert_eq!(Quantiles::of(values).to_string(), "10.000 (2.000–17.000)");
    }

    #[test]
    fn each_round_measures_every_subject_from_another_start() {
        let (mut order, mut time) = (vec![], 0.0);
        let rounds = Rounds::<3>::measure(2, |subject| {
            order.push(subject);
            time += 1.0;
            time
        });
        assert_eq!(order, [0, 1, 2, 1, 2, 0]);
        assert_eq!(rounds.of(0).to_string(), "6.000 (1.000–6.000)");
        assert_eq!(rounds.ratio(0, 1).to_string(), "1.500 (0.500–1.500)");
    }
}
