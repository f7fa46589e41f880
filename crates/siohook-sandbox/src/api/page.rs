use serde::Serialize;

use super::query::Query;
use super::violation::{NO_CHOICE, NOT_VALID, WRONG_LIMIT};
use super::violations::Violations;

/// The size of a page that does not say it. The real one is unknown.
pub(crate) const LIMIT: usize = 50;

/// The smallest and the largest page.
pub(crate) const SHORTEST: usize = 10;
pub(crate) const LONGEST: usize = 100;

const ASCENDING: &str = "asc";
pub(crate) const DESCENDING: &str = "desc";
pub(super) const ORDERS: [&str; 2] = [ASCENDING, DESCENDING];

/// Which part of a list is asked for.
pub(super) struct Page {
    limit: usize,
    after: Option<u64>,
    ascending: bool,
}

impl Page {
    /// Reads the parameters of a list with pages of the usual size.
    pub(super) fn read(query: &Query, violations: &mut Violations) -> Self {
        Self::up_to(LONGEST, query, violations)
    }

    /// Reads the parameters of a list with smaller pages.
    pub(super) fn up_to(longest: usize, query: &Query, violations: &mut Violations) -> Self {
        let limit = match query.text("limit").map(str::parse) {
            None => LIMIT,
            Some(Ok(limit)) if (SHORTEST..=longest).contains(&limit) => limit,
            Some(_) => {
                violations.add("pagination.limit", WRONG_LIMIT);
                LIMIT
            }
        };
        let after = query.text("startingAfter").map(str::parse);
        if let Some(Err(_)) = after {
            violations.add("pagination.startingAfter", NOT_VALID);
        }
        let order = query.text("order").unwrap_or(DESCENDING);
        if !ORDERS.contains(&order) {
            violations.add("pagination.order", NO_CHOICE);
        }
        Self {
            limit,
            after: after.and_then(Result::ok),
            ascending: order == ASCENDING,
        }
    }

    pub(super) fn newest_first(self) -> Self {
        Self {
            ascending: false,
            ..self
        }
    }

    /// Takes the part of a list. The items come in the order of their ids.
    pub(super) fn of<T>(self, items: impl DoubleEndedIterator<Item = (u64, T)>) -> Listing<T> {
        let after = self.after;
        let mut found: Vec<_> = if self.ascending {
            let rest = items.skip_while(|(id, _)| after.is_some_and(|after| *id <= after));
            rest.take(self.limit + 1).collect()
        } else {
            let rest = items.rev();
            let rest = rest.skip_while(|(id, _)| after.is_some_and(|after| *id >= after));
            rest.take(self.limit + 1).collect()
        };
        let has_more = found.len() > self.limit;
        found.truncate(self.limit);
        let items = found.into_iter().map(|(_, item)| item).collect();
        Listing { items, has_more }
    }
}

/// A part of a list as it is answered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listing<T> {
    items: Vec<T>,
    has_more: bool,
}

impl<T> Listing<T> {
    /// A list that is not paged.
    pub(super) fn all(items: impl Iterator<Item = T>) -> Self {
        let (items, has_more) = (items.collect(), false);
        Self { items, has_more }
    }
}
