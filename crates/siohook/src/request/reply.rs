use std::time::Duration;

use serde::Serialize;

/// What the sender is answered. The body is a small JSON object with the name
/// of the outcome, and nothing of the inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    status: u16,
    outcome: &'static str,
    body: &'static str,
    retry_after: Option<Box<str>>,
}

/// A reply that a dispatcher can give, and what it means.
///
/// [`replies`](crate::describe::replies) lists them all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReplyInfo {
    /// The HTTP status.
    pub status: u16,
    /// The outcome that the body names: `done`, `unauthorized`, …
    pub outcome: &'static str,
    /// What happened, in a sentence.
    pub meaning: &'static str,
}

macro_rules! replies {
    ($($konst:ident = $status:literal $outcome:literal $meaning:literal;)*) => {
        impl ReplyInfo {
            /// Sorted by status.
            pub(crate) const ALL: &[Self] = &[$(Self {
                status: $status,
                outcome: $outcome,
                meaning: $meaning,
            }),*];
        }

        impl Reply {
            $(#[doc = $meaning]
            pub(crate) const $konst: Self = Self {
                status: $status,
                outcome: $outcome,
                body: concat!(r#"{"outcome":""#, $outcome, r#""}"#),
                retry_after: None,
            };)*
        }
    };
}

replies! {
    DONE = 200 "done" "Every handler succeeded.";
    DONE_BEFORE = 200 "done_before" "All handlers had succeeded in an earlier attempt.";
    FAILED_FOR_GOOD = 200 "failed_for_good" "A handler failed for good; it is not to be tried again.";
    UNHANDLED = 200 "unhandled" "Nobody listens.";
    BAD_REQUEST = 400 "bad_request" "Not JSON, not a delivery, or the event that is named does not fit the body.";
    UNAUTHORIZED = 401 "unauthorized" "Signature or token is missing or wrong, or the mechanism is not configured.";
    FORBIDDEN = 403 "forbidden" "The source address is not allowed.";
    UNHANDLED_REJECTED = 404 "unhandled" "Nobody listens.";
    METHOD_NOT_ALLOWED = 405 "method_not_allowed" "Not `POST`.";
    IN_PROGRESS = 409 "in_progress" "The same delivery is being handled right now.";
    TOO_LARGE = 413 "too_large" "The body is over the limit.";
    MISMATCH = 422 "mismatch" "The body is not what a handler expects.";
    FAILED = 500 "failed" "A handler failed or panicked.";
    RETRY_LATER = 503 "retry_later" "A handler asks for another attempt, not before `Retry-After`.";
}

impl Reply {
    /// "Not before": whole seconds, rounded up.
    pub(crate) fn retry_after(delay: Duration) -> Self {
        let seconds = delay
            .as_secs()
            .saturating_add(u64::from(delay.subsec_nanos() > 0));
        Self {
            retry_after: Some(seconds.to_string().into()),
            ..Self::RETRY_LATER
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The outcome that the body names: `done`, `unauthorized`, …
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        self.outcome
    }

    /// A header, its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// All headers but `content-length`, their names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let allow = (self.status == Self::METHOD_NOT_ALLOWED.status).then_some("POST");
        [
            ("content-type", Some("application/json")),
            ("allow", allow),
            ("retry-after", self.retry_after.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &'static [u8] {
        self.body.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_rounded_up() {
        for (delay, seconds) in [(0, "0"), (1, "1"), (1000, "1"), (1001, "2")] {
            let reply = Reply::retry_after(Duration::from_millis(delay));
            assert_eq!(reply.header("Retry-After"), Some(seconds));
        }
        assert_eq!(Reply::retry_after(Duration::MAX).status(), 503);
    }

    #[test]
    fn only_a_wrong_method_is_told_the_right_one() {
        assert_eq!(Reply::METHOD_NOT_ALLOWED.header("ALLOW"), Some("POST"));
        assert_eq!(Reply::DONE.header("allow"), None);
        assert_eq!(Reply::DONE.body(), br#"{"outcome":"done"}"#);
    }
}
