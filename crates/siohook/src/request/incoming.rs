use std::fmt;
use std::net::IpAddr;

use bytes::Bytes;

use super::head::{Head, POST};

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
///
/// An adapter that reads bodies itself starts from a [`Head`].
pub struct Incoming {
    pub(crate) head: Head,
    pub(crate) body: Body,
}

/// What could be read of the body.
pub(crate) enum Body {
    Whole(Bytes),
    TooLong,
    Unreadable,
}

impl Head {
    /// The request with its whole body.
    #[must_use]
    pub fn with_body(self, body: impl Into<Bytes>) -> Incoming {
        self.with(Body::Whole(body.into()))
    }

    /// The request whose body is longer than
    /// [`max_body_bytes`](crate::Dispatcher::max_body_bytes), so that the adapter
    /// stopped reading: it is answered with 413.
    #[must_use]
    pub fn too_long(self) -> Incoming {
        self.with(Body::TooLong)
    }

    /// The request whose body could not be read to its end: it is answered with 400, if
    /// the connection still stands.
    #[must_use]
    pub fn unreadable(self) -> Incoming {
        self.with(Body::Unreadable)
    }

    fn with(self, body: Body) -> Incoming {
        Incoming { head: self, body }
    }
}

impl Incoming {
    /// A request with this method, as it was sent, and its whole body.
    pub fn new(method: impl AsRef<str>, body: impl Into<Bytes>) -> Self {
        Head::new(method).with_body(body)
    }

    /// A `POST` with this body.
    pub fn post(body: impl Into<Bytes>) -> Self {
        Self::new(POST, body)
    }

    /// Sets the method, as it was sent.
    #[must_use]
    pub fn method(mut self, method: impl AsRef<str>) -> Self {
        self.head.method = Head::new(method).method;
        self
    }

    /// Sets the query of the URL: see [`Head::query`].
    #[must_use]
    pub fn query(self, query: impl AsRef<str>) -> Self {
        self.with_head(|head| head.query(query))
    }

    /// Sets the address of the other end of the connection: see [`Head::peer`].
    #[must_use]
    pub fn peer(self, address: IpAddr) -> Self {
        self.with_head(|head| head.peer(address))
    }

    /// Adds a header: see [`Head::header`].
    #[must_use]
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        self.with_head(|head| head.header(name, value))
    }

    /// Adds headers: see [`Head::headers`].
    #[must_use]
    pub fn headers<N: AsRef<str>, V: AsRef<[u8]>>(
        self,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.with_head(|head| head.headers(headers))
    }

    /// Adds a value that handlers take as [`Extension<T>`](crate::Extension): see
    /// [`Head::extension`].
    #[must_use]
    pub fn extension<T: Clone + Send + Sync + 'static>(self, value: T) -> Self {
        self.with_head(|head| head.extension(value))
    }

    fn with_head(self, change: impl FnOnce(Head) -> Head) -> Self {
        Self {
            head: change(self.head),
            body: self.body,
        }
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = match &self.body {
            Body::Whole(body) => Some(body.len()),
            Body::TooLong | Body::Unreadable => None,
        };
        f.debug_struct("Incoming")
            .field("head", &self.head)
            .field("body_bytes", &bytes)
            .finish()
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
