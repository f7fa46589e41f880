use std::error::Error as _;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use siohook_events::Shown;

use crate::Refusal;

/// The most bytes of a body that are kept, unless a client keeps more.
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// What came of an attempt.
///
/// ```
/// use siohook_sandbox::Outcome;
///
/// assert_eq!(Outcome::Timeout.as_str(), "timeout");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The receiver answered with a status.
    Status,
    /// There was no whole answer in time.
    Timeout,
    /// The receiver did not accept a connection.
    Refused,
    /// The name of the host has no address.
    Dns,
    /// There was no secure connection.
    Tls,
    /// The connection broke before the end of the answer, or the answer was not HTTP.
    Reset,
    /// The sandbox did not send it: see [`Refusal`], or too many newer messages wait.
    Blocked,
}

impl Outcome {
    /// Returns the word that JSON has.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Timeout => "timeout",
            Self::Refused => "refused",
            Self::Dns => "dns",
            Self::Tls => "tls",
            Self::Reset => "reset",
            Self::Blocked => "blocked",
        }
    }
}

/// What a receiver did with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// What came of it.
    pub outcome: Outcome,
    /// Status. An answer that broke off after its head has one too.
    pub status: Option<u16>,
    /// Text behind the status. HTTP/2 has none.
    pub reason: Option<String>,
    /// Headers in the order and the spelling in which they arrived.
    pub headers: Vec<(String, String)>,
    /// The bytes of the head, up to its empty line, as they arrived. HTTP/2 has none.
    pub head: Bytes,
    /// The first 64 KiB of the body, or what [`Client::keep_body`](crate::Client::keep_body) says. If
    /// the answer is not HTTP, what arrived instead.
    pub body: Bytes,
    /// Whether the body is longer than what is kept of it.
    pub is_truncated: bool,
    /// What went wrong, unless the outcome is [`Status`](Outcome::Status).
    pub error: Option<String>,
    /// Real time that the attempt took.
    pub took: Duration,
}

impl Answer {
    /// The answer to a request that could not be made.
    pub(crate) fn blocked(error: String) -> Self {
        Self::lost(Outcome::Blocked, error, Duration::ZERO)
    }

    /// What is known of a request without an answer.
    pub(crate) fn lost(outcome: Outcome, error: impl Into<String>, took: Duration) -> Self {
        Self {
            outcome,
            status: None,
            reason: None,
            headers: vec![],
            head: Bytes::new(),
            body: Bytes::new(),
            is_truncated: false,
            error: Some(error.into()),
            took,
        }
    }
}

/// What has arrived so far.
#[derive(Debug)]
pub(super) struct Received {
    /// The most bytes of the body that are kept.
    limit: usize,
    pub(super) status: Option<u16>,
    pub(super) reason: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) head: Bytes,
    pub(super) body: Vec<u8>,
    /// Whether there was more than fits.
    pub(super) is_truncated: bool,
}

impl Received {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            status: None,
            reason: None,
            headers: vec![],
            head: Bytes::new(),
            body: vec![],
            is_truncated: false,
        }
    }

    /// Keeps what fits of a part of the body. Returns whether that was all of it.
    pub(super) fn keep(&mut self, part: &[u8]) -> bool {
        let room = self.limit.saturating_sub(self.body.len());
        self.body.extend_from_slice(&part[..part.len().min(room)]);
        self.is_truncated |= part.len() > room;
        !self.is_truncated
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) error: String,
}

impl Failure {
    pub(super) fn new(outcome: Outcome, error: impl Into<String>) -> Self {
        let error = error.into();
        Self { outcome, error }
    }

    /// The connection broke, or what came over it is not HTTP.
    pub(super) fn reset(error: impl Into<String>) -> Self {
        Self::new(Outcome::Reset, error)
    }
}

/// The error of a connection that was established.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let inner = error.get_ref();
        let is_tls = inner.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>);
        let outcome = if is_tls { Outcome::Tls } else { Outcome::Reset };
        Self::new(outcome, Shown::text(&error).to_string())
    }
}

impl From<hyper::Error> for Failure {
    fn from(error: hyper::Error) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self::reset(Shown::text(text).to_string())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::new(Outcome::Blocked, refusal.to_string())
    }
}
