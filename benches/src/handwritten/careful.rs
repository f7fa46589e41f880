use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use siohook::Mechanism;

use super::{Receiver, Refused};
use crate::Request;

/// A [`Receiver`] that keeps two more promises: nothing is handled twice, and a
/// panic of a handler is an outcome.
///
/// It is the simplest that does so: a map and a queue of the standard library
/// behind a lock, a future that is boxed because a handler is one of many, and a
/// poll that is watched.
#[derive(Debug)]
pub struct CarefulReceiver {
    receiver: Receiver,
    memory: Mutex<Memory>,
}

#[derive(Debug)]
struct Memory {
    capacity: usize,
    /// Whether each is done; others are in progress.
    known: HashMap<Key, bool>,
    done: VecDeque<Key>,
}

/// A signature or a digest, and the message id of an account webhook.
type Key = ([u8; 32], [u8; 36]);

impl CarefulReceiver {
    /// Remembers so many deliveries.
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
    /// Why it was not handled.
    pub async fn receive(&self, request: &Request) -> Result<(), Refused> {
        let Request {
            headers,
            query,
            body,
            ..
        } = request;
        match request.mechanism {
            Mechanism::Account => {
                let signature = self.receiver.check_signature(headers, body)?;
                let id = headers.get("x-webhook-message-id");
                let id = id.and_then(|id| id.as_bytes().try_into().ok());
                let key = (signature, id.ok_or(Refused::BadRequest)?);
                let event = super::account::event(headers)?;
                self.once(key, || Box::pin(super::account::handle(event, body)))
                    .await
            }
            Mechanism::Automation => {
                self.receiver.check_token(query)?;
                let key = (Sha256::digest(body).into(), [0; 36]);
                self.once(key, || Box::pin(super::automation::handle(body)))
                    .await
            }
        }
    }

    async fn once<'a>(
        &self,
        key: Key,
        handle: impl FnOnce() -> Pin<Box<dyn Future<Output = Result<(), Refused>> + Send + 'a>>,
    ) -> Result<(), Refused> {
        match self.memory().known.entry(key) {
            Entry::Occupied(known) if *known.get() => return Ok(()),
            Entry::Occupied(_) => return Err(Refused::InProgress),
            Entry::Vacant(free) => free.insert(false),
        };
        let mut call = handle();
        let watched = poll_fn(|cx| {
            catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(cx)))
                .unwrap_or_else(|_| Err(Refused::Panicked).into())
        });
        let outcome = watched.await;
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
