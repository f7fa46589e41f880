use std::collections::BTreeMap;
use std::collections::btree_map::Values;
use std::fmt::Display;
use std::ops::Bound;
use std::str::FromStr;

type Items<'a, T> = Box<dyn Iterator<Item = &'a T> + 'a>;

/// What is found by a key.
pub(super) trait Keyed {
    type Key: Ord + FromStr + Display;

    fn key(&self) -> Self::Key;
}

/// Where the objects of a collection lie.
pub(super) trait Shelf<T> {
    fn find(&self, key: &str) -> Option<&T>;
    /// The objects behind the one of this key, or all. `None` if there can't be such a key.
    fn after(&self, key: Option<&str>) -> Option<Items<'_, T>>;
    /// The objects before the one of this key, or all, the last one first. `None` if there can't
    /// be such a key.
    fn before(&self, key: Option<&str>) -> Option<Items<'_, T>>;
    /// Adds an object, or replaces the one of the same key.
    fn put(&mut self, item: T);
    fn take(&mut self, key: &str) -> Option<T>;
}

impl<T: Keyed> Shelf<T> for BTreeMap<T::Key, T> {
    fn find(&self, key: &str) -> Option<&T> {
        self.get(&parse::<T>(key)?)
    }

    fn after(&self, key: Option<&str>) -> Option<Items<'_, T>> {
        let Some(key) = key else {
            let all: Values<'_, T::Key, T> = self.values();
            return Some(Box::new(all));
        };
        let range = (Bound::Excluded(parse::<T>(key)?), Bound::Unbounded);
        Some(Box::new(self.range(range).map(|(_, item)| item)))
    }

    fn before(&self, key: Option<&str>) -> Option<Items<'_, T>> {
        let Some(key) = key else {
            let all: Values<'_, T::Key, T> = self.values();
            return Some(Box::new(all.rev()));
        };
        let items = self.range(..parse::<T>(key)?).rev();
        Some(Box::new(items.map(|(_, item)| item)))
    }

    fn put(&mut self, item: T) {
        self.insert(item.key(), item);
    }

    fn take(&mut self, key: &str) -> Option<T> {
        self.remove(&parse::<T>(key)?)
    }
}

/// A key in its only spelling: `7`, and neither `07` nor `+7`.
fn parse<T: Keyed>(text: &str) -> Option<T::Key> {
    let key = T::Key::from_str(text).ok()?;
    (key.to_string() == text).then_some(key)
}

impl<T: Keyed> Shelf<T> for Vec<T> {
    fn find(&self, key: &str) -> Option<&T> {
        self.get(position(self, key)?)
    }

    fn after(&self, key: Option<&str>) -> Option<Items<'_, T>> {
        let start = match key {
            Some(key) => position(self, key)? + 1,
            None => 0,
        };
        Some(Box::new(self[start..].iter()))
    }

    fn before(&self, key: Option<&str>) -> Option<Items<'_, T>> {
        let end = match key {
            Some(key) => position(self, key)?,
            None => self.len(),
        };
        Some(Box::new(self[..end].iter().rev()))
    }

    fn put(&mut self, item: T) {
        match position(self, &item.key().to_string()) {
            Some(index) => self[index] = item,
            None => self.push(item),
        }
    }

    fn take(&mut self, key: &str) -> Option<T> {
        Some(self.remove(position(self, key)?))
    }
}

fn position<T: Keyed>(items: &[T], key: &str) -> Option<usize> {
    items.iter().position(|item| item.key().to_string() == key)
}
