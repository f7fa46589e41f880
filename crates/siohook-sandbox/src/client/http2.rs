//! HTTP/2.

use bytes::Bytes;
use http::{HeaderValue, Version};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use siohook_sender::Request;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::client::TlsStream;

use super::answer::{Failure, Received};

pub(super) async fn exchange(
    stream: TlsStream<TcpStream>,
    request: &Request,
    received: &mut Received,
) -> Result<(), Failure> {
    let request = converted(request)?;
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    // The connection ends with the set.
    let mut tasks = JoinSet::new();
    tasks.spawn(connection);
    let mut answer = sender.send_request(request).await?;
    received.status = Some(answer.status().as_u16());
    received.headers = answer.headers().iter().map(text).collect();
    while let Some(frame) = answer.frame().await {
        if let Ok(part) = frame?.into_data()
            && !received.keep(&part)
        {
            break;
        }
    }
    Ok(())
}

/// Converts a request. HTTP/2 has the host in `:authority`, so the header is left out.
fn converted(request: &Request) -> Result<http::Request<Full<Bytes>>, Failure> {
    let headers = request.headers().iter();
    headers
        .filter(|(name, _)| !name.eq_ignore_ascii_case("host"))
        .fold(
            http::Request::post(request.url()).version(Version::HTTP_2),
            |request, (name, value)| request.header(name, value.as_bytes()),
        )
        .body(Full::new(request.body().clone()))
        .map_err(|error| Failure::reset(format!("the request is not one of HTTP/2: {error}")))
}

fn text((name, value): (&http::HeaderName, &HeaderValue)) -> (String, String) {
    let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
    (name.as_str().to_owned(), value)
}
