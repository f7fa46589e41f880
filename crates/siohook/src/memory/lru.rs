//! A bounded map: the entry put longest ago makes room for the next.
//!
//! Entries are in slots, and `tables` tell in which:
//!
//! * Every filled slot is in exactly one table, and in the list from the oldest to the newest.
//! * Every other slot is in the list of free ones, so there are never more than `capacity` slots.
//! * Nothing is moved as a whole when it grows: slots come in chunks that stay where they are, and
//!   the tables, one for each value of a byte of the hash, grow one at a time. Millions of entries
//!   would otherwise mean a pause of seconds now and then.

use std::array;
use std::collections::HashMap;
use std::mem;

use super::hashed::{AsIs, Hashed};

/// Beyond every slot, so that looking it up finds nothing: the end of a list.
const NONE: u32 = u32::MAX;

const CHUNK: usize = 4096;

pub(super) struct Lru<K, V> {
    capacity: usize,
    len: usize,
    tables: Box<[Table<K>; 256]>,
    chunks: Vec<Vec<Slot<K, V>>>,
    newest: u32,
    oldest: u32,
    free: u32,
}

type Table<K> = HashMap<Hashed<K>, u32, AsIs>;

/// Filled slots are linked from the newest to the oldest and back; free ones through `older`.
struct Slot<K, V> {
    entry: Option<(Hashed<K>, V)>,
    newer: u32,
    older: u32,
}

impl<K: Eq, V> Lru<K, V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            // More would need wider links than `u32`.
            capacity: capacity.min(NONE as usize),
            len: 0,
            tables: Box::new(array::from_fn(|_| Table::default())),
            chunks: Vec::new(),
            newest: NONE,
            oldest: NONE,
            free: NONE,
        }
    }

    /// Removes an entry. Its key is returned as well, for the caller to drop.
    pub(super) fn take(&mut self, key: &Hashed<K>) -> Option<(Hashed<K>, V)> {
        let at = self.table(key).remove(key)?;
        self.vacate(at)
    }

    /// Adds an entry, whose key must not be here, and returns the one there is no room for.
    pub(super) fn put(&mut self, key: Hashed<K>, value: V) -> Option<(Hashed<K>, V)> {
        if self.capacity == 0 {
            return Some((key, value));
        }
        let full = self.len == self.capacity;
        let evicted = if full { self.take_oldest() } else { None };
        let at = self.fill(key.clone(), value);
        self.table(&key).insert(key, at);
        evicted
    }

    fn take_oldest(&mut self) -> Option<(Hashed<K>, V)> {
        let entry = self.vacate(self.oldest)?;
        self.table(&entry.0).remove(&entry.0);
        Some(entry)
    }

    /// Puts an entry in a free slot, or else in a new one, as the newest.
    fn fill(&mut self, key: Hashed<K>, value: V) -> u32 {
        let filled = Slot {
            entry: Some((key, value)),
            newer: NONE,
            older: NONE,
        };
        let mut at = self.free;
        if let Some(slot) = self.slot(at) {
            self.free = mem::replace(slot, filled).older;
        } else {
            // Without a free slot there are as many slots as entries.
            at = u32::try_from(self.len).expect("fewer entries than the capacity, a u32");
            self.append(filled);
        }
        self.len += 1;
        self.join(self.newest, at);
        self.join(at, NONE);
        at
    }

    /// Takes the entry out of a slot, and the slot out of the list.
    fn vacate(&mut self, at: u32) -> Option<(Hashed<K>, V)> {
        let free = self.free;
        let slot = self.slot(at)?;
        let entry = slot.entry.take();
        let (older, newer) = (mem::replace(&mut slot.older, free), slot.newer);
        self.free = at;
        self.len -= 1;
        self.join(older, newer);
        entry
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

    fn append(&mut self, slot: Slot<K, V>) {
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(slot),
            _ => self.chunks.push(vec![slot]),
        }
    }

    /// A byte in the middle: a `HashMap` goes by the bits at both ends.
    fn table(&mut self, key: &Hashed<K>) -> &mut Table<K> {
        &mut self.tables[usize::from(key.hash.to_le_bytes()[4])]
    }
}

#[cfg(test)]
impl<K: Eq, V> Lru<K, V> {
    /// All keys from the oldest to the newest, after checking what always holds.
    pub(super) fn keys(&mut self) -> Vec<Hashed<K>> {
        let mut keys = Vec::new();
        let (mut at, mut older) = (self.oldest, NONE);
        while let Some(slot) = self.slot(at) {
            assert_eq!(slot.older, older);
            let newer = slot.newer;
            let key = slot.entry.as_ref().expect("a filled slot").0.clone();
            assert_eq!(self.table(&key).get(&key), Some(&at));
            keys.push(key);
            (older, at) = (at, newer);
        }
        assert_eq!(older, self.newest);
        let mut free = 0;
        at = self.free;
        while let Some(slot) = self.slot(at) {
            assert!(slot.entry.is_none());
            at = slot.older;
            free += 1;
        }
        let slots: usize = self.chunks.iter().map(Vec::len).sum();
        let indexed: usize = self.tables.iter().map(Table::len).sum();
        assert_eq!((keys.len(), indexed), (self.len, self.len));
        assert_eq!(keys.len() + free, slots);
        assert!(slots <= self.capacity);
        keys
    }
}
