//! The headers with which systeme.io's own errors are traced.

use siohook_events::headers::{BAGGAGE, SENTRY_TRACE};

use crate::ids::seeded;

/// What all traces of a program have in common. The key is made up.
const PROGRAM: &str = "sentry-public_key=0123456789abcdef0123456789abcdef,\
                       sentry-environment=production,sentry-sampled=false";

/// The headers of an attempt. They follow from its id.
pub(super) fn headers(attempt: &str) -> [(&'static str, String); 2] {
    let mut random = seeded(attempt, 0);
    let (trace, span) = (random.u128(1..), random.u64(1..));
    [
        (SENTRY_TRACE, format!("{trace:032x}-{span:016x}-0")),
        (BAGGAGE, format!("sentry-trace_id={trace:032x},{PROGRAM}")),
    ]
}
