use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderName};
use sha2::{Digest, Sha256};
use siohook::Mechanism;

use super::{Receiver, Refused, account, automation};
use crate::Request;

static MESSAGE_ID: HeaderName = HeaderName::from_static("x-webhook-message-id");

/// A [`Receiver`] that keeps two more promises: no delivery is handled twice, and a
/// panic of a handler is an outcome.
///
/// It is the simplest such receiver. It has a map and a queue of the standard library
/// behind a lock, boxes the handler's future, because handlers have different types,
/// and polls it under `catch_unwind`.
#[derive(Debug)]
pub struct ReceiverWithMemory {
    receiver: Receiver,
    memory: Mutex<Memory>,
}

#[derive(Debug)]
struct Memory {
    capacity: usize,
    /// `true` if a delivery is done, `false` if it is in progress.
    known: HashMap<Key, bool>,
    done: VecDeque<Key>,
}

/// A signature or a digest, the message id of an account webhook, and its event, which the
/// signature does not cover.
type Key = ([u8; 32], [u8; 36], [u8; EVENT_BYTES]);

/// Enough for every event of the catalogue.
const EVENT_BYTES: usize = 20;

impl ReceiverWithMemory {
    /// Adds a memory of `capacity` deliveries.
    #[must_use]
    pub fn new(receiver: Receiver, capacity: usize) -> Self {
        Self {
            receiver,
            memory: Mutex::new(Memory {
                capacity,
                known: HashMap::new(),
                done: VecDeque::new(),
            }),
        }
    }

    /// Receives a delivery of either mechanism.
    ///
    /// # Errors
    ///
    /// The delivery was not handled, for the reason in [`Refused`].
    pub async fn receive(&self, request: &Request) -> Result<(), Refused> {
        match request.mechanism {
            Mechanism::Account => self.account(&request.headers, &request.body).await,
            _ => self.automation(&request.query, &request.body).await,
        }
    }

    /// Receives an account webhook.
    ///
    /// # Errors
    ///
    /// The delivery was not handled, for the reason in [`Refused`].
    pub async fn account(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
        let signature = self.receiver.check_signature(headers, body)?;
        let id = headers.get(&MESSAGE_ID).ok_or(Refused::BadRequest)?;
        let id = id.as_bytes().try_into().map_err(|_| Refused::BadRequest)?;
        let event = account::event(headers)?;
        let mut known = [0; EVENT_BYTES];
        let start = known.get_mut(..event.len()).ok_or(Refused::Unhandled)?;
        start.copy_from_slice(event);
        let handle = || Box::pin(account::handle(event, body));
        self.once((signature, id, known), handle).await
    }

    /// Receives an automation.
    ///
    /// # Errors
    ///
    /// The delivery was not handled, for the reason in [`Refused`].
    pub async fn automation(&self, query: &str, body: &[u8]) -> Result<(), Refused> {
        self.receiver.check_token(query)?;
        let digest = Sha256::digest(body).into();
        let handle = || Box::pin(automation::handle(body));
        self.once((digest, [0; 36], [0; EVENT_BYTES]), handle).await
    }

    async fn once<F: Future<Output = Result<(), Refused>> + Send>(
        &self,
        key: Key,
        handle: impl FnOnce() -> Pin<Box<F>>,
    ) -> Result<(), Refused> {
        match self.memory().known.entry(key) {
            Entry::Occupied(known) if *known.get() => return Ok(()),
            Entry::Occupied(_) => return Err(Refused::InProgress),
            Entry::Vacant(free) => free.insert(false),
        };
        let mut call: Pin<Box<dyn Future<Output = _> + Send>> = handle();
        let caught = poll_fn(|cx| {
            catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx)))
                .unwrap_or_else(|_| Err(Refused::Panicked).into())
        });
        let outcome = caught.await;
        let mut memory = self.memory();
        if outcome.is_ok() {
            memory.known.insert(key, true);
            memory.done.push_back(key);
            if memory.done.len() > memory.capacity {
                let oldest = memory.done.pop_front();
                oldest.and_then(|oldest| memory.known.remove(&oldest));
            }
        } else {
            memory.known.remove(&key);
        }
        outcome
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
