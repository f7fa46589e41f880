//! What changed in the store while the inspector runs.

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::listen::happening::Happening;

/// So many changes can wait for a reader.
const WAITING: usize = 1024;

/// A change, with the id of the delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It was recorded, or something was done with it.
    Delivery(String),
    Deleted(String),
    /// More than can be told.
    Many,
}

/// Tells readers of changes.
#[derive(Clone, Debug)]
pub(crate) struct Changes(broadcast::Sender<Change>);

impl Changes {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(WAITING))
    }

    pub(crate) fn tell(&self, change: Change) {
        // There may be no reader.
        let _ = self.0.send(change);
    }

    /// Tells what happens to deliveries, as long as they come.
    pub(crate) async fn follow(self, mut happenings: broadcast::Receiver<Happening>) {
        loop {
            match happenings.recv().await {
                Ok(happening) => {
                    if let Some(id) = happening.id() {
                        self.tell(Change::Delivery(id.to_owned()));
                    }
                }
                Err(RecvError::Lagged(_)) => self.tell(Change::Many),
                Err(RecvError::Closed) => return,
            }
        }
    }

    pub(super) fn has_readers(&self) -> bool {
        self.0.receiver_count() > 0
    }

    pub(super) fn read(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }
}
