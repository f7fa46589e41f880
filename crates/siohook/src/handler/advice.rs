//! What the sender should do about a failure, and how that is found in an error of
//! another type.

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
    /// What the last search has found.
    static FOUND: Cell<Advice> = const { Cell::new(Advice::Retry) };
}

impl Advice {
    /// Finds the advice in an error and its sources, the outermost if there are several.
    ///
    /// A downcast would see neither through `anyhow::Error` nor through an error that is
    /// `#[error(transparent)]`. But whatever holds a `HandlerError` dereferences it to
    /// give its source, and that [tells](Self::tell) the advice.
    pub(super) fn within(error: &(dyn Error + 'static)) -> Self {
        FOUND.set(Self::Retry);
        links(error).for_each(drop);
        FOUND.get()
    }

    /// Tells the advice to the search in progress, if there is one.
    pub(super) fn tell(self) {
        if FOUND.get() == Self::Retry {
            FOUND.set(self);
        }
    }
}
