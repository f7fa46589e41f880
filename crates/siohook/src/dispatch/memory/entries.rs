//! A map whose entries are claimed and released: those that were released longest ago make room.
//!
//! Entries are in slots, and `tables` tell in which:
//!
//! * Every filled slot is in exactly one chain, of which a table has the first: that of the slots
//!   whose hashes begin alike.
//! * Every released one is in the list from the oldest to the newest; claimed ones are not.
//! * Every other slot is in the list of free ones.
//! * Nothing is moved as a whole when it grows: slots come in chunks that stay where they are, and
//!   the tables, one for each value of a byte of the hash, grow one at a time. Millions of entries
//!   would otherwise mean a pause of seconds now and then.

use std::array;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};
use std::mem;

/// Beyond every slot, so that looking it up finds nothing: the end of a list.
const NONE: u32 = u32::MAX;

const CHUNK: usize = 4096;

pub(super) struct Entries<K, V> {
    capacity: usize,
    /// How many are released.
    len: usize,
    tables: Box<[Table; 256]>,
    chunks: Vec<Vec<Slot<K, V>>>,
    newest: u32,
    oldest: u32,
    free: u32,
}

type Table = HashMap<u32, u32, BuildHasherDefault<Spread>>;

struct Slot<K, V> {
    key: Option<K>,
    value: V,
    hash: u64,
    /// The next slot of the chain.
    next: u32,
    newer: u32,
    /// Of a free slot, the next free one.
    older: u32,
    claimed: bool,
}

impl<K: Clone + Eq, V: Default> Entries<K, V> {
    /// Claims the entry of a key, which there is from now on, and takes its value; or returns
    /// nothing if it is claimed.
    pub(super) fn claim(&mut self, hash: u64, key: &K) -> Option<(u32, V)> {
        let (table, part) = self.table(hash);
        let mut at = table.get(&part).copied().unwrap_or(NONE);
        while let Some(slot) = self.slot(at) {
            if slot.key.as_ref() == Some(key) {
                if slot.claimed {
                    return None;
                }
                let value = mem::take(&mut slot.value);
                self.unlink(at);
                return Some((at, value));
            }
            at = slot.next;
        }
        Some((self.add(hash, key.clone()), V::default()))
    }
}

impl<K, V: Default> Entries<K, V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            // More would need wider links than `u32`.
            capacity: capacity.min(NONE as usize / 2),
            len: 0,
            tables: Box::new(array::from_fn(|_| Table::default())),
            chunks: Vec::new(),
            newest: NONE,
            oldest: NONE,
            free: NONE,
        }
    }

    /// Gives a claimed entry its value back, as the newest. Returns the key that there is no more
    /// room for, for the caller to drop.
    pub(super) fn release(&mut self, at: u32, value: V) -> Option<K> {
        let slot = self.slot(at)?;
        slot.value = value;
        slot.claimed = false;
        self.len += 1;
        self.join(self.newest, at);
        self.join(at, NONE);
        if self.len <= self.capacity {
            return None;
        }
        let oldest = self.oldest;
        self.unlink(oldest);
        self.remove(oldest)
    }

    /// Removes a claimed entry. Its key is returned for the caller to drop.
    pub(super) fn remove(&mut self, at: u32) -> Option<K> {
        let free = self.free;
        let slot = self.slot(at)?;
        let key = slot.key.take();
        slot.value = V::default();
        let hash = slot.hash;
        let next = mem::replace(&mut slot.next, NONE);
        slot.older = free;
        self.free = at;
        self.bypass(hash, at, next);
        key
    }

    /// Lets whatever leads to `at` in its chain lead to the slot behind it.
    fn bypass(&mut self, hash: u64, at: u32, next: u32) {
        let (table, part) = self.table(hash);
        let Entry::Occupied(mut first) = table.entry(part) else {
            return;
        };
        let mut before = *first.get();
        if before != at {
            while let Some(slot) = self.slot(before) {
                if slot.next == at {
                    slot.next = next;
                    return;
                }
                before = slot.next;
            }
        } else if next == NONE {
            first.remove();
        } else {
            first.insert(next);
        }
    }

    /// Adds a claimed entry, at the front of its chain.
    fn add(&mut self, hash: u64, key: K) -> u32 {
        let filled = Slot {
            key: Some(key),
            value: V::default(),
            hash,
            next: NONE,
            newer: NONE,
            older: NONE,
            claimed: true,
        };
        let mut at = self.free;
        if let Some(slot) = self.slot(at) {
            self.free = mem::replace(slot, filled).older;
        } else {
            at = self.append(filled);
        }
        let (table, part) = self.table(hash);
        let next = table.insert(part, at);
        if let (Some(next), Some(slot)) = (next, self.slot(at)) {
            slot.next = next;
        }
        at
    }

    /// Takes an entry out of the list of released ones.
    fn unlink(&mut self, at: u32) {
        let Some(slot) = self.slot(at) else {
            return;
        };
        slot.claimed = true;
        let newer = mem::replace(&mut slot.newer, NONE);
        let older = mem::replace(&mut slot.older, NONE);
        self.len -= 1;
        self.join(older, newer);
    }

    /// Makes two slots neighbours, or the one there is an end of the list.
    fn join(&mut self, older: u32, newer: u32) {
        match self.slot(older) {
            Some(slot) => slot.newer = newer,
            None => self.oldest = newer,
        }
        match self.slot(newer) {
            Some(slot) => slot.older = older,
            None => self.newest = older,
        }
    }

    fn slot(&mut self, at: u32) -> Option<&mut Slot<K, V>> {
        let at = at as usize;
        self.chunks.get_mut(at / CHUNK)?.get_mut(at % CHUNK)
    }

    fn append(&mut self, slot: Slot<K, V>) -> u32 {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(slot),
            _ => self.chunks.push(vec![slot]),
        }
        let slots = (self.chunks.len() - 1) * CHUNK + self.chunks.last().map_or(0, Vec::len);
        u32::try_from(slots - 1).expect("a machine has no room for 2^32 deliveries")
    }

    /// The table of a hash, and the part of the hash that the table knows: entries that share
    /// both are in one chain.
    fn table(&mut self, hash: u64) -> (&mut Table, u32) {
        let [a, b, c, d, table, ..] = hash.to_le_bytes();
        let part = u32::from_le_bytes([a, b, c, d]);
        (&mut self.tables[usize::from(table)], part)
    }
}

/// Spreads a part of a hash over all bits: a `HashMap` goes by those at both ends.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write_u32(&mut self, part: u32) {
        self.0 = u64::from(part).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("the keys of a table are parts of hashes");
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
impl<K: Eq + Clone, V: Default> Entries<K, V> {
    /// The released keys from the oldest to the newest and how many are claimed, after checking
    /// what always holds.
    pub(super) fn keys(&mut self) -> (Vec<K>, usize) {
        let mut keys = Vec::new();
        let (mut at, mut older) = (self.oldest, NONE);
        while let Some(slot) = self.slot(at) {
            assert!(slot.older == older && !slot.claimed);
            keys.push(slot.key.clone().expect("a filled slot"));
            (older, at) = (at, slot.newer);
        }
        assert_eq!(older, self.newest);
        assert_eq!(keys.len(), self.len);
        assert!(self.len <= self.capacity);

        let mut free = 0;
        at = self.free;
        while let Some(slot) = self.slot(at) {
            assert!(slot.key.is_none());
            at = slot.older;
            free += 1;
        }

        let firsts: Vec<_> = self
            .tables
            .iter()
            .flatten()
            .map(|(part, at)| (*part, *at))
            .collect();
        let mut filled = 0;
        for (part, mut at) in firsts {
            while let Some(slot) = self.slot(at) {
                assert!(slot.hash.to_le_bytes()[..4] == part.to_le_bytes() && slot.key.is_some());
                at = slot.next;
                filled += 1;
            }
        }
        let slots: usize = self.chunks.iter().map(Vec::len).sum();
        assert_eq!(filled + free, slots);
        (keys, filled - self.len)
    }
}
