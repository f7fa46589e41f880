//! Tasks that make the attempts that are due.

use std::sync::Arc;
use std::time::Duration;

use siohook_events::Timestamp;
use tokio::time::timeout;

use super::attempt;
use super::queue::{Job, Key};
use super::shared::Shared;
use crate::Status;

/// The next attempt to a receiver begins when the one before has ended, or after this long. So
/// messages arrive in their order, unless the receiver is slow.
pub(crate) const HEAD_START: Duration = Duration::from_millis(100);

/// Queues an attempt of a message.
pub(super) fn enqueue(shared: &Arc<Shared>, number: u64, resent: Option<Status>) {
    let job = Job::new(number, resent, shared.clock.busy());
    let Some(source) = shared
        .state()
        .log
        .get(number)
        .map(|message| Arc::clone(&message.source))
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
        let turn = shared.state().queues.turn(&key);
        let turn = turn.lock_owned().await;
        let job = shared.state().queues.next(&key);
        let Some(job) = job else {
            return;
        };
        // In a task of its own, a panic of the directory does not stop the queue.
        let job = Arc::new(job);
        let mut attempt = tokio::spawn(attempt::run(Arc::clone(&shared), Arc::clone(&job)));
        let ended = timeout(HEAD_START, &mut attempt).await;
        drop(turn);
        let ended = match ended {
            Ok(ended) => ended,
            Err(_) => attempt.await,
        };
        match ended {
            Ok(Some(next)) => wake_at(&shared, next),
            Ok(None) => {}
            Err(_) => attempt::cancel(&shared, &job),
        }
    }
}

/// Queues what waits when its time has come.
pub(super) fn wake_at(shared: &Arc<Shared>, at: Timestamp) {
    let weak = Arc::downgrade(shared);
    shared.clock.at(at, move || {
        let Some(shared) = weak.upgrade() else {
            return;
        };
        let due = {
            let mut state = shared.state();
            let due = state.log.due(at);
            for number in &due {
                shared.update(&mut state, *number, |message| {
                    message.status = Status::Queued;
                    message.next_attempt_at = None;
                });
            }
            due
        };
        for number in due {
            enqueue(&shared, number, None);
        }
    });
}
