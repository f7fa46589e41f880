//! Account webhooks, which are signed.

use std::collections::BTreeMap;

use siohook_sender::{SECRET, Sample};

use crate::request::Request;
use crate::unique::unique;

pub(crate) use siohook_sender::headers::{EVENT, MESSAGE_ID, SIGNATURE};

/// An account webhook with a handler and a unique body.
pub(crate) fn tag_added() -> Request {
    Request::of(&tag_added_sample())
}

/// A unique body of `CONTACT_TAG_ADDED`.
pub(crate) fn tag_added_body() -> String {
    String::from_utf8_lossy(tag_added_sample().body()).into_owned()
}

fn tag_added_sample() -> Sample {
    Sample::of("CONTACT_TAG_ADDED").add("/delivery", unique())
}

/// A sale with a unique order item.
pub(crate) fn sale() -> Request {
    Request::of(&Sample::of("SALE_NEW").set("/orderItem/id", unique()))
}

/// An account webhook of an unlisted event.
pub(crate) fn unlisted(event: &str) -> Request {
    let body = BTreeMap::from([("delivery", unique())]);
    Request::of(&Sample::account(event, body))
}

/// An account webhook with this event and body, a valid signature and a unique message id.
pub(crate) fn signed(event: &str, body: impl Into<Vec<u8>>) -> Request {
    Request::of(&Sample::account(event, ()).with_body(body.into()))
}

/// The valid signature of a body.
pub(crate) fn signature(body: &[u8]) -> String {
    siohook_sender::sign(SECRET, body)
}
