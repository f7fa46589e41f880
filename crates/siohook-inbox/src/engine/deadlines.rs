use std::collections::VecDeque;
use std::time::Duration;

use futures_channel::oneshot::{self, Receiver, Sender};

use super::Expired;

/// The deadlines of tasks. All have the same time, so the first that began is the first to expire.
pub(super) struct Deadlines {
    timeout: Duration,
    tasks: VecDeque<(Duration, Sender<Expired>)>,
    /// With so many, those that have ended are dropped.
    sweep_at: usize,
}

const SWEEP_AT_LEAST: usize = 256;

impl Deadlines {
    pub(super) fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            tasks: VecDeque::new(),
            sweep_at: SWEEP_AT_LEAST,
        }
    }

    /// Begins a task. `now` is a time that never goes backwards.
    pub(super) fn begin(&mut self, now: Duration) -> Receiver<Expired> {
        if self.tasks.len() >= self.sweep_at {
            self.tasks.retain(|(_, task)| !task.is_canceled());
            self.sweep_at = SWEEP_AT_LEAST.max(2 * self.tasks.len());
        }
        let (expire, expired) = oneshot::channel();
        let at = now.saturating_add(self.timeout);
        self.tasks.push_back((at, expire));
        expired
    }

    /// Stops the tasks whose time is over.
    pub(super) fn expire(&mut self, now: Duration) {
        while self.next().is_some_and(|at| at <= now) {
            if let Some((_, task)) = self.tasks.pop_front() {
                let _ = task.send(Expired);
            }
        }
    }

    /// When the next task expires.
    pub(super) fn next(&self) -> Option<Duration> {
        self.tasks.front().map(|(at, _)| *at)
    }

    /// Stops all tasks, so that they are given back.
    pub(super) fn give_back(&mut self) {
        self.tasks.clear();
    }
}
