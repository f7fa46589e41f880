//! What happens, for those who watch.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Serialize, Serializer};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use super::{Account, ApiRequest};
use crate::{Attempt, Message, Status};

/// Number of events that are kept for those who come back.
const KEPT: usize = 1024;

#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// A message is new, or its status changed.
    Message(Arc<Message>),
    /// The latest attempt of a message has ended.
    Attempt(Arc<Message>),
    /// The account changed.
    State,
    /// systeme.io's API was called.
    Request(Arc<ApiRequest>),
    /// The account can't be saved. It goes on in memory.
    NotSaved(String),
    /// The account is saved again.
    Saved,
    /// Events before this one are not kept any more.
    Missed,
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(tag = "type", rename_all = "snake_case")]
        enum Shown<'a> {
            Message {
                message: &'a Message,
            },
            Attempt {
                message: &'a str,
                attempt: Option<&'a Attempt>,
            },
            State,
            Request {
                request: &'a ApiRequest,
            },
            NotSaved {
                error: &'a str,
            },
            Saved,
            Missed,
        }
        let shown = match self {
            Self::Message(message) => Shown::Message { message },
            Self::Attempt(message) => Shown::Attempt {
                message: &message.id,
                attempt: message.attempts.last(),
            },
            Self::State => Shown::State,
            Self::Request(request) => Shown::Request { request },
            Self::NotSaved(error) => Shown::NotSaved { error },
            Self::Saved => Shown::Saved,
            Self::Missed => Shown::Missed,
        };
        shown.serialize(serializer)
    }
}

/// The latest events with their numbers, from 1.
#[derive(Debug, Default)]
pub(crate) struct Events {
    kept: Mutex<VecDeque<Event>>,
    /// The number of the latest event.
    last: watch::Sender<u64>,
}

impl Events {
    pub(crate) fn push(&self, event: Event) {
        let mut kept = self.kept();
        kept.push_back(event);
        if kept.len() > KEPT {
            kept.pop_front();
        }
        self.last.send_modify(|last| *last += 1);
    }

    /// A channel with the number of the latest event.
    pub(crate) fn last(&self) -> watch::Receiver<u64> {
        self.last.subscribe()
    }

    /// The events behind this number. A number that was not given out yet is one of another
    /// process, so everything is new.
    pub(crate) fn after(&self, number: u64) -> Vec<(u64, Event)> {
        let kept = self.kept();
        let last = *self.last.borrow();
        let before_kept = last - u64::try_from(kept.len()).unwrap_or(last);
        let is_missed = number < before_kept || number > last;
        let from = if is_missed { before_kept } else { number };
        let missed = is_missed.then_some((from, Event::Missed));
        let skipped = usize::try_from(from - before_kept).unwrap_or(usize::MAX);
        let events = (from + 1..).zip(kept.iter().skip(skipped).cloned());
        missed.into_iter().chain(events).collect()
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Event>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Turns the changes of messages into events, as long as there is the account.
pub(super) fn watch(account: &Arc<Account>) {
    let mut changes = account.sender.changes();
    let account = Arc::downgrade(account);
    tokio::spawn(async move {
        // Numbers of attempts of the messages that are being sent.
        let mut attempts = HashMap::new();
        loop {
            let change = changes.recv().await;
            let Some(account) = account.upgrade() else {
                return;
            };
            let message = match change {
                Ok(message) => message,
                Err(RecvError::Lagged(_)) => {
                    account.events.push(Event::Missed);
                    continue;
                }
                Err(RecvError::Closed) => return,
            };
            account.events.push(Event::Message(Arc::clone(&message)));
            let number = message.attempts.len();
            if matches!(message.status, Status::Queued | Status::Delivering) {
                attempts.insert(message.id.clone(), number);
            } else if attempts
                .remove(&message.id)
                .is_some_and(|before| before < number)
            {
                account.events.push(Event::Attempt(message));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(events: &Events, after: u64) -> Vec<u64> {
        let events = events.after(after).into_iter();
        events.map(|(number, _)| number).collect()
    }

    #[test]
    fn a_watcher_resumes() {
        let events = Events::default();
        assert!(events.after(0).is_empty());
        for _ in 0..3 {
            events.push(Event::State);
        }
        assert_eq!(numbers(&events, 0), [1, 2, 3]);
        assert_eq!(numbers(&events, 2), [3]);
        assert!(events.after(3).is_empty());
        assert!(matches!(events.after(9)[..], [(0, Event::Missed), ..]));
    }

    #[test]
    fn a_watcher_hears_that_it_missed_some() {
        let events = Events::default();
        for _ in 0..KEPT + 5 {
            events.push(Event::State);
        }
        let after = events.after(2);
        assert!(matches!(after[0], (5, Event::Missed)));
        assert_eq!(after[1].0, 6);
        assert_eq!(after.len(), KEPT + 1);
        assert_eq!(numbers(&events, 5).len(), KEPT);
    }
}
