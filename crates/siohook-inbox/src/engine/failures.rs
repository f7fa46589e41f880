//! What the writer does while its store fails.

use std::time::Duration;

use super::writer::Writer;
use crate::observe;
use crate::store::{Result, StoreError};

/// How long the writer waits after a group that failed.
const TRY_AGAIN: Duration = Duration::from_millis(50);
/// A failure that took so long was a lock of another process, which a group would wait for as well.
const LOCKED: Duration = Duration::from_secs(1);
/// How long [`Inbox::health`](crate::Inbox::health) tells of a failure that only the next delivery
/// can show to be over, such as a full disk: as long as senders are asked to wait.
const TELL_FOR: Duration = Duration::from_secs(10);

/// Failures of a moment ago.
#[derive(Default)]
pub(super) struct Failures {
    /// Nothing is stored before this time.
    pub(super) pause_until: Option<Duration>,
    last: Option<Failure>,
}

/// A change that failed.
struct Failure {
    error: StoreError,
    /// Until when it is told of, unless a change succeeds before.
    tell_until: Duration,
}

/// What shows that a failure is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShownBy {
    /// A look at the store.
    Check,
    /// The next change.
    Change,
}

impl Writer {
    /// Remembers that something could not be stored.
    pub(super) fn failed(&mut self, error: &StoreError, shown_by: ShownBy) {
        let elapsed = self.clock.elapsed();
        let tell_for = match shown_by {
            ShownBy::Check => TRY_AGAIN,
            ShownBy::Change => TELL_FOR,
        };
        let before = self.failures.last.take();
        let before = before.map_or(Duration::ZERO, |failure| failure.tell_until);
        self.failures = Failures {
            pause_until: Some(elapsed + TRY_AGAIN),
            last: Some(Failure {
                error: error.clone(),
                tell_until: before.max(elapsed + tell_for),
            }),
        };
        self.may_be_due = true;
        self.observed.failed(error, self.ends.len());
    }

    /// Forgets the last failure. A transaction without changes succeeds even on a full disk.
    pub(super) fn succeeded(&mut self, has_changes: bool) {
        self.failures.pause_until = None;
        let elapsed = self.clock.elapsed();
        let is_over = |failure: &mut Failure| has_changes || failure.tell_until <= elapsed;
        if self.failures.last.take_if(is_over).is_some() {
            observe::recorded();
        }
    }

    /// Ends the pause after a failure if it is over. Returns whether it goes on.
    pub(super) fn is_paused(&mut self, elapsed: Duration) -> bool {
        let pause = &mut self.failures.pause_until;
        pause.take_if(|until| *until <= elapsed);
        pause.is_some()
    }

    /// Whether the turn that began at `began` failed to get a lock.
    pub(super) fn is_locked_out(&self, began: Duration) -> bool {
        let waited = self.clock.elapsed().saturating_sub(began);
        self.failures.pause_until.is_some() && waited > LOCKED
    }

    /// Answers deliveries that arrive while the store is known to fail.
    pub(super) fn refuse(&mut self) {
        let Some(failure) = &self.failures.last else {
            return;
        };
        for accept in self.accepts.drain(..) {
            let _ = accept.reply.send(Err(failure.error.clone()));
        }
    }

    /// Says why the next delivery would be refused, as far as that can be told.
    pub(super) fn check(&mut self) -> Result<()> {
        match &self.failures.last {
            Some(failure) if self.clock.elapsed() < failure.tell_until => {
                Err(failure.error.clone())
            }
            // Deliveries that came after the question don't wait for the same failure.
            _ => {
                let checked = self.store.check();
                checked.inspect_err(|error| self.failed(error, ShownBy::Check))
            }
        }
    }
}
