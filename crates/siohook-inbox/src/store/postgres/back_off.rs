use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);

/// When the next attempt to connect is allowed: 50 milliseconds after the first failure, then twice
/// as long each time, up to a second, because deliveries are refused meanwhile. Half of each delay is random, so that processes which lost
/// their server together do not come back together.
#[derive(Debug, Default)]
pub(super) struct BackOff {
    /// Failures since the last success.
    failures: u32,
    until: Option<Instant>,
}

impl BackOff {
    /// How long to wait before the next attempt.
    pub(super) fn remaining(&self, now: Instant) -> Duration {
        self.until
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    pub(super) fn failed(&mut self, now: Instant) {
        let delay = longest_delay(self.failures);
        self.failures = self.failures.saturating_add(1);
        self.until = Some(now + delay.mul_f64(0.5 + random() / 2.0));
    }

    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }
}

fn longest_delay(failures: u32) -> Duration {
    2_u32
        .checked_pow(failures)
        .and_then(|factor| SHORTEST.checked_mul(factor))
        .map_or(LONGEST, |delay| delay.min(LONGEST))
}

/// A number from 0 to 1.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(());
    f64::from(u32::try_from(bits >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_a_second_and_half_of_each_is_random() {
        let now = Instant::now();
        let mut back_off = BackOff::default();
        assert_eq!(back_off.remaining(now), Duration::ZERO);

        for longest in [50, 100, 200, 400, 800, 1000, 1000] {
            back_off.failed(now);
            let longest = Duration::from_millis(longest);
            let remaining = back_off.remaining(now);
            assert!(
                longest / 2 <= remaining && remaining <= longest,
                "{remaining:?} of {longest:?}"
            );
            assert_eq!(back_off.remaining(now + longest), Duration::ZERO);
        }
        for _ in 0..100 {
            back_off.failed(now);
        }
        assert!(back_off.remaining(now) <= LONGEST);

        back_off.succeeded();
        assert_eq!(back_off.remaining(now), Duration::ZERO);
        back_off.failed(now);
        assert!(back_off.remaining(now) <= SHORTEST, "it begins anew");
    }

    #[test]
    fn two_processes_do_not_wait_equally_long() {
        let now = Instant::now();
        let delay = || {
            let mut back_off = BackOff::default();
            back_off.failed(now);
            back_off.remaining(now)
        };
        let first = delay();
        assert!((0..20).any(|_| delay() != first));
    }
}
