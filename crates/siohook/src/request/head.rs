use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use siohook_events::Shown;

use super::extensions::Extensions;
use super::headers::{Header, Headers};

pub(crate) const POST: &str = "POST";

/// A request without its body.
///
/// [`Dispatcher::check_head`](crate::Dispatcher::check_head) refuses many requests by
/// their head alone. An adapter calls it before it reads the body, so a forged request
/// costs no memory:
///
/// ```
/// use siohook::{Dispatcher, Head, Reply};
///
/// async fn adapter(dispatcher: &Dispatcher) -> Reply {
///     let head = Head::new("POST")
///         .query("token=abc")
///         .peer([203, 0, 113, 7].into())
///         .header("X-Webhook-Event", "CONTACT_CREATED")
///         .announced_length(512);
///     if let Err(rejection) = dispatcher.check_head(&head) {
///         return rejection.reply();
///     }
///     let body = "{}"; // read from the connection
///     dispatcher.receive(head.with_body(body)).await
/// }
/// ```
///
/// With the feature `http`, `Head::from(parts)` makes one from `http::request::Parts`.
///
/// `Debug` shows the method, the peer, the announced length and the names of the headers
/// that siohook reads. It shows neither the query nor a header's value, because they may
/// be secret or personal.
pub struct Head {
    pub(crate) method: Cow<'static, str>,
    pub(crate) query: Box<str>,
    pub(crate) peer: Option<IpAddr>,
    pub(crate) headers: Headers,
    pub(crate) extensions: Extensions,
    pub(crate) announced_length: Option<u64>,
}

impl Head {
    /// Creates the head of a request with this method and nothing else.
    ///
    /// Methods are case-sensitive, so pass the method as the client sent it. Every method
    /// but `POST` is refused with 405.
    ///
    /// ```standalone_crate
    /// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
    /// use siohook::Head;
    ///
    /// assert!(dispatcher.check_head(&Head::new("POST")).is_ok());
    /// assert_eq!(dispatcher.check_head(&Head::new("GET")).unwrap_err().status(), 405);
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
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

    /// Sets the query of the URL: the part after `?`, still percent-encoded.
    ///
    /// The token of an automation is read from it, and handlers read its parameters with
    /// [`Delivery::query`](crate::Delivery::query).
    ///
    /// ```
    /// // https://shop.example.com/systeme?tier=gold&token=a%2Fb
    /// let head = siohook::Head::new("POST").query("tier=gold&token=a%2Fb");
    /// # let _ = head;
    /// ```
    #[must_use]
    pub fn query(mut self, query: impl AsRef<str>) -> Self {
        self.query = query.as_ref().into();
        self
    }

    /// Sets the address of the peer of the connection: the sender, or the proxy in front
    /// of this server.
    ///
    /// Pass the address of the socket. siohook reads `X-Forwarded-For` and `Forwarded`
    /// itself, if the peer is one of the
    /// [`trusted_proxies`](crate::DispatcherBuilder::trusted_proxies). Without a peer,
    /// a dispatcher that has [`source_ips`](crate::DispatcherBuilder::source_ips) refuses
    /// the request.
    ///
    /// ```
    /// use std::net::SocketAddr;
    ///
    /// use siohook::Head;
    ///
    /// let socket: SocketAddr = "203.0.113.7:49152".parse()?;
    /// let head = Head::new("POST").peer(socket.ip());
    /// # let _ = head;
    /// # Ok::<(), std::net::AddrParseError>(())
    /// ```
    #[must_use]
    pub fn peer(mut self, address: IpAddr) -> Self {
        self.peer = Some(address);
        self
    }

    /// Adds a header. Names are case-insensitive, a name may be repeated, and a value may
    /// hold any bytes.
    ///
    /// Only the headers that siohook reads are kept. A signature header of another
    /// provider, such as `X-Hub-Signature-256`, is noted without its value, so that a
    /// refusal can mention it. `Content-Length` sets the
    /// [announced length](Self::announced_length).
    ///
    /// ```
    /// use siohook::Head;
    ///
    /// let head = Head::new("POST")
    ///     .header("X-Webhook-Event", "SALE_NEW")
    ///     .header("x-forwarded-for", b"203.0.113.7")
    ///     .header("accept", "application/json"); // not kept
    /// let shown = format!("{head:?}");
    /// assert!(shown.contains("x-webhook-event"));
    /// assert!(!shown.contains("accept"));
    /// ```
    #[must_use]
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        self.headers([(name, value)])
    }

    /// Adds several [headers](Self::header) in their order, such as the header map of a
    /// framework.
    ///
    /// ```
    /// use siohook::Head;
    ///
    /// let head = Head::new("POST").headers([
    ///     ("X-Webhook-Event", "SALE_NEW"),
    ///     ("X-Webhook-Schema-Version", "2"),
    /// ]);
    /// # let _ = head;
    /// ```
    #[must_use]
    pub fn headers<N: AsRef<str>, V: AsRef<[u8]>>(
        mut self,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        for (name, value) in headers {
            let (name, value) = (name.as_ref(), value.as_ref());
            if !self.keep(name, value) && name.eq_ignore_ascii_case("content-length") {
                let length = str::from_utf8(value).ok();
                let length = length.and_then(|length| length.trim().parse().ok());
                self.announced_length = self.announced_length.or(length);
            }
        }
        self
    }

    /// Keeps a header if siohook reads it, and returns whether it does.
    #[inline]
    pub(super) fn keep(&mut self, name: &str, value: &[u8]) -> bool {
        let header = Header::named(name);
        if let Some(header) = header {
            self.headers.push(header, value);
        }
        header.is_some()
    }

    /// Adds a value that handlers take as [`Extension<T>`](crate::Extension). It replaces
    /// an earlier value of the same type.
    ///
    /// ```
    /// use siohook::{Extension, Head, on_event};
    ///
    /// #[derive(Clone)]
    /// struct Tenant(u32);
    ///
    /// #[on_event("SALE_NEW")]
    /// fn grant(Extension(tenant): Extension<Tenant>) {
    ///     println!("a sale of tenant {}", tenant.0);
    /// }
    ///
    /// let head = Head::new("POST").extension(Tenant(7));
    /// # let _ = head;
    /// ```
    #[must_use]
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.extensions.insert(value);
        self
    }

    /// Sets the length in bytes that is announced for the body. [`headers`](Self::headers)
    /// set it to the `Content-Length` among them.
    ///
    /// [`check_head`](crate::Dispatcher::check_head) refuses a length over
    /// [`max_body_bytes`](crate::DispatcherBuilder::max_body_bytes) with 413. Leave it
    /// unset for a chunked body.
    ///
    /// ```standalone_crate
    /// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
    /// let head = siohook::Head::new("POST").announced_length(5_000_000);
    /// assert_eq!(dispatcher.check_head(&head).unwrap_err().code(), "body_too_large");
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
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
