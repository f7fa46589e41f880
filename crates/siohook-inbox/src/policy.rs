//! How the outcome of a handler becomes the end of its run.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use siohook::{Delivery, HandlerError, HandlerReport, Outcome};
use siohook_events::Shown;

use crate::clock::{Millis, millis};
use crate::store::Ending;
use crate::{DAY, DeadReason, Errors, Retry};

/// The longest delay that a handler can ask for.
const RETRY_AFTER_AT_MOST: Duration = DAY.saturating_mul(7);

/// The retry policies of all handlers.
#[derive(Clone, Debug)]
pub(crate) struct Policies {
    pub(crate) default: Retry,
    pub(crate) by_handler: BTreeMap<String, Retry>,
    pub(crate) errors: Errors,
    pub(crate) timeout: Duration,
}

/// Which attempt of a handler ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    /// The number of the start.
    pub(crate) start: u32,
    /// Starts so far that were no attempts: the process ended in them, or they were given back.
    pub(crate) uncounted: u32,
}

impl Attempt {
    /// The number that a [`Retry`] counts.
    fn number(self) -> u32 {
        self.start.saturating_sub(self.uncounted)
    }
}

/// Why a handler was dropped before it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// Its time is over.
    Expired,
    /// The inbox was drained, or `run` was dropped.
    GivenBack,
    /// The executor dropped it.
    Dropped,
}

impl Policies {
    pub(crate) fn of(&self, handler: &str) -> &Retry {
        self.by_handler.get(handler).unwrap_or(&self.default)
    }

    /// Whether the run is dead should this attempt fail.
    pub(crate) fn is_last(&self, handler: &str, attempt: Attempt) -> bool {
        self.of(handler).is_last(attempt.number())
    }

    /// What a run becomes. `stopped` says why it was dropped, if it was.
    pub(crate) fn ending(
        &self,
        delivery: &Delivery,
        report: &HandlerReport,
        attempt: Attempt,
        stopped: Stopped,
        now: Millis,
    ) -> Ending {
        let failed = |text: String| self.failed(report.id(), attempt, now, text);
        match report.outcome() {
            Outcome::Done | Outcome::DoneBefore => Ending::Done,
            Outcome::Failed(error) if error.is_permanent() => {
                self.dead(DeadReason::Permanent, error.to_string())
            }
            Outcome::Failed(error) => match error.delay() {
                Some(delay) => self.delayed(report.id(), attempt, now, error, delay),
                None => failed(error.to_string()),
            },
            Outcome::Panicked(message) => failed(format!("panicked: {message}")),
            Outcome::Mismatch(_) if report.is_harmless_mismatch(delivery) => Ending::Done,
            Outcome::Mismatch(mismatch) => self.dead(DeadReason::Mismatch, mismatch.to_string()),
            _ => match stopped {
                Stopped::GivenBack => Ending::GivenBack,
                stopped => failed(self.stopped_text(stopped)),
            },
        }
    }

    /// An attempt that failed, and is tried again unless it was the last one.
    pub(crate) fn failed(
        &self,
        handler: &str,
        attempt: Attempt,
        now: Millis,
        text: String,
    ) -> Ending {
        if self.is_last(handler, attempt) {
            return self.dead(DeadReason::Exhausted, text);
        }
        let delay = self.of(handler).delay(attempt.number(), random());
        self.retry(now, delay, text)
    }

    pub(crate) fn dead(&self, reason: DeadReason, text: String) -> Ending {
        Ending::Dead {
            reason,
            error: self.shown(text),
        }
    }

    /// What an operator reads of a run that was dropped.
    pub(crate) fn stopped_text(&self, stopped: Stopped) -> String {
        match stopped {
            Stopped::Expired => format!("it did not end within {:?}", self.timeout),
            Stopped::GivenBack => "it was stopped, and runs again".to_owned(),
            Stopped::Dropped => "the executor dropped it before it ended".to_owned(),
        }
    }

    fn delayed(
        &self,
        handler: &str,
        attempt: Attempt,
        now: Millis,
        error: &HandlerError,
        delay: Duration,
    ) -> Ending {
        if self.is_last(handler, attempt) {
            return self.dead(DeadReason::Exhausted, error.to_string());
        }
        self.retry(now, delay.min(RETRY_AFTER_AT_MOST), error.to_string())
    }

    fn retry(&self, now: Millis, delay: Duration, text: String) -> Ending {
        Ending::Retry {
            due: now.saturating_add(millis(delay)),
            error: self.shown(text),
        }
    }

    /// At most 2 KiB, without control characters.
    fn shown(&self, text: String) -> Option<String> {
        (self.errors == Errors::On).then(|| Shown::text(text).to_string())
    }
}

/// A number from 0 to 1.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(());
    f64::from(u32::try_from(bits >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SECOND;

    #[test]
    fn starts_that_were_given_back_or_crashed_spend_no_attempt() {
        let policies = Policies {
            default: Retry::every(SECOND).attempts(3),
            by_handler: BTreeMap::new(),
            errors: Errors::On,
            timeout: SECOND,
        };
        let is_last = |start, uncounted| policies.is_last("grant", Attempt { start, uncounted });
        assert!(!is_last(2, 0) && is_last(3, 0));
        assert!(!is_last(5, 3) && is_last(6, 3));
    }
}
