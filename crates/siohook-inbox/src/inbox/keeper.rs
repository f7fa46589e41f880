use std::time::Duration;

use siohook::{Delivery, HandlerInfo, Keep, KeepFuture, Kept};

use super::Inbox;
use crate::observe;
use crate::store::Accept;

/// How long a sender is asked to wait after a delivery that could not be stored.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// Stores the deliveries of a receiver.
pub(super) struct Keeper(pub(super) Inbox);

impl Keep for Keeper {
    fn keep<'a>(&'a self, delivery: &'a Delivery, listeners: &'a [HandlerInfo]) -> KeepFuture<'a> {
        Box::pin(async move {
            let Ok(meta) = serde_json::to_string(&delivery.to_record()) else {
                return Kept::Refused(RETRY_AFTER);
            };
            let accept = Accept {
                key: delivery.key().stored(),
                meta,
                delivery: delivery.clone(),
                handlers: listeners.iter().map(HandlerInfo::id).collect(),
            };
            let observer = &self.0.0.observer;
            match self.0.0.engine.accept(accept).await {
                Some(Ok(is_new)) => {
                    observe::accepted(is_new);
                    if is_new { Kept::Fresh } else { Kept::Before }
                }
                Some(Err(error)) => {
                    observer.refused("store", &error.to_string());
                    Kept::Refused(RETRY_AFTER)
                }
                None => {
                    observer.refused("overloaded", "4,096 deliveries wait to be stored");
                    Kept::Refused(RETRY_AFTER)
                }
            }
        })
    }

    fn keeps_unhandled(&self) -> bool {
        self.0.0.builder.keep_unhandled
    }
}
