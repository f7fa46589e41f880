//! Automations, which have a token in the URL.

use siohook_sender::Sample;

use crate::request::Request;
use crate::unique::unique;

/// An automation with a handler and a unique body.
pub(crate) fn tag_added() -> Request {
    event("contact.tag.added")
}

/// An automation of this event, with the right token and a unique body.
pub(crate) fn event(name: &str) -> Request {
    of(Sample::of("contact.tag.added").with_event_header(name))
}

/// An automation with the payload of this sample and a unique body.
pub(crate) fn of(sample: Sample) -> Request {
    let email = format!("owner-{}@example.com", unique());
    Request::of(&sample.account_email(&email))
}
