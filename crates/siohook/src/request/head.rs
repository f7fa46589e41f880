use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use siohook_events::Shown;

use super::extensions::Extensions;
use super::headers::{Header, Headers};

pub(crate) const POST: &str = "POST";

/// Everything of a request but its body: what
/// [`check_head`](crate::Dispatcher::check_head) looks at before an adapter reads a
/// body.
///
/// `Debug` shows no value that could be secret or personal.
///
/// ```
/// use siohook::Head;
///
/// # fn f(dispatcher: &siohook::Dispatcher) {
/// let head = Head::new("POST")
///     .query("token=abc")
///     .peer("203.0.113.7".parse().unwrap())
///     .header("X-Webhook-Event", "CONTACT_CREATED")
///     .announced_length(512);
/// if dispatcher.check_head(&head).is_ok() {
///     let body = "{}"; // read from the connection
///     let incoming = head.with_body(body);
/// #   let _ = incoming;
/// }
/// # }
/// ```
pub struct Head {
    pub(crate) method: Cow<'static, str>,
    pub(crate) query: Box<str>,
    pub(crate) peer: Option<IpAddr>,
    pub(crate) headers: Headers,
    pub(crate) extensions: Extensions,
    pub(crate) announced_length: Option<u64>,
}

impl Head {
    /// The head of a request with this method, as it was sent.
    #[must_use]
    pub fn new(method: impl AsRef<str>) -> Self {
        Self {
            method: match method.as_ref() {
                POST => Cow::Borrowed(POST),
                other => Cow::Owned(other.to_owned()),
            },
            query: Box::default(),
            peer: None,
            headers: Headers::default(),
            extensions: Extensions::default(),
            announced_length: None,
        }
    }

    /// Sets the query of the URL: what follows `?`, still percent-encoded.
    #[must_use]
    pub fn query(mut self, query: impl AsRef<str>) -> Self {
        self.query = query.as_ref().into();
        self
    }

    /// Sets the address of the other end of the connection: of the sender, or of the
    /// proxy in front.
    #[must_use]
    pub fn peer(mut self, address: IpAddr) -> Self {
        self.peer = Some(address);
        self
    }

    /// Adds a header. A name may come several times, and in any case. Headers that
    /// siohook does not read are not kept. Of a few that other senders sign with, such as
    /// `X-Hub-Signature-256`, it is kept that there was one, for the hint of a refusal.
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

    /// Adds a value that handlers take as [`Extension<T>`](crate::Extension), in place
    /// of one of the same type.
    #[must_use]
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.extensions.insert(value);
        self
    }

    /// Sets the length in bytes that the request announces for its body
    /// (`Content-Length`).
    #[must_use]
    pub fn announced_length(mut self, bytes: u64) -> Self {
        self.announced_length = Some(bytes);
        self
    }
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.headers.present().map(Header::name);
        f.debug_struct("Head")
            .field("method", &Shown::value(&self.method))
            .field("peer", &self.peer)
            .field("headers", &names.collect::<Vec<_>>())
            .field("announced_length", &self.announced_length)
            .finish_non_exhaustive()
    }
}
