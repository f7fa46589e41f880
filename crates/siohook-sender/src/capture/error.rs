use std::error::Error;
use std::fmt;

/// Error of a file that is not a capture: the line, what is wrong, and what to do.
///
/// The text repeats no header and no part of a body.
///
/// ```
/// # mod siohook { pub use siohook_sender as testing; }
/// let error = siohook::testing::Capture::read("# siohook: 2\n").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 1: the file is of version 2, and this program reads version 1: update siohook",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureError {
    line: usize,
    text: Box<str>,
}

impl CaptureError {
    pub(super) fn new(line: usize, text: impl Into<Box<str>>) -> Self {
        Self {
            line,
            text: text.into(),
        }
    }

    /// Returns the number of the line. The first one is 1.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let error = siohook::testing::Capture::read("POST / HTTP/1.1\nhost\n\n").unwrap_err();
    /// assert_eq!(error.line(), 2);
    /// ```
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.text)
    }
}

impl Error for CaptureError {}
