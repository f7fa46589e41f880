//! What the sender should do after a failure, and the search for that in an error of another
//! type.

use std::cell::Cell;
use std::error::Error;
use std::time::Duration;

use super::chain::links;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Advice {
    Retry,
    RetryAfter(Duration),
    Permanent,
}

thread_local! {
    /// The result of the last search.
    static FOUND: Cell<Advice> = const { Cell::new(Advice::Retry) };
}

impl Advice {
    /// Finds the advice in an error and its sources. The outermost wins.
    ///
    /// A downcast finds no `HandlerError` inside an `anyhow::Error` or an
    /// `#[error(transparent)]`. But an error that holds one dereferences it to return its
    /// source, and the dereference [notes](Self::note) the advice.
    pub(super) fn within(error: &(dyn Error + 'static)) -> Self {
        FOUND.set(Self::Retry);
        links(error).for_each(drop);
        FOUND.get()
    }

    /// Notes the advice for the search in progress, if there is one.
    pub(super) fn note(self) {
        if FOUND.get() == Self::Retry {
            FOUND.set(self);
        }
    }
}
