use std::fmt;

/// Why there is no client. No text of it holds the API key.
///
/// ```
/// use siohook_api::Client;
///
/// let error = Client::new("a key\nin two lines").unwrap_err();
/// assert_eq!(error.to_string(), "the API key is empty, or has characters that no header has");
/// ```
#[derive(Clone, Debug)]
pub struct BuildError(String);

impl BuildError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BuildError {}
