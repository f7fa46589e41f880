use std::time::Duration;

use crate::{HOUR, SECOND};

/// How often a handler is tried, and how long it waits in between.
///
/// The default is 12 attempts within a day: the second after about a second, each later one after
/// four times as long, at most six hours.
///
/// ```
/// use siohook_inbox::{HOUR, MINUTE, Retry, SECOND};
///
/// let default = Retry::exponential(SECOND).factor(4).at_most(HOUR * 6).attempts(12);
/// assert_eq!(default, Retry::default());
///
/// let patient = Retry::every(MINUTE * 5).attempts(288);
/// let once = Retry::never();
/// # let _ = (patient, once);
/// ```
///
/// Half of each delay is random, so that runs which failed together are not tried together: after
/// a delay of 8 seconds the next attempt starts 4 to 8 seconds later.
/// [`HandlerError::retry_after`](siohook::HandlerError::retry_after) is exact, and also spends an
/// attempt. A start in which the process ended, or that was given back, spends none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    first: Duration,
    factor: u32,
    at_most: Duration,
    attempts: u32,
}

impl Retry {
    /// Multiplies the delay after each attempt, by 2 unless [`factor`](Self::factor) says otherwise.
    /// There are 12 attempts, at most six hours apart.
    ///
    /// ```
    /// use siohook_inbox::{Retry, SECOND};
    ///
    /// let retry = Retry::exponential(SECOND); // 1 s, 2 s, 4 s, …
    /// # let _ = retry;
    /// ```
    #[must_use]
    pub const fn exponential(first: Duration) -> Self {
        Self {
            first,
            factor: 2,
            at_most: HOUR.saturating_mul(6),
            attempts: 12,
        }
    }

    /// Waits equally long after each attempt. There are 12 attempts.
    ///
    /// ```
    /// use siohook_inbox::{MINUTE, Retry};
    ///
    /// let retry = Retry::every(MINUTE * 5).attempts(288); // for a day
    /// # let _ = retry;
    /// ```
    #[must_use]
    pub const fn every(delay: Duration) -> Self {
        Self {
            first: delay,
            factor: 1,
            at_most: delay,
            attempts: 12,
        }
    }

    /// Tries once.
    ///
    /// ```
    /// use siohook_inbox::Retry;
    ///
    /// let retry = Retry::never();
    /// # let _ = retry;
    /// ```
    #[must_use]
    pub const fn never() -> Self {
        Self::every(Duration::ZERO).attempts(1)
    }

    /// Sets the number by which each delay is longer than the one before. 0 counts as 1.
    ///
    /// ```
    /// use siohook_inbox::{Retry, SECOND};
    ///
    /// let retry = Retry::exponential(SECOND).factor(4); // 1 s, 4 s, 16 s, …
    /// # let _ = retry;
    /// ```
    #[must_use]
    pub const fn factor(self, factor: u32) -> Self {
        let factor = if factor == 0 { 1 } else { factor };
        Self { factor, ..self }
    }

    /// Sets the longest delay.
    ///
    /// ```
    /// use siohook_inbox::{HOUR, MINUTE, Retry};
    ///
    /// let retry = Retry::exponential(MINUTE).at_most(HOUR);
    /// # let _ = retry;
    /// ```
    #[must_use]
    pub const fn at_most(self, at_most: Duration) -> Self {
        Self { at_most, ..self }
    }

    /// Sets the number of attempts, the first one included. 0 counts as 1.
    ///
    /// ```
    /// use siohook_inbox::{HOUR, Retry};
    ///
    /// let retry = Retry::every(HOUR).attempts(24 * 5); // as long as systeme.io would try
    /// # let _ = retry;
    /// ```
    #[must_use]
    pub const fn attempts(self, attempts: u32) -> Self {
        let attempts = if attempts == 0 { 1 } else { attempts };
        Self { attempts, ..self }
    }

    /// Whether this attempt is the last one.
    pub(crate) fn is_last(&self, attempt: u32) -> bool {
        attempt >= self.attempts
    }

    /// The delay after an attempt, the first of which is 1. `random` is between 0 and 1.
    pub(crate) fn delay(&self, attempt: u32, random: f64) -> Duration {
        let factor = self.factor.checked_pow(attempt.saturating_sub(1));
        let delay = factor.and_then(|factor| self.first.checked_mul(factor));
        let delay = delay.map_or(self.at_most, |delay| delay.min(self.at_most));
        delay.mul_f64(0.5 + random.clamp(0.0, 1.0) / 2.0)
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self::exponential(SECOND).factor(4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DAY, MINUTE};

    /// The delays of all attempts, without chance.
    fn delays(retry: Retry) -> Vec<Duration> {
        let failed = (1..).take_while(|&attempt| !retry.is_last(attempt));
        failed.map(|attempt| retry.delay(attempt, 1.0)).collect()
    }

    #[test]
    fn the_default_lasts_a_day() {
        let delays = delays(Retry::default());
        assert_eq!(delays.len(), 11);
        assert_eq!(delays[..4], [1, 4, 16, 64].map(Duration::from_secs));
        assert_eq!(delays[8..], [HOUR * 6; 3]);
        let sum: Duration = delays.iter().sum();
        assert!(DAY <= sum && sum < DAY + MINUTE * 5, "{sum:?}");
    }

    #[test]
    fn half_of_a_delay_is_random() {
        let retry = Retry::every(SECOND * 8);
        assert_eq!(retry.delay(1, 0.0), SECOND * 4);
        assert_eq!(retry.delay(5, 0.5), SECOND * 6);
    }

    #[test]
    fn no_setting_overflows() {
        let retry = Retry::exponential(Duration::MAX)
            .factor(u32::MAX)
            .at_most(DAY)
            .attempts(0);
        assert!(retry.is_last(1));
        assert_eq!(retry.delay(u32::MAX, 1.0), DAY);
        assert_eq!(retry.delay(0, 7.0), DAY);
    }

    #[test]
    fn never_is_one_attempt() {
        assert!(delays(Retry::never()).is_empty());
    }
}
