//! Erases and deletes what is not kept any longer, a little at a time.

use std::time::Duration;

use crate::DAY;
use crate::observe;
use crate::store::{DeliveryId, Millis, Result, Retention, Store, Swept};

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
    /// Sweeps a part, if it is time.
    pub(super) fn sweep(
        &mut self,
        store: &mut dyn Store,
        elapsed: Duration,
        now: Millis,
        retention: &Retention,
    ) -> Result<()> {
        if elapsed < self.at {
            return Ok(());
        }
        match store.sweep(now, retention, self.after) {
            Ok(swept) => {
                self.went_on(elapsed, swept);
                Ok(())
            }
            Err(error) => {
                store.rollback();
                self.begin_at(elapsed + AGAIN);
                Err(error)
            }
        }
    }

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
