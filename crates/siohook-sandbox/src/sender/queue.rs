//! A queue for each receiver.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::attempt;
use super::shared::Shared;
use crate::clock::Busy;
use crate::{Destination, Status};

/// Attempts at once to the same receiver.
const AT_ONCE: usize = 4;

/// The receiver. `None` is for URLs that are not sent to.
type Key = Option<Destination>;

#[derive(Default)]
pub(super) struct Queues {
    queues: HashMap<Key, Queue>,
    is_closed: bool,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    workers: usize,
}

/// An attempt that is due.
pub(super) struct Job {
    pub(super) number: u64,
    /// What the message was before an attempt that was asked for.
    pub(super) resent: Option<Status>,
    /// The moment lasts until the attempt has ended.
    _busy: Busy,
}

impl Queues {
    /// Adds a job. Returns whether it needs another worker.
    fn push(&mut self, key: &Key, job: Job) -> bool {
        if self.is_closed {
            return false;
        }
        let queue = self.queues.entry(key.clone()).or_default();
        queue.jobs.push_back(job);
        let is_free = queue.workers < AT_ONCE;
        queue.workers += usize::from(is_free);
        is_free
    }

    /// Takes the next job. Without one, the worker has to end.
    fn next(&mut self, key: &Key) -> Option<Job> {
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

/// Queues an attempt of a message.
pub(super) fn enqueue(shared: &Arc<Shared>, number: u64, resent: Option<Status>) {
    let job = Job {
        number,
        resent,
        _busy: shared.clock.busy(),
    };
    let Some(source) = shared
        .state()
        .log
        .get(number)
        .map(|entry| entry.message.source.clone())
    else {
        return;
    };
    let Some(target) = shared.directory.target(&source) else {
        attempt::cancel(shared, &job);
        return;
    };
    let key = shared.client.allowed().check(&target.url).ok();
    let needs_worker = shared.state().queues.push(&key, job);
    if needs_worker {
        tokio::spawn(work(Arc::clone(shared), key));
    }
}

async fn work(shared: Arc<Shared>, key: Key) {
    loop {
        let job = shared.state().queues.next(&key);
        let Some(job) = job else {
            return;
        };
        // In a task of its own, a panic of the directory does not stop the queue.
        let job = Arc::new(job);
        let attempt = tokio::spawn(attempt::run(Arc::clone(&shared), Arc::clone(&job)));
        if attempt.await.is_err() {
            attempt::cancel(&shared, &job);
        }
    }
}
