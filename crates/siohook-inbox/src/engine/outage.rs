//! What the writer does while its store fails.

use super::failures::ShownBy;
use super::writer::Writer;
use crate::observe;
use crate::store::{Result, StoreError};

impl Writer {
    /// Remembers that something could not be stored.
    pub(super) fn failed(&mut self, error: &StoreError, shown_by: ShownBy) {
        self.failures.add(self.clock.elapsed(), error, shown_by);
        self.may_be_due = true;
        self.observed.failed(error, self.ends.len());
    }

    /// Notes that a group was stored.
    pub(super) fn succeeded(&mut self, has_changes: bool) {
        if self.failures.succeeded(self.clock.elapsed(), has_changes) {
            observe::recorded();
        }
    }

    /// Answers deliveries that arrive while the store is known to fail.
    pub(super) fn refuse(&mut self) {
        let Some(error) = self.failures.last() else {
            return;
        };
        for accept in self.accepts.drain(..) {
            let _ = accept.reply.send(Err(error.clone()));
        }
    }

    /// Says why the next delivery would be refused, as far as that can be told.
    pub(super) fn check(&mut self) -> Result<()> {
        if let Some(error) = self.failures.told(self.clock.elapsed()) {
            return Err(error.clone());
        }
        // Deliveries that came after the question don't wait for the same failure.
        let checked = self.store.check();
        checked.inspect_err(|error| self.failed(error, ShownBy::Check))
    }
}
