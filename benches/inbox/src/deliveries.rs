//! Signed account webhooks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderValue;
use siohook_benches::{Request, bodies};

/// A source of deliveries that differ in their message ids, UUIDs of version 7 with the time. Its
/// clones are one source.
#[derive(Clone)]
pub(crate) struct Deliveries(Arc<Source>);

struct Source {
    request: Request,
    count: AtomicU64,
}

impl Deliveries {
    /// Sales of about 1.5 KB.
    pub(crate) fn sales() -> Self {
        Self::of("SALE_NEW", &bodies::sale())
    }

    /// Tags of about 350 bytes.
    pub(crate) fn tags() -> Self {
        Self::of("CONTACT_TAG_ADDED", &bodies::tag())
    }

    /// Tags of one contact.
    pub(crate) fn tags_of(email: &str) -> Self {
        let body = bodies::tag();
        let other = body.replace("lea.martin@example.com", email);
        assert_ne!(body, other);
        Self::of("CONTACT_TAG_ADDED", &other)
    }

    fn of(event: &'static str, body: &str) -> Self {
        Self(Arc::new(Source {
            request: Request::account(event, body, 0),
            count: AtomicU64::new(0),
        }))
    }

    pub(crate) fn body_bytes(&self) -> usize {
        self.0.request.body.len()
    }

    pub(crate) fn next(&self) -> Request {
        let mut request = self.0.request.clone();
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = since.map_or(0, |since| since.as_millis());
        let number = self.0.count.fetch_add(1, Ordering::Relaxed);
        let (high, low) = (millis >> 16, millis & 0xffff);
        let id = format!("{high:08x}-{low:04x}-7d20-9f3e-{number:012x}");
        let id = HeaderValue::try_from(id).expect("the id is ASCII");
        request.headers.insert("x-webhook-message-id", id);
        request
    }
}
