//! A limit for the number of diagnoses a second.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::sync::lock;

/// The time in which the budget gains one diagnosis: 40 a second.
const EVERY: Duration = Duration::from_millis(25);
/// The size of the budget. It limits a second to 90 diagnoses.
const AT_ONCE: u32 = 50;

/// A token bucket of diagnoses. It refills with time, without a thread.
pub(super) struct Budget {
    started: Instant,
    /// The time since the start at which the budget is full again.
    full_at: Mutex<Duration>,
}

impl Budget {
    /// A full budget.
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            full_at: Mutex::default(),
        }
    }

    /// Spends a diagnosis. Returns `false` if none is left.
    pub(super) fn spend(&self) -> bool {
        self.spend_at(self.started.elapsed())
    }

    /// Spends a diagnosis at this time since the start.
    fn spend_at(&self, now: Duration) -> bool {
        let mut full_at = lock(&self.full_at);
        let spent_until = now.max(*full_at) + EVERY;
        let is_left = spent_until <= now + EVERY * AT_ONCE;
        if is_left {
            *full_at = spent_until;
        }
        is_left
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// The attempts that spent a diagnosis.
    fn spent(attempts: impl IntoIterator<Item = Duration>) -> Vec<Duration> {
        let budget = Budget::new();
        let attempts = attempts.into_iter();
        attempts.filter(|now| budget.spend_at(*now)).collect()
    }

    /// The number spent in the second that begins at `from`.
    fn within_a_second(spent: &[Duration], from: Duration) -> usize {
        let in_time = spent
            .iter()
            .filter(|at| **at >= from && **at <= from + SECOND);
        in_time.count()
    }

    fn most_within_a_second(spent: &[Duration]) -> usize {
        let counts = spent.iter().map(|from| within_a_second(spent, *from));
        counts.max().unwrap_or(0)
    }

    fn millis(range: impl Iterator<Item = u64>) -> impl Iterator<Item = Duration> {
        range.map(Duration::from_millis)
    }

    #[test]
    fn the_budget_starts_full_and_refills_with_time() {
        let budget = Budget::new();
        let at = |millis| budget.spend_at(Duration::from_millis(millis));
        assert_eq!((0..1000).filter(|_| at(0)).count(), 50);
        assert!(!at(24));
        assert!(at(25));
        assert!(!at(25));
        assert_eq!((0..1000).filter(|_| at(525)).count(), 20);
        // A long pause fills it no further than at the start.
        assert_eq!((0..1000).filter(|_| at(1_000_000_000)).count(), 50);
    }

    #[test]
    fn a_flood_gets_between_40_and_90_diagnoses_a_second() {
        let spent = spent(millis(0..10_000));
        assert_eq!(most_within_a_second(&spent), 90);
        assert!(millis(0..9000).all(|from| within_a_second(&spent, from) >= 40));
    }

    /// A thread may have read the clock before another one.
    #[test]
    fn a_clock_that_stops_or_goes_back_does_not_refill_the_budget() {
        assert!(spent(millis((0..1000).rev())).len() <= 50);
        assert!(spent(millis((0..1000).rev().flat_map(|at| [at, at]))).len() <= 50);
    }

    #[test]
    fn threads_share_the_budget() {
        let budget = Budget::new();
        let spend = || (0..1000).filter(|_| budget.spend_at(SECOND)).count();
        let all: usize = std::thread::scope(|scope| {
            let threads = [(); 8].map(|()| scope.spawn(spend));
            threads.map(|it| it.join().unwrap()).into_iter().sum()
        });
        assert_eq!(all, 50);
    }

    proptest! {
        #[test]
        fn no_second_has_more_than_100_diagnoses(
            gaps in vec(prop_oneof![0_u64..3, 0_u64..60, 0_u64..3000], 0..300),
        ) {
            let times = gaps.iter().scan(0, |now, gap| {
                *now += gap;
                Some(*now)
            });
            let spent = spent(millis(times));
            prop_assert!(most_within_a_second(&spent) <= 100);
            prop_assert!(spent.len() >= gaps.len().min(10));
        }
    }
}
