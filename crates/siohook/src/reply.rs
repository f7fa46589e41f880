use std::time::Duration;

/// What the sender is answered. The body is a small JSON object with the name
/// of the outcome, and nothing of the inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    status: u16,
    outcome: &'static str,
    body: &'static str,
    retry_after: Option<Box<str>>,
}

macro_rules! replies {
    ($($konst:ident = $status:literal $outcome:literal;)*) => {
        impl Reply {
            $(pub(crate) const $konst: Self = Self {
                status: $status,
                outcome: $outcome,
                body: concat!(r#"{"outcome":""#, $outcome, r#""}"#),
                retry_after: None,
            };)*
        }
    };
}

replies! {
    DONE = 200 "done";
    DONE_BEFORE = 200 "done_before";
    FAILED_FOR_GOOD = 200 "failed_for_good";
    UNHANDLED = 200 "unhandled";
    BAD_REQUEST = 400 "bad_request";
    UNAUTHORIZED = 401 "unauthorized";
    FORBIDDEN = 403 "forbidden";
    UNHANDLED_REJECTED = 404 "unhandled";
    METHOD_NOT_ALLOWED = 405 "method_not_allowed";
    IN_PROGRESS = 409 "in_progress";
    TOO_LARGE = 413 "too_large";
    MISMATCH = 422 "mismatch";
    FAILED = 500 "failed";
    RETRY_LATER = 503 "retry_later";
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
