//! What is known about deliveries: which of their handlers are done, and which are being handled.
//!
//! A key is claimed by one [`Attempt`] at most, and what is known about it travels with the attempt;
//! afterwards it is remembered, if anything was done. From this follows:
//!
//! * A key has one attempt at a time.
//! * A key in progress cannot be evicted, and takes no room among the remembered ones. There are
//!   as many of these as deliveries being handled at once.
//! * What is known about a key only grows, until it is evicted: then all of it is gone.
//! * The remembered key that was released longest ago is evicted first. Beginning a remembered key
//!   takes it out of that order, and releasing it makes it the newest.
//!
//! Nothing is allocated ahead: a large capacity costs nothing before it is used.

mod entries;

#[cfg(all(test, siohook_loom))]
mod models;
#[cfg(all(test, not(siohook_loom)))]
mod tests;

#[cfg(siohook_loom)]
use loom::sync::{Mutex, MutexGuard};
#[cfg(not(siohook_loom))]
use std::sync::{Mutex, MutexGuard};

use std::hash::{BuildHasher, Hash, RandomState};
use std::mem;
use std::sync::PoisonError;

use entries::Entries;

/// Remembers a bounded number of keys, besides those in progress.
pub(crate) struct Memory<K> {
    hasher: RandomState,
    entries: Mutex<Entries<K, Done>>,
}

impl<K: Clone + Eq + Hash> Memory<K> {
    /// Claims the key, or returns `None` while another attempt holds it.
    pub(crate) fn begin(&self, key: &K) -> Option<Attempt<'_, K>> {
        // A key is hashed once, before the lock is taken.
        let hash = self.hasher.hash_one(key);
        let (at, done) = self.lock().claim(hash, key)?;
        Some(Attempt {
            memory: self,
            at,
            done,
        })
    }
}

impl<K> Memory<K> {
    /// Remembers up to `capacity` keys. With 0 it only refuses simultaneous copies.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            hasher: RandomState::new(),
            entries: Mutex::new(Entries::new(capacity)),
        }
    }

    /// A poisoned lock is as good as any: all that runs under it is ours, but for comparing keys,
    /// and does not panic halfway.
    fn lock(&self) -> MutexGuard<'_, Entries<K, Done>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The exclusive right to handle a key.
///
/// Dropping it, for whatever reason, releases the key and keeps which handlers are done.
#[must_use = "dropping it releases the key"]
pub(crate) struct Attempt<'m, K> {
    memory: &'m Memory<K>,
    at: u32,
    done: Done,
}

impl<K> Attempt<'_, K> {
    /// Whether this handler is done, by this attempt or an earlier one.
    pub(crate) fn is_done(&self, handler: u32) -> bool {
        self.done.contains(handler)
    }

    /// Marks this handler as done.
    pub(crate) fn done(&mut self, handler: u32) {
        self.done.insert(handler);
    }
}

impl<K> Drop for Attempt<'_, K> {
    fn drop(&mut self) {
        let done = mem::take(&mut self.done);
        let mut entries = self.memory.lock();
        let forgotten = if done.is_empty() {
            entries.remove(self.at)
        } else {
            entries.release(self.at, done)
        };
        // Whatever is freed is freed after the lock is.
        drop(entries);
        drop(forgotten);
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
