//! How the writer stops starting runs, and leaves its store.

use std::time::Duration;

use futures_channel::oneshot::Sender;

use super::Job;
use super::drain::{Drain, Drained, Phase};
use super::writer::Writer;
use crate::observe;

impl Writer {
    /// Starts nothing any more: [`Inbox::run`](crate::Inbox::run) ended.
    pub(super) fn stop_work(&mut self) {
        self.jobs = None;
        self.deadlines.give_back();
    }

    /// Begins a drain, or joins the one in progress.
    pub(super) fn drain(&mut self, within: Duration, reply: Sender<Drained>) {
        if let Some(drained) = self.drained {
            let _ = reply.send(drained);
            return;
        }
        let stop_at = self.clock.elapsed().saturating_add(within);
        let drain = self.drain.get_or_insert_with(|| Drain::new(stop_at));
        drain.join(stop_at, reply);
    }

    /// Ends the drain if it is time, or stops what still runs.
    pub(super) fn go_on_draining(&mut self, elapsed: Duration) {
        let Some(drain) = &self.drain else {
            return;
        };
        if self.running > 0 || self.has_ends() {
            let phase = drain.phase(elapsed);
            if phase >= Phase::Stopping {
                self.deadlines.give_back();
            }
            if phase < Phase::Over {
                return;
            }
        }
        // What does not stop is given back here: its end is refused by the fence.
        self.retire();
        let Some(drain) = self.drain.take() else {
            return;
        };
        self.give(Job::Drained);
        self.jobs = None;
        self.drained = Some(drain.end(self.running));
    }

    /// Records the ends that wait, gives back what this process runs, and leaves the store.
    pub(crate) fn retire(&mut self) {
        if self.has_ends() {
            self.group();
        }
        if let Err(error) = self.store.retire() {
            observe::not_retired(&error);
        }
    }
}
