use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Why a store could not do something.
#[derive(Clone, Debug)]
pub(crate) struct StoreError {
    #[cfg_attr(not(any(feature = "sqlite", feature = "postgres")), allow(dead_code))]
    pub(crate) kind: StoreErrorKind,
    /// What happened, with the file and what to do. No value of a row.
    text: Arc<str>,
}

/// The kinds of [`StoreError`] that are handled differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreErrorKind {
    /// One row can't be stored or read. The transaction goes on.
    Row,
    /// The transaction failed. Another attempt may succeed.
    Unavailable,
    /// What is stored can't be trusted any more.
    #[cfg(feature = "sqlite")]
    Damaged,
}

impl StoreError {
    pub(crate) fn new(kind: StoreErrorKind, text: impl Into<Arc<str>>) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }

    pub(crate) fn unavailable(text: impl Into<Arc<str>>) -> Self {
        Self::new(StoreErrorKind::Unavailable, text)
    }

    /// The thread that owns the store ended.
    pub(crate) fn ended() -> Self {
        Self::unavailable("the inbox has ended")
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Error for StoreError {}
