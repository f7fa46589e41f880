//! A queue for each receiver.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::clock::Busy;
use crate::{Destination, Status};

/// Attempts at once to the same receiver.
pub(crate) const AT_ONCE: usize = 4;

/// The receiver. `None` is for URLs that are not sent to.
pub(super) type Key = Option<Destination>;

#[derive(Default)]
pub(super) struct Queues {
    queues: HashMap<Key, Queue>,
    is_closed: bool,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    workers: usize,
    turn: Turn,
}

/// Held by the attempt that began last, for a while.
pub(super) type Turn = Arc<Mutex<()>>;

/// An attempt that is due.
pub(super) struct Job {
    pub(super) number: u64,
    /// What the message was before an attempt that was asked for.
    pub(super) resent: Option<Status>,
    /// The moment lasts until the attempt has ended.
    _busy: Busy,
}

impl Job {
    pub(super) fn new(number: u64, resent: Option<Status>, busy: Busy) -> Self {
        Self {
            number,
            resent,
            _busy: busy,
        }
    }
}

impl Queues {
    /// Adds a job. Returns whether it needs another worker.
    pub(super) fn push(&mut self, key: &Key, job: Job) -> bool {
        if self.is_closed {
            return false;
        }
        let queue = self.queues.entry(key.clone()).or_default();
        queue.jobs.push_back(job);
        let is_free = queue.workers < AT_ONCE;
        queue.workers += usize::from(is_free);
        is_free
    }

    /// The turn to begin an attempt. A worker waits for it before it takes a job.
    pub(super) fn turn(&self, key: &Key) -> Turn {
        let queue = self.queues.get(key);
        queue
            .map(|queue| Arc::clone(&queue.turn))
            .unwrap_or_default()
    }

    /// Takes the next job. Without one, the worker has to end.
    pub(super) fn next(&mut self, key: &Key) -> Option<Job> {
        let queue = self.queues.get_mut(key)?;
        let job = queue.jobs.pop_front();
        if job.is_none() {
            queue.workers -= 1;
            if queue.workers == 0 {
                self.queues.remove(key);
            }
        }
        job
    }

    /// Drops the jobs that have not begun, and takes no more.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
        for queue in self.queues.values_mut() {
            queue.jobs.clear();
        }
    }
}
