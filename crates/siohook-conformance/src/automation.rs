//! Deliveries of the mechanism that is trusted by a token in its URL.

use crate::request::Request;
use crate::server::{PATH, TOKEN};
use crate::unique::unique;

/// An automation that is handled.
pub(crate) fn tag_added() -> Request {
    event("contact.tag.added")
}

/// An automation of this name, with the right token and a body of its own.
pub(crate) fn event(name: &str) -> Request {
    let data = r#"{"tag":{"id":141002,"name":"MyAwesomeTag"},"contact":{"id":29143587,"email":"contact@example.com","fields":[]}}"#;
    with_data(name, data)
}

pub(crate) fn with_data(name: &str, data: &str) -> Request {
    let id = unique();
    raw(format!(
        r#"{{"type":"{name}","data":{data},"account":{{"email":"contact@example.com"}},"created_at":"2021-10-05T09:52:38+00:00","delivery":{id}}}"#
    ))
}

/// Whatever body, with the right token.
pub(crate) fn raw(body: impl Into<Vec<u8>>) -> Request {
    Request::post(format!("{PATH}?token={TOKEN}"), body)
}
