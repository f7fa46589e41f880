#[cfg(feature = "http")]
mod http;
mod url;

use std::error::Error;
use std::fmt;

use bytes::Bytes;
use siohook_events::Shown;

use self::url::Url;
use crate::Sample;

/// The longest URL and the longest name of a header. HTTP libraries refuse longer ones.
const MAX_LENGTH: usize = 32 * 1024;

/// Request in the exact form in which systeme.io sends it.
///
/// ```
/// # mod siohook { pub use siohook_sender as testing; }
/// use siohook::testing::Sample;
///
/// let tag = Sample::of("contact.tag.added").with_body("{}");
/// let request = tag.request("http://127.0.0.1:3000/systeme?shop=7")?;
/// assert_eq!(
///     String::from_utf8(request.to_http1()).unwrap(),
///     "POST /systeme?shop=7&token=b7e1f3c9 HTTP/1.1\r\n\
///      content-length: 2\r\n\
///      content-type: application/json\r\n\
///      accept-charset: ISO-8859-1,utf-8;q=0.7,*;q=0.7\r\n\
///      accept-language: en-us,en;q=0.5\r\n\
///      accept: application/json\r\n\
///      user-agent: Symfony\r\n\
///      host: 127.0.0.1:3000\r\n\
///      \r\n\
///      {}",
/// );
/// # Ok::<(), siohook::testing::RequestError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Request {
    /// `http://127.0.0.1:3000`, or empty if the URL is only a path.
    origin: String,
    host: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Sample {
    /// Makes a request to this URL, and appends the token if the sample has one.
    ///
    /// For a router that is called without a socket, the URL can be only a path. Its host is
    /// then `localhost`.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// let request = Sample::of("SALE_NEW").request("https://shop.example.com/systeme")?;
    /// assert_eq!(request.host(), "shop.example.com");
    ///
    /// let error = Sample::of("SALE_NEW").request("shop.example.com/systeme").unwrap_err();
    /// assert_eq!(error.to_string(), "the URL begins with neither `http://`, `https://` nor `/`");
    /// # Ok::<(), siohook::testing::RequestError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the URL is malformed or over 32 KiB, or if a [given header](Sample::header) has an
    /// invalid name or a control character in its value.
    pub fn request(&self, url: &str) -> Result<Request, RequestError> {
        let of_url = |why: &str| RequestError(format!("the URL {why}").into());
        let url = Url::parse(url).map_err(of_url)?;
        let request = Request {
            origin: url.origin.to_owned(),
            host: url.host.to_owned(),
            target: url.target_with(&self.query()),
            headers: self.headers_to(url.host),
            body: self.body().clone(),
        };
        if request.url().len() > MAX_LENGTH {
            return Err(of_url("is too long"));
        }
        for (name, value) in &request.headers {
            check_header(name, value)?;
        }
        Ok(request)
    }
}

impl Request {
    /// Returns the method: `POST`.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let request = siohook::testing::Sample::of("SALE_NEW").request("/systeme")?;
    /// assert_eq!(request.method(), "POST");
    /// # Ok::<(), siohook::testing::RequestError>(())
    /// ```
    #[must_use]
    pub fn method(&self) -> &'static str {
        "POST"
    }

    /// Returns the URL, including the token.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// let request = Sample::of("contact.tag.added").request("http://127.0.0.1:3000")?;
    /// assert_eq!(request.url(), "http://127.0.0.1:3000/?token=b7e1f3c9");
    /// # Ok::<(), siohook::testing::RequestError>(())
    /// ```
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.target)
    }

    /// Returns the host of the URL, with the port if the URL has one.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let request = siohook::testing::Sample::of("SALE_NEW").request("http://[::1]:3000/systeme")?;
    /// assert_eq!(request.host(), "[::1]:3000");
    /// # Ok::<(), siohook::testing::RequestError>(())
    /// ```
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns path and query, including the token.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// let request = Sample::of("contact.tag.added").token("a b").request("/systeme")?;
    /// assert_eq!(request.target(), "/systeme?token=a%20b");
    /// # Ok::<(), siohook::testing::RequestError>(())
    /// ```
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Returns names and values of the headers in the order of the wire, including
    /// `content-length` and `host`.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let request = siohook::testing::Sample::of("SALE_NEW").request("/systeme")?;
    /// let names: Vec<&str> = request.headers().iter().map(|(name, _)| &**name).collect();
    /// assert_eq!((names[0], names[names.len() - 1]), ("content-length", "host"));
    /// # Ok::<(), siohook::testing::RequestError>(())
    /// ```
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// Returns the body.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let sale = siohook::testing::Sample::of("SALE_NEW");
    /// assert_eq!(sale.request("/systeme")?.body(), sale.body());
    /// # Ok::<(), siohook::testing::RequestError>(())
    /// ```
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the bytes of the request on an HTTP/1.1 connection.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let request = siohook::testing::Sample::of("SALE_NEW").request("/systeme")?;
    /// assert!(request.to_http1().starts_with(b"POST /systeme HTTP/1.1\r\n"));
    /// # Ok::<(), siohook::testing::RequestError>(())
    /// ```
    #[must_use]
    pub fn to_http1(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method(), self.target);
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

/// Shows neither the token nor the signature.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.target.split('?').next().unwrap_or_default();
        f.debug_struct("Request")
            .field("url", &format_args!("{}{path}", self.origin))
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Error of a sample that can't be sent as a request.
///
/// The text repeats neither the URL, which may hold a token, nor the value of a header.
///
/// ```
/// # mod siohook { pub use siohook_sender as testing; }
/// let error = siohook::testing::Sample::of("SALE_NEW").request("http://").unwrap_err();
/// assert_eq!(error.to_string(), "the URL has no host");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestError(Box<str>);

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for RequestError {}

/// Checks a header by RFC 9110: a name is a token, and a value has no control characters
/// except tabs.
fn check_header(name: &str, value: &str) -> Result<(), RequestError> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_name = (1..=MAX_LENGTH).contains(&name.len()) && name.bytes().all(is_token);
    let why = if !is_name {
        "that is not the name of a header"
    } else if value
        .bytes()
        .any(|byte| byte.is_ascii_control() && byte != b'\t')
    {
        "its value has a control character"
    } else {
        return Ok(());
    };
    let name = Shown::value(name);
    Err(RequestError(
        format!("the header `{name}` can't be sent: {why}").into(),
    ))
}
