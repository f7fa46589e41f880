//! What is measured: something that accepts deliveries and runs their handlers.

use std::time::Duration;

use siohook::{Dispatcher, ReplyOutcome};
use siohook_benches::Request;
use siohook_inbox::Inbox;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::by_hand::ByHand;
use crate::database::Place;
use crate::handlers;

/// An inbox.
pub(crate) trait Contestant: Send + Sync + 'static {
    /// Returns when a delivery is stored.
    fn accept(&self, request: &Request) -> impl Future<Output = ()> + Send;

    /// Returns when so many runs are recorded as done.
    fn settle(&self, runs: u64) -> impl Future<Output = ()> + Send;
}

impl Contestant for ByHand {
    async fn accept(&self, request: &Request) {
        self.accept(request).await;
    }

    async fn settle(&self, runs: u64) {
        self.recorded(runs).await;
    }
}

/// siohook-inbox, with its receiver.
pub(crate) struct Siohook {
    pub(crate) inbox: Inbox,
    receiver: Dispatcher,
    worker: Option<JoinHandle<()>>,
    /// Runs that had started before.
    seen: u64,
}

impl Siohook {
    /// Opens an inbox for a dispatcher. At most `room` runs are in progress; with 0, none starts.
    pub(crate) async fn open(place: &Place, dispatcher: &Dispatcher, room: usize) -> Self {
        let builder = place.inbox().running_at_most(room.max(1));
        let inbox = builder.open(dispatcher).await;
        let inbox = inbox.unwrap_or_else(|error| panic!("{}: {error}", place.text()));
        let worker = (room > 0).then(|| {
            let work = inbox.clone().run();
            tokio::spawn(async { work.await.expect("it runs once") })
        });
        Self {
            receiver: inbox.receiver(),
            inbox,
            worker,
            seen: handlers::seen(),
        }
    }
}

impl Contestant for Siohook {
    async fn accept(&self, request: &Request) {
        let reply = self.receiver.receive(request.incoming()).await;
        assert_eq!(reply.outcome(), ReplyOutcome::Accepted, "{reply:?}");
    }

    async fn settle(&self, runs: u64) {
        while handlers::seen() - self.seen < runs {
            sleep(Duration::from_millis(1)).await;
        }
        self.inbox.drain(Duration::from_secs(60)).await;
    }
}

impl Drop for Siohook {
    fn drop(&mut self) {
        if let Some(worker) = &self.worker {
            worker.abort();
        }
    }
}
