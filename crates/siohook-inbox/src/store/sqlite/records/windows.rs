//! Windows of ids. A statement that reads one takes a moment, even if it finds nothing.

use super::lists::Ids;
use crate::store::DeliveryId;

/// Ids that a call has not looked at yet.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    left: Option<Ids>,
    size: DeliveryId,
    newest_first: bool,
}

impl Windows {
    pub(super) fn new(ids: Option<Ids>, size: DeliveryId, newest_first: bool) -> Self {
        Self {
            left: ids.filter(|(first, last)| first <= last),
            size,
            newest_first,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.left.is_none()
    }
}

impl Iterator for Windows {
    type Item = Ids;

    fn next(&mut self) -> Option<Ids> {
        let (first, last) = self.left?;
        let others = self.size - 1;
        if self.newest_first {
            let from = first.max(last.saturating_sub(others));
            self.left = (first < from).then(|| (first, from - 1));
            Some((from, last))
        } else {
            let to = last.min(first.saturating_add(others));
            self.left = (to < last).then(|| (to + 1, last));
            Some((first, to))
        }
    }
}
