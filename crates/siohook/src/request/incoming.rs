use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use bytes::Bytes;

use super::headers::{Header, Headers};

pub(crate) const POST: &str = "POST";

/// A request as it came in: what an adapter for a web framework makes.
///
/// `Debug` shows no value that could be secret or personal.
///
/// ```
/// use siohook::Incoming;
///
/// let incoming = Incoming::post(r#"{"contact": {}}"#)
///     .query("token=abc")
///     .peer("203.0.113.7".parse().unwrap())
///     .header("X-Webhook-Event", "CONTACT_CREATED");
/// # let _ = incoming;
/// ```
pub struct Incoming {
    pub(crate) method: Cow<'static, str>,
    pub(crate) query: Box<str>,
    pub(crate) peer: Option<IpAddr>,
    pub(crate) headers: Headers,
    pub(crate) body: Body,
}

/// What could be read of the body.
pub(crate) enum Body {
    Whole(Bytes),
    TooLong,
    Unreadable,
}

impl Incoming {
    /// A `POST` with this body.
    pub fn post(body: impl Into<Bytes>) -> Self {
        Self::with(Body::Whole(body.into()))
    }

    /// A `POST` whose body is longer than
    /// [`max_body_bytes`](crate::Dispatcher::max_body_bytes), so that the
    /// adapter stopped reading: it is answered with 413.
    #[must_use]
    pub fn too_long() -> Self {
        Self::with(Body::TooLong)
    }

    /// A `POST` whose body could not be read to its end: it is answered with
    /// 400, if somebody is still there.
    #[must_use]
    pub fn unreadable() -> Self {
        Self::with(Body::Unreadable)
    }

    fn with(body: Body) -> Self {
        Self {
            method: Cow::Borrowed(POST),
            query: Box::default(),
            peer: None,
            headers: Headers::default(),
            body,
        }
    }

    /// The method, as it was sent.
    #[must_use]
    pub fn method(mut self, method: impl AsRef<str>) -> Self {
        self.method = match method.as_ref() {
            POST => Cow::Borrowed(POST),
            other => Cow::Owned(other.to_owned()),
        };
        self
    }

    /// The query of the URL: what follows `?`, still percent-encoded.
    #[must_use]
    pub fn query(mut self, query: impl AsRef<str>) -> Self {
        self.query = query.as_ref().into();
        self
    }

    /// The address of the other end of the connection: of the sender, or of the
    /// proxy in front.
    #[must_use]
    pub fn peer(mut self, address: IpAddr) -> Self {
        self.peer = Some(address);
        self
    }

    /// Adds a header. A name may come several times, and in any case. Those that
    /// mean nothing to siohook are not kept.
    #[must_use]
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        self.headers([(name, value)])
    }

    /// Adds [headers](Self::header) in their order.
    #[must_use]
    pub fn headers<N: AsRef<str>, V: AsRef<[u8]>>(
        mut self,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        for (name, value) in headers {
            if let Some(header) = Header::named(name.as_ref()) {
                self.headers.push(header, value.as_ref());
            }
        }
        self
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = match &self.body {
            Body::Whole(body) => Some(body.len()),
            Body::TooLong | Body::Unreadable => None,
        };
        let names = self.headers.lines().map(|(header, _)| header.name());
        f.debug_struct("Incoming")
            .field("method", &self.method)
            .field("peer", &self.peer)
            .field("headers", &names.collect::<Vec<_>>())
            .field("body_bytes", &bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_value() {
        let incoming = Incoming::post("secret-body")
            .query("token=secret-token")
            .header("X-Webhook-Event", "secret-header");
        let shown = format!("{incoming:?}");
        assert!(shown.contains("x-webhook-event") && !shown.contains("secret-"));
    }
}
