use std::time::Duration;

use futures_channel::oneshot::Sender;

use crate::store::Ending;

/// What [`Inbox::drain`](crate::Inbox::drain) did with the runs of this process.
///
/// ```
/// use siohook_inbox::Drained;
///
/// fn log(drained: &Drained) {
///     println!("{} ended, {} run again later", drained.ended, drained.given_back);
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Runs that ended in time.
    pub ended: u64,
    /// Runs that were stopped, and those whose end could not be recorded in time because the store
    /// is down. They run again, here or in another process.
    pub given_back: u64,
}

/// How long runs that are stopped have to give up. One that blocks its thread does not, and is
/// given back while it goes on.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// A drain in progress.
pub(super) struct Drain {
    /// When runs are stopped.
    stop_at: Duration,
    drained: Drained,
    replies: Vec<Sender<Drained>>,
}

/// How far a drain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Runs have time to end.
    Patient,
    /// They are stopped.
    Stopping,
    /// What did not stop is left behind.
    Over,
}

impl Drain {
    /// Runs are stopped at `stop_at`.
    pub(super) fn new(stop_at: Duration) -> Self {
        Self {
            stop_at,
            drained: Drained::default(),
            replies: vec![],
        }
    }

    /// Adds one who waits for it, and may want it sooner.
    pub(super) fn join(&mut self, stop_at: Duration, reply: Sender<Drained>) {
        self.stop_at = self.stop_at.min(stop_at);
        self.replies.push(reply);
    }

    pub(super) fn phase(&self, elapsed: Duration) -> Phase {
        if elapsed < self.stop_at {
            Phase::Patient
        } else if elapsed < self.stop_at + GRACE {
            Phase::Stopping
        } else {
            Phase::Over
        }
    }

    /// When there is something to do next.
    pub(super) fn next_at(&self, elapsed: Duration) -> Duration {
        match self.phase(elapsed) {
            Phase::Patient => self.stop_at,
            Phase::Stopping | Phase::Over => self.stop_at + GRACE,
        }
    }

    /// Counts an end that was recorded.
    pub(super) fn count(&mut self, ending: &Ending) {
        match ending {
            Ending::GivenBack => self.drained.given_back += 1,
            _ => self.drained.ended += 1,
        }
    }

    /// Ends it, leaves `running` runs behind, and tells those who wait.
    pub(super) fn end(mut self, running: usize) -> Drained {
        self.drained.given_back += running as u64;
        for reply in self.replies {
            let _ = reply.send(self.drained);
        }
        self.drained
    }
}
