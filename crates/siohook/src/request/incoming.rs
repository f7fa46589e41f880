use std::fmt;
use std::io::Read;
use std::net::IpAddr;

use bytes::Bytes;

use super::head::{Head, POST};

/// A request with its body: the input of
/// [`Dispatcher::receive`](crate::Dispatcher::receive) and
/// [`Dispatcher::verify`](crate::Dispatcher::verify).
///
/// An adapter for a web framework makes one from the framework's request:
///
/// ```
/// use siohook::{Dispatcher, Incoming, Reply};
///
/// async fn adapter(dispatcher: &Dispatcher, body: Vec<u8>) -> Reply {
///     let incoming = Incoming::post(body)
///         .query("token=abc")
///         .peer([203, 0, 113, 7].into())
///         .header("X-Webhook-Event", "CONTACT_CREATED");
///     dispatcher.receive(incoming).await
/// }
/// ```
///
/// An adapter that reads the body itself starts from a [`Head`]. With the feature `http`,
/// `Incoming::from((parts, bytes))` does the whole conversion.
///
/// `Debug` shows the same as that of [`Head`], and the length of the body.
pub struct Incoming {
    pub(crate) head: Head,
    pub(crate) body: Body,
}

/// The outcome of reading the body.
pub(crate) enum Body {
    Whole(Bytes),
    TooLong,
    Unreadable,
}

impl Head {
    /// Adds the whole body. It is not copied if it is `Bytes`, a `Vec<u8>` or a `String`.
    ///
    /// ```
    /// let incoming = siohook::Head::new("POST").with_body("{}");
    /// # let _ = incoming;
    /// ```
    #[must_use]
    pub fn with_body(self, body: impl Into<Bytes>) -> Incoming {
        self.with(Body::Whole(body.into()))
    }

    /// Reads the body from `reader`, in servers that block: at most `max_bytes` of it, and not
    /// past the announced length.
    ///
    /// ```
    /// # use siohook::{Dispatcher, Head, Reply};
    /// # async fn reply(dispatcher: &Dispatcher, head: Head) -> Reply {
    /// if let Err(rejection) = dispatcher.check_head(&head) {
    ///     return rejection.reply();
    /// }
    /// let incoming = head.read_body(std::io::stdin(), dispatcher.max_body_bytes());
    /// dispatcher.receive(incoming).await
    /// # }
    /// ```
    #[must_use]
    pub fn read_body(self, reader: impl Read, max_bytes: usize) -> Incoming {
        let longest = (max_bytes as u64).saturating_add(1);
        let announced = self.announced_length;
        let mut body = vec![];
        let mut reader = reader.take(announced.unwrap_or(longest).min(longest));
        match reader.read_to_end(&mut body) {
            Ok(length) if length > max_bytes => self.too_long(),
            Ok(length) if announced.is_none_or(|announced| announced == length as u64) => {
                self.with_body(body)
            }
            _ => self.unreadable(),
        }
    }

    /// Marks the body as longer than
    /// [`max_body_bytes`](crate::Dispatcher::max_body_bytes). The reply is 413.
    ///
    /// An adapter that counts bytes while it reads can stop there:
    ///
    /// ```
    /// use siohook::{Dispatcher, Head, Incoming};
    ///
    /// fn incoming(dispatcher: &Dispatcher, head: Head, chunks: &[&[u8]]) -> Incoming {
    ///     let mut body = Vec::new();
    ///     for chunk in chunks {
    ///         if body.len() + chunk.len() > dispatcher.max_body_bytes() {
    ///             return head.too_long();
    ///         }
    ///         body.extend_from_slice(chunk);
    ///     }
    ///     head.with_body(body)
    /// }
    /// ```
    #[must_use]
    pub fn too_long(self) -> Incoming {
        self.with(Body::TooLong)
    }

    /// Marks the body as cut off: the connection broke before its end. The reply is 400,
    /// if the connection can still carry one.
    ///
    /// ```
    /// use siohook::{Head, Incoming};
    ///
    /// fn incoming(head: Head, body: std::io::Result<Vec<u8>>) -> Incoming {
    ///     match body {
    ///         Ok(body) => head.with_body(body),
    ///         Err(_) => head.unreadable(),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn unreadable(self) -> Incoming {
        self.with(Body::Unreadable)
    }

    fn with(self, body: Body) -> Incoming {
        Incoming { head: self, body }
    }
}

impl Incoming {
    /// Creates a request with this method, as the client sent it, and its whole body.
    ///
    /// ```standalone_crate
    /// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
    /// let incoming = siohook::Incoming::new("GET", "");
    /// assert_eq!(dispatcher.verify(incoming).unwrap_err().code(), "method_not_allowed");
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
    pub fn new(method: impl AsRef<str>, body: impl Into<Bytes>) -> Self {
        Head::new(method).with_body(body)
    }

    /// Creates a `POST` with this body.
    ///
    /// ```standalone_crate
    /// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
    /// let incoming = siohook::Incoming::post(r#"{"type": "ping", "data": {}}"#);
    /// assert_eq!(dispatcher.verify(incoming)?.event(), "ping");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn post(body: impl Into<Bytes>) -> Self {
        Self::new(POST, body)
    }

    /// Sets the method, as the client sent it: see [`Head::new`].
    ///
    /// ```
    /// let incoming = siohook::Incoming::post("{}").method("PUT");
    /// # let _ = incoming;
    /// ```
    #[must_use]
    pub fn method(mut self, method: impl AsRef<str>) -> Self {
        self.head.method = Head::new(method).method;
        self
    }

    /// Sets the query of the URL: see [`Head::query`].
    ///
    /// ```standalone_crate
    /// use siohook::{Dispatcher, Incoming};
    ///
    /// let dispatcher = Dispatcher::builder().automation_token("abc").allow_no_handlers().build()?;
    /// let incoming = Incoming::post(r#"{"type": "ping", "data": {}}"#).query("tier=gold&token=abc");
    /// let delivery = dispatcher.verify(incoming)?;
    /// assert_eq!(delivery.query("tier").as_deref(), Some("gold"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn query(self, query: impl AsRef<str>) -> Self {
        self.with_head(|head| head.query(query))
    }

    /// Sets the address of the peer of the connection: see [`Head::peer`].
    ///
    /// ```standalone_crate
    /// use siohook::{Dispatcher, Incoming, IpAllowList};
    ///
    /// let dispatcher = Dispatcher::builder()
    ///     .source_ips(IpAllowList::new(["203.0.113.7"]))
    ///     .allow_no_handlers()
    ///     .build()?;
    /// let incoming = || Incoming::post(r#"{"type": "ping", "data": {}}"#);
    /// assert!(dispatcher.verify(incoming().peer([203, 0, 113, 7].into())).is_ok());
    /// assert!(dispatcher.verify(incoming().peer([203, 0, 113, 8].into())).is_err());
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
    #[must_use]
    pub fn peer(self, address: IpAddr) -> Self {
        self.with_head(|head| head.peer(address))
    }

    /// Adds a header: see [`Head::header`].
    ///
    /// ```standalone_crate
    /// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
    /// use siohook::{Incoming, Mechanism};
    ///
    /// let incoming = Incoming::post(r#"{"contact": {}}"#).header("X-Webhook-Event", "CONTACT_CREATED");
    /// let delivery = dispatcher.verify(incoming)?;
    /// assert_eq!(delivery.mechanism(), Mechanism::Account);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn header(self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        self.headers([(name, value)])
    }

    /// Adds several headers: see [`Head::headers`]. The length of the body is known, so
    /// `Content-Length` is ignored.
    ///
    /// ```
    /// let headers = [("X-Webhook-Event", "SALE_NEW"), ("X-Webhook-Schema-Version", "2")];
    /// let incoming = siohook::Incoming::post("{}").headers(headers);
    /// # let _ = incoming;
    /// ```
    #[must_use]
    pub fn headers<N: AsRef<str>, V: AsRef<[u8]>>(
        self,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.with_head(|mut head| {
            for (name, value) in headers {
                head.keep(name.as_ref(), value.as_ref());
            }
            head
        })
    }

    /// Adds a value that handlers take as [`Extension<T>`](crate::Extension): see
    /// [`Head::extension`].
    ///
    /// ```
    /// #[derive(Clone)]
    /// struct Tenant(u32);
    ///
    /// let incoming = siohook::Incoming::post("{}").extension(Tenant(7));
    /// # let _ = incoming;
    /// ```
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
    use std::io::{self, Cursor};

    use super::*;

    /// What is made of a body of 4 bytes with this limit, and how much of it is read.
    fn read(announced: Option<u64>, max_bytes: usize) -> (Body, u64) {
        let mut head = Head::new(POST);
        head.announced_length = announced;
        let mut reader = Cursor::new("body");
        let body = head.read_body(&mut reader, max_bytes).body;
        (body, reader.position())
    }

    #[test]
    fn a_reader_gives_a_whole_body() {
        for (announced, max_bytes) in [(None, 4), (None, 9), (Some(4), 4), (Some(4), 9)] {
            let (body, _) = read(announced, max_bytes);
            assert!(matches!(body, Body::Whole(bytes) if bytes == "body"));
        }
    }

    #[test]
    fn no_more_of_a_reader_is_read_than_there_should_be() {
        let (body, bytes) = read(Some(2), 9);
        assert!(matches!(body, Body::Whole(body) if body == "bo") && bytes == 2);
        for announced in [None, Some(4), Some(u64::MAX)] {
            let (body, bytes) = read(announced, 2);
            assert!(matches!(body, Body::TooLong) && bytes == 3);
        }
    }

    struct Broken;

    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }

    #[test]
    fn a_reader_that_breaks_off_is_unreadable() {
        let (body, _) = read(Some(5), 9);
        assert!(matches!(body, Body::Unreadable));
        let body = Head::new(POST).read_body(Broken, 9).body;
        assert!(matches!(body, Body::Unreadable));
    }

    #[test]
    fn debug_shows_neither_query_nor_header_values_nor_body() {
        let incoming = Incoming::post("secret-body")
            .query("token=secret-token")
            .header("X-Webhook-Event", "secret-header");
        let shown = format!("{incoming:?}");
        assert!(shown.contains("x-webhook-event") && !shown.contains("secret-"));
    }
}
