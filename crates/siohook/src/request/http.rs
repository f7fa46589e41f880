//! Conversions from and to the types of the crate `http`.

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};

use super::{Head, Incoming, Reply};

/// Takes method, query, headers, announced length and extensions.
///
/// `http` knows no peer. Set it with [`Head::peer`] if source addresses are configured.
///
/// ```
/// use siohook::Head;
///
/// let request = http::Request::post("/systeme?token=abc").body(())?;
/// let (parts, ()) = request.into_parts();
/// let head = Head::from(parts).peer([203, 0, 113, 7].into());
/// # let _ = head;
/// # Ok::<(), http::Error>(())
/// ```
impl From<Parts> for Head {
    fn from(mut parts: Parts) -> Self {
        let extensions = std::mem::take(&mut parts.extensions);
        let mut head = Self::without_extensions(&parts);
        head.extensions.set_http(extensions);
        head
    }
}

/// Takes the same as the conversion of owned parts, and clones the extensions.
///
/// It is for a middleware that passes the request on.
impl From<&Parts> for Head {
    fn from(parts: &Parts) -> Self {
        let mut head = Self::without_extensions(parts);
        head.extensions.set_http(parts.extensions.clone());
        head
    }
}

impl Head {
    fn without_extensions(parts: &Parts) -> Self {
        Self::new(&parts.method)
            .query(parts.uri.query().unwrap_or_default())
            .headers(&parts.headers)
    }
}

/// Makes a request from its [head](Head) and its whole body.
///
/// ```
/// use bytes::Bytes;
/// use siohook::Incoming;
///
/// let request = http::Request::post("/systeme").body(Bytes::from("{}"))?;
/// let incoming = Incoming::from(request.into_parts());
/// # let _ = incoming;
/// # Ok::<(), http::Error>(())
/// ```
impl From<(Parts, Bytes)> for Incoming {
    fn from((parts, body): (Parts, Bytes)) -> Self {
        Head::from(parts).with_body(body)
    }
}

/// Makes a request from one whose body was read already.
impl From<Request<Bytes>> for Incoming {
    fn from(request: Request<Bytes>) -> Self {
        request.into_parts().into()
    }
}

/// Sets status, headers and body, `content-length` included.
///
/// ```standalone_crate
/// use bytes::Bytes;
/// use http::Response;
/// use siohook::{Dispatcher, Incoming};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), siohook::BuildError> {
/// # let dispatcher = Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
/// let reply = dispatcher.receive(Incoming::new("GET", "")).await;
/// let response: Response<Bytes> = reply.into();
/// assert_eq!(response.status(), 405);
/// assert_eq!(response.headers()["allow"], "POST");
/// # Ok(())
/// # }
/// ```
impl From<Reply> for Response<Bytes> {
    fn from(reply: Reply) -> Self {
        let mut response = Self::new(Bytes::from_static(reply.body()));
        *response.status_mut() =
            StatusCode::from_u16(reply.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        // Some servers do not set the length of a body that they wrap.
        headers.insert(CONTENT_LENGTH, reply.body().len().into());
        for (name, value) in reply.headers() {
            // The values are fixed words and a number, so each one is valid.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}
