//! Values that many messages have in common.

use std::borrow::Borrow;
use std::collections::VecDeque;
use std::sync::Arc;

/// Number of values that are looked through.
const SHARED: usize = 64;

/// The latest values, so that equal ones are kept once.
pub(super) struct Recent<T: ?Sized>(VecDeque<Arc<T>>);

impl<T: ?Sized> Recent<T> {
    pub(super) fn find(&self, is_wanted: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        self.0.iter().find(|value| is_wanted(value)).cloned()
    }

    pub(super) fn add(&mut self, value: impl Into<Arc<T>>) -> Arc<T> {
        let value = value.into();
        self.0.truncate(SHARED - 1);
        self.0.push_front(Arc::clone(&value));
        value
    }

    /// Returns the equal value that is known, or adds this one.
    pub(super) fn share(&mut self, value: impl Into<Arc<T>> + Borrow<T>) -> Arc<T>
    where
        T: PartialEq,
    {
        let known = self.find(|one| one == value.borrow());
        known.unwrap_or_else(|| self.add(value))
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl<T: ?Sized> Default for Recent<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_kept_once_and_old_ones_are_forgotten() {
        let mut recent = Recent::<str>::default();
        let first = recent.share("0");
        assert!(Arc::ptr_eq(&first, &recent.share("0".to_owned())));
        for number in 1..SHARED {
            recent.share(number.to_string());
        }
        assert!(Arc::ptr_eq(&first, &recent.share("0")));
        recent.share("one more");
        assert_eq!(recent.0.len(), SHARED);
        assert!(!Arc::ptr_eq(&first, &recent.share("0")));
    }
}
