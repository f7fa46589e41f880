//! Names of the headers that an account webhook has, in lower case as HTTP/2 writes
//! them.
//!
//! None of them is signed: the signature covers the body alone. An automation has
//! none of them.

/// The name of the event: `SALE_NEW`. Nothing in the body says it.
pub const EVENT: &str = "x-webhook-event";

/// Hex of HMAC-SHA256 over the body, in lower case and without a prefix. The key is
/// the webhook's secret as UTF-8.
pub const SIGNATURE: &str = "x-webhook-signature";

/// The message, a UUIDv7: the same on every attempt.
pub const MESSAGE_ID: &str = "x-webhook-message-id";

/// When the event happened, `2026-09-27T20:16:27+00:00`: the same on every attempt.
pub const EVENT_TIMESTAMP: &str = "x-webhook-event-timestamp";

/// The attempt, a UUIDv7: another on each one.
pub const ATTEMPT_ID: &str = "x-webhook-delivery-attempt-id";

/// When the attempt was made, `2026-09-27T20:16:28+00:00`.
pub const ATTEMPT_TIMESTAMP: &str = "x-webhook-delivery-attempt-timestamp";

/// The subscription of the webhook to the event, a UUIDv7.
pub const SUBSCRIPTION_ID: &str = "x-webhook-subscription-id";

/// The version of the body: `1` of contacts, `2` of sales.
pub const SCHEMA_VERSION: &str = "x-webhook-schema-version";

/// Trace and span of the sender: 32 and 16 hex digits, joined by `-`.
pub const SENTRY_TRACE: &str = "sentry-trace";

/// The sender's trace context, as W3C Baggage.
pub const BAGGAGE: &str = "baggage";
