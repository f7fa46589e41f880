//! A client of HTTP/2 with prior knowledge.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use bytes::Bytes;
use h2::client::SendRequest;
use h2::{Reason, SendStream};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::connection::PATIENCE;
use crate::expected::Expected;
use crate::failure::{Checked, Failure};
use crate::request::Request;
use crate::response::Response;
use crate::server::MAX_BODY_BYTES;
use crate::target::Target;

/// The most bytes for which the client reserves capacity at once.
const PIECE: usize = 16 * 1024;

#[derive(Clone)]
pub(super) struct Client(SendRequest<Bytes>);

/// The body that is sent after the head.
pub(super) enum Body {
    OfRequest,
    Endless,
    /// No bytes, and no end of the stream.
    Withheld,
}

/// Runs a test on one connection to the server.
pub(super) fn on(target: Target, test: impl AsyncFnOnce(&Client) -> Checked) -> Checked {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let all = async {
        let stream = TcpStream::connect(target.address()).await?;
        let (client, connection) = h2::client::handshake(stream).await.map_err(failure)?;
        tokio::spawn(async move {
            // Each stream sees an error of the connection.
            let _ = connection.await;
        });
        test(&Client(client)).await
    };
    let late = |_| Failure::new(format!("no response within {} s", PATIENCE.as_secs()));
    // A timer has to be created inside the runtime.
    runtime.block_on(async { timeout(PATIENCE, all).await.map_err(late)? })
}

impl Client {
    pub(super) async fn answers(&self, request: &Request, expected: Expected) -> Checked {
        let response = self.exchange(request, Body::OfRequest).await?;
        expected.is(request, &response)
    }

    pub(super) async fn exchange(&self, request: &Request, body: Body) -> Checked<Response> {
        let (total, piece) = match body {
            Body::OfRequest => (request.body().len(), Bytes::copy_from_slice(request.body())),
            Body::Withheld => (0, Bytes::new()),
            Body::Endless => (64 * MAX_BODY_BYTES, Bytes::from_static(&[b' '; PIECE])),
        };
        let ends = total == 0 && !matches!(body, Body::Withheld);
        let mut client = self.0.clone().ready().await.map_err(failure)?;
        let head = head(request)?;
        let (response, stream) = client.send_request(head, ends).map_err(failure)?;
        let (mut response, mut sending) = (pin!(response), pin!(send(stream, piece, total)));
        let mut is_sent = total == 0;
        let response = poll_fn(|cx| {
            if let Poll::Ready(response) = response.as_mut().poll(cx) {
                return Poll::Ready(response);
            }
            // A server that responds early need not read the rest of the body.
            is_sent = is_sent || sending.as_mut().poll(cx).is_ready();
            Poll::Pending
        });
        let (parts, mut body) = response.await.map_err(failure)?.into_parts();
        let mut received = vec![];
        while let Some(data) = body.data().await {
            let data = data.map_err(failure)?;
            // The response is so small that the server needs no more flow-control credit.
            received.extend_from_slice(&data);
        }
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.to_string(), value.as_bytes().to_vec())
        };
        let headers = parts.headers.iter().map(header).collect();
        Ok(Response::new(parts.status.as_u16(), headers, received))
    }

    /// Sends a whole body without the end of the stream, and resets the stream.
    pub(super) async fn reset_after_body(&self, request: &Request) -> Checked {
        let mut client = self.0.clone().ready().await.map_err(failure)?;
        let (_response, mut stream) = client
            .send_request(head(request)?, false)
            .map_err(failure)?;
        let body = Bytes::copy_from_slice(request.body());
        stream.send_data(body, false).map_err(failure)?;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        stream.send_reset(Reason::CANCEL);
        Ok(())
    }
}

/// Sends the piece repeatedly, as fast as the server reads it.
async fn send(mut stream: SendStream<Bytes>, piece: Bytes, total: usize) -> Result<(), h2::Error> {
    let mut left = total;
    while left > 0 {
        let mut rest = piece.clone();
        while !rest.is_empty() {
            stream.reserve_capacity(rest.len().min(PIECE));
            let capacity = match poll_fn(|cx| stream.poll_capacity(cx)).await {
                Some(capacity) => capacity?,
                None => return Ok(()),
            };
            let data = rest.split_to(capacity.min(rest.len()));
            left -= data.len();
            stream.send_data(data, left == 0)?;
        }
    }
    Ok(())
}

fn head(request: &Request) -> Checked<http::Request<()>> {
    let (method, target, headers) = request.parts();
    let mut head = http::Request::builder()
        .method(method)
        .uri(format!("http://siohook.example{target}"))
        .version(http::Version::HTTP_2);
    for (name, value) in headers {
        // HTTP/2 has `:authority` instead, which is a part of the URI.
        if name != "Host" {
            head = head.header(name.as_str(), value.as_slice());
        }
    }
    head.body(())
        .map_err(|error| Failure::new(format!("the request is malformed: {error}")))
}

fn failure(error: h2::Error) -> Failure {
    Failure::new(format!("HTTP/2: {error}"))
}
