//! The sign of life of a worker.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::link::{Current, Session};
use super::statements::BEAT;
use super::workers::Identity;
use crate::observe;
use crate::store::{Result, WorkerId};
use crate::sync::lock;

/// Beats four times within a lease, until it is dropped.
pub(super) struct Heart {
    beats: Arc<Beats>,
    task: JoinHandle<()>,
}

struct Beats {
    worker: WorkerId,
    identity: Identity,
    /// The server knows that this process lived then.
    last: Mutex<Instant>,
    soon: Notify,
}

impl Heart {
    /// Begins for a worker that was registered after `last`. It lives on the current runtime.
    pub(super) fn start(
        worker: WorkerId,
        identity: Identity,
        current: Current,
        last: Instant,
    ) -> Self {
        let beats = Arc::new(Beats {
            worker,
            identity,
            last: Mutex::new(last),
            soon: Notify::new(),
        });
        let task = tokio::spawn(beat(Arc::clone(&beats), current));
        Self { beats, task }
    }

    /// Beats no more, because the worker has retired.
    pub(super) fn stop(&self) {
        self.task.abort();
    }

    /// Beats as soon as it can, because the connection is a new one.
    pub(super) fn hurry(&self) {
        self.beats.soon.notify_one();
    }

    /// Whether the last beat is so young that no other process takes this one for dead. Others wait
    /// for the whole lease.
    pub(super) fn is_young(&self) -> bool {
        let lease = self.beats.identity.lease;
        lock(&self.beats.last).elapsed() < lease.saturating_mul(2) / 3
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn beat(beats: Arc<Beats>, current: Current) {
    let interval = beats.identity.lease / 4;
    loop {
        // It may be late, and it may be earlier.
        let _ = timeout(interval, beats.soon.notified()).await;
        if let Some(session) = current.upgrade() {
            let _alone = session.alone().await;
            let began = Instant::now();
            // Without an answer, the next beat tries again.
            if beats.once(&session).await.is_ok() {
                *lock(&beats.last) = began;
            }
        }
    }
}

impl Beats {
    async fn once(&self, session: &Session) -> Result<()> {
        if session.execute(BEAT, &[&self.worker]).await? == 0 {
            self.identity.register_again(session, self.worker).await?;
            observe::warning(TAKEN_FOR_DEAD);
        }
        Ok(())
    }
}

const TAKEN_FOR_DEAD: &str = "this process was silent for longer than its lease, so others may \
                              have taken its runs: what it still runs may run twice";
