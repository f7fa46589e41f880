//! Warnings that would repeat for each delivery.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::sync::lock;

/// Lets one warning a second pass.
#[derive(Default)]
pub(super) struct Seldom(Mutex<Passed>);

#[derive(Default)]
struct Passed {
    last: Option<Instant>,
    held_back: u64,
}

impl Seldom {
    const EVERY: Duration = Duration::from_secs(1);

    /// Returns how many were held back since the last one that passed, if this one passes.
    pub(super) fn pass(&self, now: Instant) -> Option<u64> {
        let mut passed = lock(&self.0);
        let is_early = |last| now.saturating_duration_since(last) < Self::EVERY;
        if passed.last.is_some_and(is_early) {
            passed.held_back += 1;
            return None;
        }
        passed.last = Some(now);
        Some(std::mem::take(&mut passed.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_warning_passes_a_second_and_the_next_counts_the_others() {
        let seldom = Seldom::default();
        let start = Instant::now();
        let passed = [0, 1, 999, 1000, 1001, 2000, 5000].map(|millis| {
            let now = start + Duration::from_millis(millis);
            seldom.pass(now)
        });
        let expected = [Some(0), None, None, Some(2), None, Some(1), Some(0)];
        assert_eq!(passed, expected);
    }
}
