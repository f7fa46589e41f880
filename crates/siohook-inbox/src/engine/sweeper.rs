//! Erases and deletes what is not kept any longer, a little at a time.

use std::time::Duration;

use super::failures::ShownBy;
use super::writer::Writer;
use crate::store::DeliveryId;

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
}

impl Default for Sweeper {
    fn default() -> Self {
        Self {
            at: FIRST,
            after: 0,
        }
    }
}

impl Writer {
    /// Sweeps a part, if it is time.
    pub(super) fn sweep(&mut self, elapsed: Duration) {
        if elapsed < self.sweeper.at || !self.is_working() || self.failures.pause_until.is_some() {
            return;
        }
        let (now, retention) = (self.clock.now(), &self.settings.retention);
        let up_to = match self.store.sweep(now, retention, self.sweeper.after) {
            Ok(swept) => swept.up_to,
            Err(error) => {
                self.store.rollback();
                self.failed(&error, ShownBy::Check);
                None
            }
        };
        self.sweeper = Sweeper {
            at: elapsed + if up_to.is_some() { GO_ON } else { AGAIN },
            after: up_to.unwrap_or(0),
        };
    }
}
