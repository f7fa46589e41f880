use std::iter::Chain;
use std::ops::{Deref, DerefMut};
use std::{option, vec};

/// A list that allocates nothing for one item: most events have one handler.
#[derive(Debug)]
pub(crate) enum Few<T> {
    One([T; 1]),
    Other(Vec<T>),
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::Other(Vec::new())
    }
}

impl<T> FromIterator<T> for Few<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items = items.into_iter();
        let Some(first) = items.next() else {
            return Self::default();
        };
        match items.next() {
            None => Self::One([first]),
            Some(second) => Self::Other([first, second].into_iter().chain(items).collect()),
        }
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = Chain<option::IntoIter<T>, vec::IntoIter<T>>;

    fn into_iter(self) -> Self::IntoIter {
        let (one, others) = match self {
            Self::One([one]) => (Some(one), Vec::new()),
            Self::Other(items) => (None, items),
        };
        one.into_iter().chain(others)
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::One(one) => one,
            Self::Other(items) => items,
        }
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Self::One(one) => one,
            Self::Other(items) => items,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_what_was_collected() {
        for count in 0..5 {
            let mut few: Few<u32> = (0..count).collect();
            assert_eq!(matches!(few, Few::One(_)), count == 1);
            few.iter_mut().for_each(|item| *item += 1);
            assert!(few.iter().copied().eq(1..=count));
            assert!(few.into_iter().eq(1..=count));
        }
        assert!(Few::<u32>::default().is_empty());
    }
}
