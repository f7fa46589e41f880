use std::fmt;

/// Why a run is not tried again.
///
/// ```
/// use siohook_inbox::DeadReason;
///
/// assert_eq!(DeadReason::Exhausted.to_string(), "exhausted");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DeadReason {
    /// The attempts of its [`Retry`](crate::Retry) are spent.
    Exhausted,
    /// The handler returned [`HandlerError::permanent`](siohook::HandlerError::permanent).
    Permanent,
    /// The body does not match the handler's arguments. Waiting does not help, but a program with
    /// other arguments does.
    Mismatch,
    /// The process ended while the handler ran, as often as
    /// [`crashes`](crate::InboxBuilder::crashes) allows.
    Crashed,
    /// The body was erased.
    Erased,
    /// An operator gave it up. It is neither listed nor counted.
    Purged,
}

impl DeadReason {
    #[cfg(any(test, feature = "sqlite", feature = "postgres"))]
    pub(crate) const ALL: [Self; 6] = [
        Self::Exhausted,
        Self::Permanent,
        Self::Mismatch,
        Self::Crashed,
        Self::Erased,
        Self::Purged,
    ];

    /// Returns the word of the table's column, which `Display` writes too.
    ///
    /// ```
    /// assert_eq!(siohook_inbox::DeadReason::Crashed.as_str(), "crashed");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::Permanent => "permanent",
            Self::Mismatch => "mismatch",
            Self::Crashed => "crashed",
            Self::Erased => "erased",
            Self::Purged => "purged",
        }
    }

    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

impl fmt::Display for DeadReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text of a run whose process ended in it.
pub(crate) fn crashed_text(crashes: u32) -> String {
    match crashes {
        1 => "the process ended while the handler ran".to_owned(),
        _ => format!("the process ended while the handler ran, {crashes} times"),
    }
}
