use std::fmt;
use std::net::IpAddr;

use bytes::Bytes;

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
    pub(crate) method: Box<str>,
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
            method: "POST".into(),
            query: "".into(),
            peer: None,
            headers: Headers::default(),
            body,
        }
    }

    /// The method, as it was sent.
    #[must_use]
    pub fn method(mut self, method: impl AsRef<str>) -> Self {
        self.method = method.as_ref().into();
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

    /// Adds a header. A name may come several times.
    #[must_use]
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        self.headers.push(name.as_ref(), value.as_ref());
        self
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = match &self.body {
            Body::Whole(body) => Some(body.len()),
            Body::TooLong | Body::Unreadable => None,
        };
        f.debug_struct("Incoming")
            .field("method", &self.method)
            .field("peer", &self.peer)
            .field("headers", &self.headers.names().collect::<Vec<_>>())
            .field("body_bytes", &bytes)
            .finish_non_exhaustive()
    }
}

/// Header lines in their order, all in one buffer.
#[derive(Default)]
pub(crate) struct Headers {
    bytes: Vec<u8>,
    /// Where a line's name ends, and where its value does.
    ends: Vec<(usize, usize)>,
}

impl Headers {
    fn push(&mut self, name: &str, value: &[u8]) {
        self.bytes.extend_from_slice(name.as_bytes());
        let name_end = self.bytes.len();
        self.bytes.extend_from_slice(value);
        self.ends.push((name_end, self.bytes.len()));
    }

    fn lines(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, value_end)| *value_end));
        starts
            .zip(&self.ends)
            .map(|(start, &(name_end, value_end))| {
                (
                    &self.bytes[start..name_end],
                    &self.bytes[name_end..value_end],
                )
            })
    }

    fn names(&self) -> impl Iterator<Item = String> {
        self.lines()
            .map(|(name, _)| name.escape_ascii().to_string())
    }

    /// All values of a header in their order.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.lines()
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    /// The first value of a header, without white space around it.
    pub(crate) fn first(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next().map(<[u8]>::trim_ascii)
    }

    /// The first value of a header, if it is text that is not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let text = std::str::from_utf8(self.first(name)?).ok()?;
        (!text.is_empty()).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_in_any_case_and_in_order() {
        let incoming = Incoming::post("")
            .header("A", "1")
            .header("b", " x ")
            .header("a", [0xff, 0xfe]);
        let headers = incoming.headers;
        assert_eq!(
            headers.all("a").collect::<Vec<_>>(),
            [&b"1"[..], &[0xff, 0xfe]]
        );
        assert_eq!(headers.text("B"), Some("x"));
        assert_eq!(headers.first("c"), None);
    }

    #[test]
    fn debug_shows_no_value() {
        let incoming = Incoming::post("secret-body")
            .query("token=secret-token")
            .header("x", "secret-header");
        assert!(!format!("{incoming:?}").contains("secret-"));
    }
}
