//! Erases and deletes what is not kept any longer, a little at a time.

use std::time::Duration;

use super::failures::ShownBy;
use super::writer::Writer;
use crate::DAY;
use crate::observe;
use crate::store::{DeliveryId, Swept};

/// When the first sweep begins, when it goes on, and when the next one begins.
const FIRST: Duration = Duration::from_secs(60);
const GO_ON: Duration = Duration::from_millis(100);
const AGAIN: Duration = Duration::from_secs(60 * 60);

/// Where the sweep is.
pub(super) struct Sweeper {
    /// When to go on.
    at: Duration,
    /// After which delivery.
    after: DeliveryId,
    /// Deliveries so far whose dead letters lose their body within a day.
    expiring: usize,
    /// When to warn of them.
    warn_at: Duration,
}

impl Default for Sweeper {
    fn default() -> Self {
        Self {
            at: FIRST,
            after: 0,
            expiring: 0,
            warn_at: Duration::ZERO,
        }
    }
}

impl Sweeper {
    /// Goes on after a part.
    fn went_on(&mut self, elapsed: Duration, swept: Swept) {
        self.expiring += swept.expiring;
        if let Some(up_to) = swept.up_to {
            self.at = elapsed + GO_ON;
            self.after = up_to;
            return;
        }
        if self.expiring > 0 && elapsed >= self.warn_at {
            observe::expiring(self.expiring);
            self.warn_at = elapsed + DAY;
        }
        self.begin_at(elapsed + AGAIN);
    }

    fn begin_at(&mut self, at: Duration) {
        self.at = at;
        self.after = 0;
        self.expiring = 0;
    }
}

impl Writer {
    /// Sweeps a part, if it is time.
    pub(super) fn sweep(&mut self, elapsed: Duration) {
        if elapsed < self.sweeper.at || !self.is_working() || self.failures.pause_until.is_some() {
            return;
        }
        let (now, retention) = (self.clock.now(), &self.settings.retention);
        match self.store.sweep(now, retention, self.sweeper.after) {
            Ok(swept) => self.sweeper.went_on(elapsed, swept),
            Err(error) => {
                self.store.rollback();
                self.failed(&error, ShownBy::Check);
                self.sweeper.begin_at(elapsed + AGAIN);
            }
        }
    }
}
