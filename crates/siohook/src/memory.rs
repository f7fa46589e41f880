//! What is known about deliveries: which of their handlers are done, and which are being handled.
//!
//! A key is in one place at most. While somebody holds its [`Attempt`] it is `running`, and what is
//! known about it travels with the attempt; afterwards it is `remembered`, if anything was done.
//! From this follows:
//!
//! * A key has one attempt at a time.
//! * A key in progress cannot be evicted, and takes no room among the remembered ones. There are
//!   as many of these as deliveries being handled at once.
//! * What is known about a key only grows, until it is evicted: then all of it is gone.
//! * The remembered key that was released longest ago is evicted first. Beginning a remembered key
//!   takes it out of that order, and releasing it makes it the newest.
//!
//! Nothing is allocated ahead: a large capacity costs nothing before it is used.

mod hashed;
mod lru;

#[cfg(all(test, siohook_loom))]
mod models;
#[cfg(all(test, not(siohook_loom)))]
mod tests;

#[cfg(siohook_loom)]
use loom::sync::{Mutex, MutexGuard};
#[cfg(not(siohook_loom))]
use std::sync::{Mutex, MutexGuard};

use std::collections::HashSet;
use std::hash::{Hash, RandomState};
use std::mem;
use std::sync::{Arc, PoisonError};

use hashed::{AsIs, Hashed};
use lru::Lru;

/// Remembers a bounded number of keys, besides those in progress.
pub(crate) struct Memory<K> {
    hasher: RandomState,
    state: Mutex<State<K>>,
}

struct State<K> {
    running: HashSet<Hashed<K>, AsIs>,
    remembered: Lru<K, Done>,
}

impl<K: Eq + Hash> Memory<K> {
    /// Remembers up to `capacity` keys. With 0 it only refuses simultaneous copies.
    pub(crate) fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Self {
            hasher: RandomState::new(),
            state: Mutex::new(State {
                running: HashSet::default(),
                remembered: Lru::new(capacity),
            }),
        })
    }

    /// Claims the key, or returns `None` while another attempt holds it.
    pub(crate) fn begin(self: &Arc<Self>, key: K) -> Option<Attempt<K>> {
        let key = Hashed::new(key, &self.hasher);
        let known = {
            let mut state = self.lock();
            if !state.running.insert(key.clone()) {
                return None;
            }
            state.remembered.take(&key)
        };
        Some(Attempt {
            memory: Arc::clone(self),
            key,
            done: known.map(|(_, done)| done).unwrap_or_default(),
        })
    }
}

impl<K> Memory<K> {
    /// A poisoned lock is as good as any: all that runs under it is ours, but for comparing keys,
    /// and does not panic halfway.
    fn lock(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The exclusive right to handle a key.
///
/// Dropping it, for whatever reason, releases the key and keeps which handlers are done.
#[must_use = "dropping it releases the key"]
pub(crate) struct Attempt<K: Eq> {
    memory: Arc<Memory<K>>,
    key: Hashed<K>,
    done: Done,
}

impl<K: Eq> Attempt<K> {
    /// Whether this handler is done, by this attempt or an earlier one.
    pub(crate) fn is_done(&self, handler: u32) -> bool {
        self.done.contains(handler)
    }

    /// Marks this handler as done.
    pub(crate) fn done(&mut self, handler: u32) {
        self.done.insert(handler);
    }
}

impl<K: Eq> Drop for Attempt<K> {
    fn drop(&mut self) {
        let done = mem::take(&mut self.done);
        let mut state = self.memory.lock();
        state.running.remove(&self.key);
        if !done.is_empty() {
            let evicted = state.remembered.put(self.key.clone(), done);
            // Whatever is freed is freed after the lock is.
            drop(state);
            drop(evicted);
        }
    }
}

/// A set of handlers in 16 bytes, without an allocation unless one is beyond the 64th.
enum Done {
    Bits(u64),
    Sorted(Box<[u32]>),
}

impl Default for Done {
    fn default() -> Self {
        Self::Bits(0)
    }
}

impl Done {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Bits(0))
    }

    fn contains(&self, handler: u32) -> bool {
        match self {
            Self::Bits(bits) => handler < u64::BITS && bits & (1 << handler) != 0,
            Self::Sorted(list) => list.binary_search(&handler).is_ok(),
        }
    }

    fn insert(&mut self, handler: u32) {
        match self {
            Self::Bits(bits) if handler < u64::BITS => *bits |= 1 << handler,
            Self::Bits(_) => {
                let low = (0..u64::BITS).filter(|&low| self.contains(low));
                *self = Self::Sorted(low.chain([handler]).collect());
            }
            Self::Sorted(list) => {
                if let Err(at) = list.binary_search(&handler) {
                    let mut longer = mem::take(list).into_vec();
                    longer.insert(at, handler);
                    *list = longer.into_boxed_slice();
                }
            }
        }
    }
}
