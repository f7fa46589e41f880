//! What can go wrong.

mod build;
mod problem;

use std::fmt;
use std::time::Duration;

use siohook_events::Shown;

pub use build::BuildError;
pub(crate) use problem::refusal;

/// Why an operation failed. No text of it holds the API key.
///
/// ```
/// use siohook_api::{Client, ErrorKind, NewContact};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = siohook_sandbox::Sandbox::start().await?;
/// # let client = Client::builder("key").url(format!("{}/api", sandbox.url())).build()?;
/// let error = client.create_contact(&NewContact::new("jane")).await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Invalid);
/// let violation = &error.violations()[0];
/// assert_eq!(violation.path, "email");
/// assert_eq!(violation.message, "This value is not a valid email address.");
/// assert_eq!(
///     error.to_string(),
///     "POST /contacts: 422: email: This value is not a valid email address."
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Error(Box<Parts>);

#[derive(Clone)]
struct Parts {
    kind: ErrorKind,
    /// Method and path.
    operation: String,
    status: Option<u16>,
    detail: String,
    violations: Vec<Violation>,
    retry_after: Option<Duration>,
}

/// Kind of an [`Error`].
///
/// ```
/// use siohook_api::ErrorKind;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = siohook_sandbox::Sandbox::start().await?;
/// # let client = siohook_api::Client::builder("key").url(format!("{}/api", sandbox.url())).build()?;
/// let tag = match client.tag(9.into()).await {
///     Ok(tag) => Some(tag),
///     Err(error) if error.kind() == ErrorKind::NotFound => None,
///     Err(error) => return Err(error.into()),
/// };
/// assert!(tag.is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The key is not one of the account's: 401.
    Unauthorized,
    /// The object is another account's, or the plan does not include the feature: 403.
    Forbidden,
    /// There is no such object: 404.
    NotFound,
    /// Values are refused: 422. [`Error::violations`] has them.
    Invalid,
    /// There were too many requests, and the wait would be too long: 429. See
    /// [`Builder::max_wait`](crate::Builder::max_wait).
    RateLimited,
    /// The request is refused for another reason: any other status from 400 to 499.
    Refused,
    /// The API failed: 500 to 599.
    Server,
    /// There was no connection, or it broke.
    Unreached,
    /// There was no answer within [`Builder::timeout`](crate::Builder::timeout). Whether the
    /// operation was carried out is unknown.
    Timeout,
    /// The answer is not one of the API.
    Unexpected,
}

/// A value that the API refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The place of the value: `email`, `fields[0].slug`. Empty if it is the whole request.
    pub path: String,
    /// What is wrong with it, in English.
    pub message: String,
    /// The stable code of the rule, a UUID.
    pub code: Option<String>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, operation: &str, detail: String) -> Self {
        Self(Box::new(Parts {
            kind,
            operation: operation.to_owned(),
            status: None,
            detail,
            violations: vec![],
            retry_after: None,
        }))
    }

    /// Returns what kind of error it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the status of the answer. `None` if there was none.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns what the API says, or why there is no answer of it. `Display` escapes what could
    /// steer a terminal; this is the text as it came.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Returns the values that the API refuses. Empty unless the kind is
    /// [`Invalid`](ErrorKind::Invalid).
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// Returns how long the API wants no more requests. `None` unless the kind is
    /// [`RateLimited`](ErrorKind::RateLimited).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.0.operation)?;
        if let Some(status) = self.0.status {
            write!(f, "{status}: ")?;
        }
        if self.0.violations.is_empty() {
            return Shown::text(&self.0.detail).fmt(f);
        }
        for (index, violation) in self.0.violations.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{violation}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}, {self})", self.0.kind)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = Shown::text(&self.message);
        match &*self.path {
            "" => write!(f, "{message}"),
            path => write!(f, "{}: {message}", Shown::value(path)),
        }
    }
}
