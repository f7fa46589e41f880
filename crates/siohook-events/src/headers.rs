//! Names of the headers of an account webhook, in lower case as HTTP/2 writes them.
//!
//! None of them is signed: the signature covers the body alone. An automation has none of
//! them. All were captured.
//!
//! ```
//! use siohook_events::headers;
//!
//! fn event<'a>(headers: &[(&str, &'a str)]) -> Option<&'a str> {
//!     let event = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(headers::EVENT));
//!     event.map(|(_, value)| *value)
//! }
//!
//! assert_eq!(event(&[("X-Webhook-Event", "SALE_NEW")]), Some("SALE_NEW"));
//! ```

/// Name of the event: `SALE_NEW`. Nothing in the body says it.
pub const EVENT: &str = "x-webhook-event";

/// Signature: HMAC-SHA256 of the body as lower-case hex without a prefix. The key is the
/// webhook's secret as UTF-8.
pub const SIGNATURE: &str = "x-webhook-signature";

/// Message id, a UUIDv7: the same on every attempt.
pub const MESSAGE_ID: &str = "x-webhook-message-id";

/// Time of the event, `2026-09-27T20:16:27+00:00`: the same on every attempt.
pub const EVENT_TIMESTAMP: &str = "x-webhook-event-timestamp";

/// Attempt id, a UUIDv7: new on each attempt.
pub const ATTEMPT_ID: &str = "x-webhook-delivery-attempt-id";

/// Time of the attempt, `2026-09-27T20:16:28+00:00`.
pub const ATTEMPT_TIMESTAMP: &str = "x-webhook-delivery-attempt-timestamp";

/// Id of the webhook's subscription to the event, a UUIDv7.
pub const SUBSCRIPTION_ID: &str = "x-webhook-subscription-id";

/// Schema version of the body: `1` for contacts, `2` for sales.
pub const SCHEMA_VERSION: &str = "x-webhook-schema-version";

/// Sender's trace and span: 32 and 16 hex digits, joined by `-`.
pub const SENTRY_TRACE: &str = "sentry-trace";

/// Sender's trace context as W3C Baggage.
pub const BAGGAGE: &str = "baggage";
