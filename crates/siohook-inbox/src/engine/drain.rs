use std::time::Duration;

use futures_channel::oneshot::Sender;

use super::Job;
use super::writer::Writer;
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

/// A drain in progress.
pub(super) struct Drain {
    /// When runs are stopped.
    stop_at: Duration,
    drained: Drained,
    replies: Vec<Sender<Drained>>,
}

impl Drain {
    /// When there is something to do next.
    pub(super) fn next_at(&self, elapsed: Duration) -> Duration {
        if elapsed < self.stop_at {
            self.stop_at
        } else {
            self.stop_at + GRACE
        }
    }
}

/// How long runs that are stopped have to give up. One that blocks its thread does not, and is
/// given back while it goes on.
pub(super) const GRACE: Duration = Duration::from_secs(1);

impl Writer {
    pub(super) fn drain(&mut self, within: Duration, reply: Sender<Drained>) {
        if let Some(drained) = self.drained {
            let _ = reply.send(drained);
            return;
        }
        let stop_at = self.clock.elapsed().saturating_add(within);
        let drain = self.drain.get_or_insert_with(|| Drain {
            stop_at,
            drained: Drained::default(),
            replies: vec![],
        });
        drain.stop_at = drain.stop_at.min(stop_at);
        drain.replies.push(reply);
    }

    /// Counts ends that were recorded while the inbox is drained.
    pub(super) fn count_drained(&mut self, ending: &Ending) {
        if let Some(Drain { drained, .. }) = &mut self.drain {
            match ending {
                Ending::GivenBack => drained.given_back += 1,
                _ => drained.ended += 1,
            }
        }
    }

    /// Ends the drain if it is time, or stops what still runs.
    pub(super) fn go_on_draining(&mut self, elapsed: Duration) {
        let Some(stop_at) = self.drain.as_ref().map(|drain| drain.stop_at) else {
            return;
        };
        if self.running > 0 || self.has_ends() {
            if elapsed < stop_at {
                return;
            }
            self.deadlines.give_back();
            if elapsed < stop_at + GRACE {
                return;
            }
        }
        // What does not stop is given back here: its end is refused by the fence.
        self.retire();
        let Some(mut drain) = self.drain.take() else {
            return;
        };
        drain.drained.given_back += self.running as u64;
        self.give(Job::Drained);
        self.jobs = None;
        self.drained = Some(drain.drained);
        for reply in drain.replies {
            let _ = reply.send(drain.drained);
        }
    }
}
