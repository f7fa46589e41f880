use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// The response to the sender.
///
/// The body is a small JSON object with the name of the outcome. It tells nothing about
/// handlers, errors or the configuration.
///
/// An adapter copies status, headers and body:
///
/// ```
/// use std::fmt::Write;
///
/// use siohook::Reply;
///
/// fn to_http1(reply: &Reply) -> String {
///     let mut response = format!("HTTP/1.1 {}\r\n", reply.status());
///     for (name, value) in reply.headers() {
///         write!(response, "{name}: {value}\r\n").unwrap();
///     }
///     let body = String::from_utf8_lossy(reply.body());
///     write!(response, "content-length: {}\r\n\r\n{body}", body.len()).unwrap();
///     response
/// }
/// ```
///
/// With the feature `http`, `http::Response::<Bytes>::from(reply)` does the same.
/// [`describe::replies`](crate::describe::replies) lists all replies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    status: u16,
    outcome: ReplyOutcome,
    retry_after: Option<Box<str>>,
}

/// A reply that a dispatcher can give, and its meaning.
///
/// [`replies`](crate::describe::replies) lists them all:
///
/// ```
/// for reply in siohook::describe::replies() {
///     println!("{} {}: {}", reply.status, reply.outcome, reply.meaning);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReplyInfo {
    /// The HTTP status.
    pub status: u16,
    /// The outcome, which the body names.
    pub outcome: ReplyOutcome,
    /// A sentence that says what happened.
    pub meaning: &'static str,
}

macro_rules! outcomes {
    ($($(#[$doc:meta])* $outcome:ident $word:literal;)*) => {
        /// The outcome of a request.
        ///
        /// `Display` and serde write the word that the body holds, in snake case.
        ///
        /// ```
        /// use siohook::{Reply, ReplyOutcome};
        ///
        /// /// Whether a later attempt may succeed.
        /// fn is_temporary(reply: &Reply) -> bool {
        ///     matches!(
        ///         reply.outcome(),
        ///         ReplyOutcome::Failed
        ///             | ReplyOutcome::RetryLater
        ///             | ReplyOutcome::Cancelled
        ///             | ReplyOutcome::NotStored
        ///     )
        /// }
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ReplyOutcome {
            $($(#[$doc])* $outcome,)*
        }

        impl ReplyOutcome {
            /// Returns the word that the body holds: `done`, `unauthorized`, …
            ///
            /// ```
            /// use siohook::ReplyOutcome;
            ///
            /// assert_eq!(ReplyOutcome::DoneBefore.as_str(), "done_before");
            /// assert_eq!(ReplyOutcome::InProgress.to_string(), "in_progress");
            /// ```
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$outcome => $word,)* }
            }

            const fn body(self) -> &'static str {
                match self { $(Self::$outcome => concat!(r#"{"outcome":""#, $word, r#""}"#),)* }
            }
        }
    };
}

outcomes! {
    /// Every handler succeeded.
    Done "done";
    /// Every handler had succeeded in an earlier attempt, so none ran.
    DoneBefore "done_before";
    /// A handler returned a permanent error, and the others succeeded.
    FailedForGood "failed_for_good";
    /// No handler listens to the event.
    Unhandled "unhandled";
    /// The delivery was stored, and is handled later.
    Accepted "accepted";
    /// The delivery had been stored by an earlier attempt.
    AcceptedBefore "accepted_before";
    /// The request is not a delivery.
    BadRequest "bad_request";
    /// Signature or token is missing or wrong, or the mechanism is not configured.
    Unauthorized "unauthorized";
    /// The source address is not allowed.
    Forbidden "forbidden";
    /// The method is not `POST`.
    MethodNotAllowed "method_not_allowed";
    /// The same delivery is being handled right now.
    InProgress "in_progress";
    /// The body is over the limit.
    TooLarge "too_large";
    /// The body is not what a handler expects.
    Mismatch "mismatch";
    /// A handler failed or panicked.
    Failed "failed";
    /// A handler asks for another attempt later.
    RetryLater "retry_later";
    /// The work was dropped before it ended.
    Cancelled "cancelled";
    /// The delivery could not be stored.
    NotStored "not_stored";
}

impl fmt::Display for ReplyOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for ReplyOutcome {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

macro_rules! replies {
    ($($konst:ident = $status:literal $outcome:ident $meaning:literal;)*) => {
        impl ReplyInfo {
            /// Sorted by status.
            pub(crate) const ALL: &[Self] = &[$(Self {
                status: $status,
                outcome: ReplyOutcome::$outcome,
                meaning: $meaning,
            }),*];
        }

        impl Reply {
            $(#[doc = $meaning]
            pub(crate) const $konst: Self = Self {
                status: $status,
                outcome: ReplyOutcome::$outcome,
                retry_after: None,
            };)*
        }
    };
}

replies! {
    DONE = 200 Done "Every handler succeeded.";
    DONE_BEFORE = 200 DoneBefore "All handlers had succeeded in an earlier attempt.";
    FAILED_FOR_GOOD = 200 FailedForGood "A handler failed for good; it is not to be tried again.";
    UNHANDLED = 200 Unhandled "No handler listens to the event.";
    ACCEPTED = 200 Accepted "The delivery was stored, and is handled later.";
    ACCEPTED_BEFORE = 200 AcceptedBefore "The delivery had been stored by an earlier attempt.";
    MISMATCH_ACCEPTED = 200 Mismatch "The body is not what a handler expects, and `Mismatched::Accept` is configured.";
    BAD_REQUEST = 400 BadRequest "The body is not JSON, is not a delivery, or does not match the event name.";
    UNAUTHORIZED = 401 Unauthorized "Signature or token is missing or wrong, or the mechanism is not configured.";
    FORBIDDEN = 403 Forbidden "The source address is not allowed.";
    UNHANDLED_REJECTED = 404 Unhandled "No handler listens to the event.";
    METHOD_NOT_ALLOWED = 405 MethodNotAllowed "Not `POST`.";
    IN_PROGRESS = 409 InProgress "The same delivery is being handled right now.";
    TOO_LARGE = 413 TooLarge "The body is over the limit.";
    MISMATCH = 422 Mismatch "The body is not what a handler expects.";
    FAILED = 500 Failed "A handler failed or panicked.";
    RETRY_LATER = 503 RetryLater "A handler asks for another attempt, not before `Retry-After`.";
    CANCELLED = 503 Cancelled "The work was dropped before it ended.";
    NOT_STORED = 503 NotStored "The delivery could not be stored; `Retry-After` may say when to try again.";
}

impl Reply {
    /// The same reply with `Retry-After`, in whole seconds, rounded up.
    pub(crate) fn after(self, delay: Duration) -> Self {
        let seconds = delay
            .as_secs()
            .saturating_add(u64::from(delay.subsec_nanos() > 0));
        Self {
            retry_after: Some(seconds.to_string().into()),
            ..self
        }
    }

    /// Returns the HTTP status.
    ///
    /// ```
    /// # fn f(reply: &siohook::Reply) {
    /// if reply.status() >= 500 {
    ///     eprintln!("systeme.io will try again");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the outcome, which the body names.
    ///
    /// ```standalone_crate
    /// use siohook::{Dispatcher, Incoming, ReplyOutcome};
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), siohook::BuildError> {
    /// let dispatcher = Dispatcher::builder().automation_token("abc").allow_no_handlers().build()?;
    /// let reply = dispatcher.receive(Incoming::post("{}")).await;
    /// assert_eq!(reply.outcome(), ReplyOutcome::Unauthorized);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn outcome(&self) -> ReplyOutcome {
        self.outcome
    }

    /// Returns the value of a header. The name is case-insensitive.
    ///
    /// ```
    /// # fn f(reply: &siohook::Reply) {
    /// if let Some(seconds) = reply.header("Retry-After") {
    ///     println!("not before {seconds} s have passed");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Returns names and values of the headers: `content-type`, and `allow` or
    /// `retry-after` where the status asks for it.
    ///
    /// Names are in lower case. `content-length` is left to the server.
    ///
    /// ```
    /// # fn f(reply: &siohook::Reply) {
    /// for (name, value) in reply.headers() {
    ///     println!("{name}: {value}");
    /// }
    /// # }
    /// ```
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let allow = (self.outcome == ReplyOutcome::MethodNotAllowed).then_some("POST");
        [
            ("content-type", Some("application/json")),
            ("allow", allow),
            ("retry-after", self.retry_after.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }

    /// Returns the body: `{"outcome":"done"}`, with the word of the
    /// [outcome](Self::outcome).
    ///
    /// ```standalone_crate
    /// use siohook::{Dispatcher, Incoming};
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), siohook::BuildError> {
    /// # let dispatcher = Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
    /// let reply = dispatcher.receive(Incoming::post(r#"{"type": "ping", "data": {}}"#)).await;
    /// assert_eq!(reply.body(), br#"{"outcome":"unhandled"}"#);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn body(&self) -> &'static [u8] {
        self.outcome.body().as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_rounded_up_to_whole_seconds() {
        for (delay, seconds) in [(0, "0"), (1, "1"), (1000, "1"), (1001, "2")] {
            let reply = Reply::RETRY_LATER.after(Duration::from_millis(delay));
            assert_eq!(reply.header("Retry-After"), Some(seconds));
        }
        assert_eq!(Reply::NOT_STORED.after(Duration::MAX).status(), 503);
    }

    #[test]
    fn only_a_405_has_the_header_allow() {
        assert_eq!(Reply::METHOD_NOT_ALLOWED.header("ALLOW"), Some("POST"));
        assert_eq!(Reply::DONE.header("allow"), None);
        assert_eq!(Reply::DONE.body(), br#"{"outcome":"done"}"#);
    }
}
