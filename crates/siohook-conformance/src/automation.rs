//! Deliveries of the mechanism that is trusted by a token in its URL.

use siohook_sender::Sample;

use crate::request::Request;
use crate::unique::unique;

/// An automation that is handled.
pub(crate) fn tag_added() -> Request {
    event("contact.tag.added")
}

/// An automation of this name, with the right token and a body of its own.
pub(crate) fn event(name: &str) -> Request {
    of(Sample::of("contact.tag.added").with_event_header(name))
}

/// An automation with a body of its own, whatever its payload.
pub(crate) fn of(sample: Sample) -> Request {
    let email = format!("owner-{}@example.com", unique());
    Request::of(&sample.account_email(&email))
}

/// Whatever body, with the right token.
pub(crate) fn raw(body: impl Into<Vec<u8>>) -> Request {
    Request::of(&Sample::of("contact.tag.added").with_body(body.into()))
}
