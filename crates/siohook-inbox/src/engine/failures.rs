//! What is remembered of a store that fails.

use std::time::Duration;

use crate::store::StoreError;

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
    pause_until: Option<Duration>,
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

impl Failures {
    /// Remembers that something could not be stored.
    pub(super) fn add(&mut self, elapsed: Duration, error: &StoreError, shown_by: ShownBy) {
        let tell_for = match shown_by {
            ShownBy::Check => TRY_AGAIN,
            ShownBy::Change => TELL_FOR,
        };
        let before = self.last.take();
        let before = before.map_or(Duration::ZERO, |failure| failure.tell_until);
        self.pause_until = Some(elapsed + TRY_AGAIN);
        self.last = Some(Failure {
            error: error.clone(),
            tell_until: before.max(elapsed + tell_for),
        });
    }

    /// Ends the pause, and forgets the last failure. Returns whether there was one that is over: a
    /// transaction without changes succeeds even on a full disk.
    pub(super) fn succeeded(&mut self, elapsed: Duration, has_changes: bool) -> bool {
        self.pause_until = None;
        let is_over = |failure: &mut Failure| has_changes || failure.tell_until <= elapsed;
        self.last.take_if(is_over).is_some()
    }

    /// Ends the pause after a failure if it is over. Returns whether it goes on.
    pub(super) fn is_paused(&mut self, elapsed: Duration) -> bool {
        let pause = &mut self.pause_until;
        pause.take_if(|until| *until <= elapsed);
        pause.is_some()
    }

    /// Until when nothing is stored.
    pub(super) fn pause_until(&self) -> Option<Duration> {
        self.pause_until
    }

    /// Whether what took so long failed to get a lock.
    pub(super) fn is_locked_out(&self, took: Duration) -> bool {
        self.pause_until.is_some() && took > LOCKED
    }

    /// The last failure, unless it is over.
    pub(super) fn last(&self) -> Option<&StoreError> {
        self.last.as_ref().map(|failure| &failure.error)
    }

    /// The last failure, while the next delivery is expected to meet it.
    pub(super) fn told(&self, elapsed: Duration) -> Option<&StoreError> {
        let last = self.last.as_ref();
        last.filter(|failure| elapsed < failure.tell_until)
            .map(|failure| &failure.error)
    }
}
