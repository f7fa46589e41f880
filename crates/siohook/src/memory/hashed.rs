//! Keys that carry their hash.
//!
//! A key is hashed once, before the lock is taken: under the lock tables are searched, and grow,
//! without hashing. It is stored once too, and what moves between the tables is a pointer.

use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

pub(super) struct Hashed<K> {
    pub(super) hash: u64,
    pub(super) key: Arc<K>,
}

impl<K: Hash> Hashed<K> {
    pub(super) fn new(key: K, hasher: &impl BuildHasher) -> Self {
        Self {
            hash: hasher.hash_one(&key),
            key: Arc::new(key),
        }
    }
}

impl<K> Clone for Hashed<K> {
    fn clone(&self) -> Self {
        Self {
            hash: self.hash,
            key: Arc::clone(&self.key),
        }
    }
}

impl<K: Eq> PartialEq for Hashed<K> {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.key == other.key
    }
}

impl<K: Eq> Eq for Hashed<K> {}

impl<K> Hash for Hashed<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// Takes the hash of a [`Hashed`] as it is.
pub(super) type AsIs = BuildHasherDefault<Unchanged>;

#[derive(Default)]
pub(super) struct Unchanged(u64);

impl Hasher for Unchanged {
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("a `Hashed` writes nothing but its hash");
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
