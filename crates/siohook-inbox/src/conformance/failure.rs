use std::error::Error;
use std::fmt;

use crate::InboxError;

/// Why a case failed, as a sentence.
///
/// ```no_run
/// use siohook_inbox::Inbox;
/// use siohook_inbox::conformance::{Subject, cases};
///
/// let subject = Subject::new("memory", Inbox::memory);
/// for case in cases() {
///     if let Err(failure) = case.run(&subject) {
///         println!("{}: {failure}", case.name());
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(String);

pub(super) type Checked<T = ()> = Result<T, Failure>;

impl Failure {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl From<InboxError> for Failure {
    fn from(error: InboxError) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Failure {}

/// Fails unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            return Err($crate::conformance::Failure::new(format!($($text)+)));
        }
    };
}

/// Fails unless both are equal.
pub(super) fn equal<T: PartialEq + fmt::Debug>(what: &str, found: T, expected: T) -> Checked {
    ensure!(
        found == expected,
        "{what}: found {found:?} instead of {expected:?}"
    );
    Ok(())
}
