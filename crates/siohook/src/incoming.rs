use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use bytes::Bytes;

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

macro_rules! headers {
    ($($(#[$doc:meta])* $header:ident = $name:literal;)*) => {
        /// A header that means something.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Header {
            $($(#[$doc])* $header,)*
        }

        impl Header {
            const ALL: &[Self] = &[$(Self::$header),*];

            fn named(name: &str) -> Option<Self> {
                // Most servers give names in lower case.
                $(if name == $name || name.eq_ignore_ascii_case($name) {
                    return Some(Self::$header);
                })*
                None
            }

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$header => $name,)* }
            }
        }
    };
}

headers! {
    Event = "x-webhook-event";
    Signature = "x-webhook-signature";
    MessageId = "x-webhook-message-id";
    EventTimestamp = "x-webhook-event-timestamp";
    AttemptId = "x-webhook-delivery-attempt-id";
    ForwardedFor = "x-forwarded-for";
    Forwarded = "forwarded";
    SentryTrace = "sentry-trace";
    Baggage = "baggage";
}

/// Header lines in their order, all in one buffer: which header it is, how many
/// bytes its value has, and these.
#[derive(Default)]
pub(crate) struct Headers(Vec<u8>);

impl Headers {
    fn push(&mut self, header: Header, value: &[u8]) {
        if self.0.is_empty() {
            // Enough for what an account webhook has.
            self.0.reserve(384);
        }
        self.0.push(header as u8);
        self.0.extend_from_slice(&value.len().to_ne_bytes());
        self.0.extend_from_slice(value);
    }

    fn lines(&self) -> impl Iterator<Item = (Header, &[u8])> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || {
            let (header, after) = rest.split_first()?;
            let (length, after) = after.split_first_chunk()?;
            let (value, after) = after.split_at_checked(usize::from_ne_bytes(*length))?;
            rest = after;
            Some((*Header::ALL.get(usize::from(*header))?, value))
        })
    }

    /// All values of a header in their order.
    pub(crate) fn all(&self, header: Header) -> impl Iterator<Item = &[u8]> {
        self.lines()
            .filter(move |(own, _)| *own == header)
            .map(|(_, value)| value)
    }

    pub(crate) fn has(&self, header: Header) -> bool {
        self.all(header).next().is_some()
    }

    /// The first value of a header, without white space around it.
    pub(crate) fn first(&self, header: Header) -> Option<&[u8]> {
        self.all(header).next().map(<[u8]>::trim_ascii)
    }

    /// The same, unless it is empty.
    pub(crate) fn filled(&self, header: Header) -> Option<&[u8]> {
        self.first(header).filter(|value| !value.is_empty())
    }

    /// The same, if it is text.
    pub(crate) fn text(&self, header: Header) -> Option<&str> {
        std::str::from_utf8(self.filled(header)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_in_any_case_and_in_order() {
        let incoming = Incoming::post("")
            .header("X-Forwarded-For", "1")
            .header("x-WEBHOOK-event", " x ")
            .header("accept", "y")
            .header("x-forwarded-for", [0xff, 0xfe]);
        let headers = incoming.headers;
        assert_eq!(
            headers.all(Header::ForwardedFor).collect::<Vec<_>>(),
            [&b"1"[..], &[0xff, 0xfe]]
        );
        assert_eq!(headers.text(Header::Event), Some("x"));
        assert_eq!(headers.first(Header::Signature), None);
    }

    #[test]
    fn debug_shows_no_value() {
        let incoming = Incoming::post("secret-body")
            .query("token=secret-token")
            .header("X-Webhook-Event", "secret-header");
        let shown = format!("{incoming:?}");
        assert!(shown.contains("x-webhook-event") && !shown.contains("secret-"));
    }
}
