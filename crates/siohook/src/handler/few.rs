use std::fmt;
use std::ops::{Deref, DerefMut};

/// A list that allocates nothing for one item: most events have one handler.
pub(crate) enum Few<T> {
    One([T; 1]),
    Other(Vec<T>),
}

impl<T> Few<T> {
    /// Makes one of each.
    pub(crate) fn of_each<S>(sources: &[S], make: impl FnMut(&S) -> T) -> Self {
        match sources {
            [one] => Self::One([one].map(make)),
            _ => Self::Other(sources.iter().map(make).collect()),
        }
    }

    pub(crate) fn filter_map<U>(self, map: impl FnMut(T) -> Option<U>) -> Few<U> {
        match self {
            Self::One(one) => match one.map(map) {
                [Some(one)] => Few::One([one]),
                [None] => Few::default(),
            },
            Self::Other(items) => Few::Other(items.into_iter().filter_map(map).collect()),
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::Other(Vec::new())
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

impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_those_that_were_made() {
        for count in 0..4 {
            let sources: Vec<u32> = (0..count).collect();
            let mut few = Few::of_each(&sources, |source| source + 1);
            assert_eq!(matches!(few, Few::One(_)), count == 1);
            assert_eq!(format!("{few:?}"), format!("{:?}", few.to_vec()));
            few.iter_mut().for_each(|item| *item *= 2);
            let others = few.filter_map(|item| (item != 4).then_some(item.to_string()));
            let expected = sources.iter().map(|source| source * 2 + 2);
            assert!(
                others
                    .iter()
                    .cloned()
                    .eq(expected.filter(|&it| it != 4).map(|it| it.to_string()))
            );
        }
        assert!(Few::One([1]).filter_map(|_| None::<u32>).is_empty());
    }
}
