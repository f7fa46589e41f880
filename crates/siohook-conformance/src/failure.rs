use std::fmt;
use std::io;

/// Why a case failed, as a sentence.
#[derive(Clone, Debug)]
pub(crate) struct Failure(String);

pub(crate) type Checked<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Puts the step of the case before the text.
    pub(crate) fn at(self, step: &str) -> Self {
        Self(format!("{step}: {}", self.0))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self(format!("the connection failed: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
