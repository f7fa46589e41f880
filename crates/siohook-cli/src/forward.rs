//! A captured request on its way to another receiver.
//!
//! Method, query, body, and the headers with their spelling, order and values stay. What belongs to
//! the connection changes: the host, the path if the receiver's URL has one, and how the end of the
//! body is told.

use siohook_events::headers::{
    ATTEMPT_ID, ATTEMPT_TIMESTAMP, EVENT_TIMESTAMP, MESSAGE_ID, SIGNATURE,
};
use siohook_sender::Capture;

/// Headers of a connection (RFC 9110, 7.6.1), and one that waits for an answer before the body.
const OF_CONNECTION: &[&str] = &[
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What is replaced in a request that is sent again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// Values of headers, where the request has them. A signature is added if there is none.
    headers: Vec<(&'static str, String)>,
    token: Option<String>,
    body: Option<Vec<u8>>,
}

impl Changes {
    /// Another attempt of the same message.
    pub(crate) fn attempt(mut self, id: String, time: String) -> Self {
        self.headers.push((ATTEMPT_ID, id));
        self.headers.push((ATTEMPT_TIMESTAMP, time));
        self
    }

    /// Another message.
    pub(crate) fn message(mut self, id: String, time: String) -> Self {
        self.headers.push((MESSAGE_ID, id));
        self.headers.push((EVENT_TIMESTAMP, time));
        self
    }

    pub(crate) fn signature(mut self, signature: String) -> Self {
        self.headers.push((SIGNATURE, signature));
        self
    }

    pub(crate) fn token(mut self, token: &str) -> Self {
        self.token = Some(escaped(token));
        self
    }

    pub(crate) fn body(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self
    }
}

/// Returns the bytes of a captured request for the receiver at a URL.
pub(crate) fn to(url: &str, capture: &Capture, changes: &Changes) -> Vec<u8> {
    let (authority, own_target) = split(url);
    let body = changes.body.as_deref().unwrap_or(capture.body());
    let mut bytes = capture.method().as_bytes().to_vec();
    bytes.push(b' ');
    bytes.extend(target(
        own_target,
        capture.target(),
        changes.token.as_deref(),
    ));
    bytes.extend_from_slice(b" HTTP/1.1\r\n");
    let mut line = |name: &str, value: &[u8]| {
        for part in [name.as_bytes(), b": ", value, b"\r\n"] {
            bytes.extend_from_slice(part);
        }
    };
    let length = body.len().to_string();
    let (mut has_host, mut has_length, mut has_signature) = (false, false, false);
    let is = |name: &str, other: &str| name.eq_ignore_ascii_case(other);
    let dropped = named_by_connection(capture);
    for (name, value) in capture.headers() {
        let replaced = changes.headers.iter().find(|(own, _)| is(name, own));
        if is(name, "host") {
            if !std::mem::replace(&mut has_host, true) {
                line(name, authority.as_bytes());
            }
        } else if is(name, "content-length") || is(name, "transfer-encoding") {
            // A body that came in chunks is sent as a whole.
            if !std::mem::replace(&mut has_length, true) {
                let name = if is(name, "content-length") {
                    name
                } else {
                    "content-length"
                };
                line(name, length.as_bytes());
            }
        } else if is_of_connection(name) || dropped.iter().any(|own| is(name, own)) {
        } else if let Some((own, value)) = replaced {
            has_signature |= *own == SIGNATURE;
            line(name, value.as_bytes());
        } else {
            line(name, value);
        }
    }
    if !has_host {
        line("host", authority.as_bytes());
    }
    // A delivery of an inbox has lost it.
    let signature = changes.headers.iter().find(|(own, _)| *own == SIGNATURE);
    if let Some((name, value)) = signature.filter(|_| !has_signature) {
        line(name, value.as_bytes());
    }
    if !has_length && !body.is_empty() {
        line("content-length", length.as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// Whether a header is about a connection, and not about its message.
pub(crate) fn is_of_connection(name: &str) -> bool {
    OF_CONNECTION
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
}

/// Headers that the sender wanted to be kept from the next receiver.
fn named_by_connection(capture: &Capture) -> Vec<&str> {
    let values = capture.headers();
    let values = values.filter(|(name, _)| name.eq_ignore_ascii_case("connection"));
    let values = values.filter_map(|(_, value)| std::str::from_utf8(value).ok());
    values
        .flat_map(|value| value.split(',').map(str::trim))
        .collect()
}

/// The authority of a URL, and what follows it.
pub(crate) fn split(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    rest.split_at(end)
}

/// The path of the receiver's URL if it has one, else that of the request, and both queries.
fn target(own: &str, captured: &[u8], token: Option<&str>) -> Vec<u8> {
    let (own_path, own_query) = own.split_once('?').unwrap_or((own, ""));
    let (path, query) = match captured.iter().position(|byte| *byte == b'?') {
        Some(mark) => (&captured[..mark], &captured[mark + 1..]),
        None => (captured, &b""[..]),
    };
    let query = match token {
        Some(token) => with_token(query, token),
        None => query.to_vec(),
    };
    let mut target = match own_path {
        "" | "/" => without_origin(path).to_vec(),
        own => own.as_bytes().to_vec(),
    };
    let mut mark = b'?';
    for query in [own_query.as_bytes(), &query]
        .into_iter()
        .filter(|query| !query.is_empty())
    {
        target.push(mark);
        target.extend_from_slice(query);
        mark = b'&';
    }
    target
}

/// A proxy gets whole URLs.
fn without_origin(path: &[u8]) -> &[u8] {
    if path.starts_with(b"/") {
        return path;
    }
    let authority = path.windows(3).position(|part| part == b"://");
    let authority = authority.map_or(0, |scheme| scheme + 3);
    let slash = path[authority..].iter().position(|byte| *byte == b'/');
    slash.map_or(b"/", |slash| &path[authority + slash..])
}

/// Replaces the token in a query, or adds one.
fn with_token(query: &[u8], token: &str) -> Vec<u8> {
    let token = format!("token={token}");
    let mut has_token = false;
    let parts = query.split(|byte| *byte == b'&').filter_map(|part| {
        if !part.starts_with(b"token=") {
            return Some(part);
        }
        (!std::mem::replace(&mut has_token, true)).then_some(token.as_bytes())
    });
    let mut parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    if !has_token {
        parts.push(token.as_bytes());
    }
    parts.join(&b'&')
}

fn escaped(token: &str) -> String {
    form_urlencoded::byte_serialize(token.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

#[cfg(test)]
mod tests;
