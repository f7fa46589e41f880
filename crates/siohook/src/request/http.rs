//! Conversions from and to the types of the crate `http`.

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};

use super::{Head, Incoming, Reply};

/// Takes method, query, headers, announced length and extensions. The peer is not among
/// them: see [`Head::peer`].
impl From<Parts> for Head {
    fn from(mut parts: Parts) -> Self {
        let extensions = std::mem::take(&mut parts.extensions);
        let mut head = Self::without_extensions(&parts);
        head.extensions.set_http(extensions);
        head
    }
}

/// The same from borrowed parts, whose extensions are cloned.
impl From<&Parts> for Head {
    fn from(parts: &Parts) -> Self {
        let mut head = Self::without_extensions(parts);
        head.extensions.set_http(parts.extensions.clone());
        head
    }
}

impl Head {
    fn without_extensions(parts: &Parts) -> Self {
        let length = parts.headers.get(CONTENT_LENGTH);
        let length = length.and_then(|it| it.to_str().ok()?.trim().parse().ok());
        let mut head = Self::new(&parts.method)
            .query(parts.uri.query().unwrap_or_default())
            .headers(&parts.headers);
        head.announced_length = length;
        head
    }
}

impl From<(Parts, Bytes)> for Incoming {
    fn from((parts, body): (Parts, Bytes)) -> Self {
        Head::from(parts).with_body(body)
    }
}

impl From<Request<Bytes>> for Incoming {
    fn from(request: Request<Bytes>) -> Self {
        request.into_parts().into()
    }
}

impl From<Reply> for Response<Bytes> {
    fn from(reply: Reply) -> Self {
        let mut response = Self::new(Bytes::from_static(reply.body()));
        *response.status_mut() =
            StatusCode::from_u16(reply.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        // Some servers that wrap a body forget its length.
        headers.insert(CONTENT_LENGTH, reply.body().len().into());
        for (name, value) in reply.headers() {
            // They are words of ours and a number, so none is left out.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}
