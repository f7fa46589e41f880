//! The redelivery memory: which handlers are done, and which deliveries are in progress.
//!
//! A delivery is known by a fingerprint of its key: 128 bits under a random key of the memory. An
//! entry therefore has the same size whatever a sender wrote into its headers, and no sender can
//! choose two keys with the same fingerprint. Nothing is allocated ahead.
//!
//! * A key has one [`Attempt`] at a time.
//! * The handlers that are done for a key only grow in number, until the key is evicted with all
//!   of them.
//! * An attempt has a copy of them, which an eviction does not change.
//! * The key that was remembered first is evicted first. A later attempt does not make it newer.

mod done;

#[cfg(all(test, siohook_loom))]
mod models;
#[cfg(all(test, not(siohook_loom)))]
mod tests;

#[cfg(siohook_loom)]
use loom::sync::{Mutex, MutexGuard};
#[cfg(not(siohook_loom))]
use std::sync::{Mutex, MutexGuard};

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};
use std::sync::PoisonError;

use self::done::Done;
use siphasher::sip128::{Hasher128, SipHasher13};

/// Remembers a bounded number of keys.
pub(crate) struct Memory {
    capacity: usize,
    /// Hashes under a random key.
    hasher: SipHasher13,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    in_progress: HashSet<u128, FingerprintHash>,
    remembered: HashMap<u128, Done, FingerprintHash>,
    /// The remembered fingerprints, the oldest first.
    oldest: VecDeque<u128>,
}

impl Memory {
    /// Makes a memory of up to `capacity` keys. With 0 it only refuses simultaneous copies.
    pub(crate) fn new(capacity: usize) -> Self {
        let random = RandomState::new();
        Self {
            capacity,
            hasher: SipHasher13::new_with_keys(random.hash_one(0), random.hash_one(1)),
            entries: Mutex::default(),
        }
    }

    /// Claims `key`. Returns `None` while another attempt holds it.
    pub(crate) fn begin(&self, key: &impl Hash) -> Option<Attempt<'_>> {
        let fingerprint = self.fingerprint(key);
        let mut entries = self.lock();
        if !entries.in_progress.insert(fingerprint) {
            return None;
        }
        let done = entries.remembered.get(&fingerprint).cloned();
        Some(Attempt {
            memory: self,
            fingerprint,
            done: done.unwrap_or_default(),
        })
    }

    fn fingerprint(&self, key: &impl Hash) -> u128 {
        let mut hasher = self.hasher;
        key.hash(&mut hasher);
        hasher.finish128().into()
    }

    /// Ignores poison: no code that runs under the lock leaves the entries half changed.
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    /// Ends an attempt. Returns the entry that it replaced or evicted.
    fn release(&mut self, fingerprint: u128, done: Done, capacity: usize) -> Option<Done> {
        self.in_progress.remove(&fingerprint);
        if done.is_empty() || capacity == 0 {
            return None;
        }
        let before = self.remembered.insert(fingerprint, done);
        if before.is_some() {
            return before;
        }
        self.oldest.push_back(fingerprint);
        if self.oldest.len() <= capacity {
            return None;
        }
        let forgotten = self.remembered.remove(&self.oldest.pop_front()?);
        // Removed entries leave tombstones, which make the table double now and then.
        if self.remembered.capacity() >= 2 * (capacity + 1) {
            self.remembered.shrink_to(capacity + 1);
        }
        forgotten
    }
}

/// The exclusive right to handle a key.
///
/// Dropping it releases the key and keeps which handlers are done.
#[must_use = "dropping it releases the key"]
pub(crate) struct Attempt<'m> {
    memory: &'m Memory,
    fingerprint: u128,
    done: Done,
}

impl Attempt<'_> {
    /// Returns `true` if this handler is done, by this attempt or an earlier one.
    pub(crate) fn is_done(&self, handler: u32) -> bool {
        self.done.contains(handler)
    }

    /// Marks this handler as done.
    pub(crate) fn done(&mut self, handler: u32) {
        self.done.insert(handler);
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let done = std::mem::take(&mut self.done);
        let mut entries = self.memory.lock();
        let forgotten = entries.release(self.fingerprint, done, self.memory.capacity);
        // Frees the memory after the lock is released.
        drop(entries);
        drop(forgotten);
    }
}

type FingerprintHash = BuildHasherDefault<FingerprintHasher>;

/// Takes half of a fingerprint, which is a hash already.
#[derive(Default)]
struct FingerprintHasher(u64);

impl Hasher for FingerprintHasher {
    fn write(&mut self, fingerprint: &[u8]) {
        if let Some(half) = fingerprint.first_chunk() {
            self.0 = u64::from_ne_bytes(*half);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
