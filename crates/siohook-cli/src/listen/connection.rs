//! A connection: one request, read to the byte.

use std::fmt::Display;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::TRANSFER_ENCODING;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use siohook_sender::Capture;
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};
use tokio::time;

use super::delivery::Endpoint;
use super::framing::Parts;
use super::log::Said;
use super::reply::Reply;
use super::tap::{Instead, Seen, Tap};

/// The longest head.
const HEAD: usize = 16 * 1024;

/// How long a head may take, and how long a body.
const HEAD_TIME: Duration = Duration::from_secs(10);
const BODY_TIME: Duration = Duration::from_secs(30);

/// So much is read of a body that is too long. A sender that is not read to the end may not see
/// the answer.
const FLOOD: u64 = 64 * 1024 * 1024;

/// What is known of a connection.
pub(super) struct Connection {
    endpoint: Arc<Endpoint>,
    peer: SocketAddr,
    local: Option<SocketAddr>,
    seen: Arc<Seen>,
    instead: Arc<Instead>,
    /// Whether a request has begun that will be answered.
    has_head: AtomicBool,
    /// Whether there is an answer, which may not reach a sender that is gone.
    is_answered: AtomicBool,
}

/// A body, as far as it is kept.
struct Body {
    bytes: Vec<u8>,
    is_truncated: bool,
}

impl Connection {
    /// Serves a connection to its end. The delivery that came over it may go on.
    pub(super) async fn serve(
        endpoint: Arc<Endpoint>,
        stream: TcpStream,
        peer: SocketAddr,
        mut stop: watch::Receiver<bool>,
    ) {
        let connection = Arc::new(Self {
            endpoint,
            peer,
            local: stream.local_addr().ok(),
            seen: Arc::default(),
            instead: Arc::default(),
            has_head: AtomicBool::new(false),
            is_answered: AtomicBool::new(false),
        });
        let (seen, instead) = (&connection.seen, &connection.instead);
        let tap = Tap::new(stream, Arc::clone(seen), Arc::clone(instead));
        let service = service_fn(|request| Arc::clone(&connection).receive(request));
        let serving = http1::Builder::new()
            // One request a connection: what was read is that request.
            .keep_alive(false)
            // Some senders close their side when they have sent.
            .half_close(true)
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(tap), service)
            .without_shutdown();
        let serving = async {
            let tap = serving.await?.io.into_inner();
            // The sender may have hung up.
            let _ = tap.end().await;
            Ok::<_, hyper::Error>(())
        };
        // A sender that does not read its answer is not waited for either.
        let mut serving = pin!(time::timeout(connection.endpoint.patience, serving));
        let served = tokio::select! {
            served = &mut serving => served,
            () = stopped(&mut stop) => {
                if !connection.has_head.load(Ordering::Relaxed) {
                    return;
                }
                serving.await
            }
        };
        let is_answered = connection.is_answered.load(Ordering::Relaxed);
        if let Ok(Err(error)) = served
            && !is_answered
            && !connection.seen.is_empty()
        {
            connection.refused(error);
        }
    }

    /// Tells that no delivery came of what was sent.
    fn refused(&self, why: impl Display) {
        let words = format!("a request from {} was not taken: {why}", self.peer);
        self.endpoint.say(Said::Trouble(words));
    }

    /// Reads a request, and returns what it is answered. If it breaks off, it is not.
    async fn receive(
        self: Arc<Self>,
        mut request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, hyper::Error> {
        self.has_head.store(true, Ordering::Relaxed);
        let is_meant = self.endpoint.has_path(request.uri().path());
        let limit = if is_meant { self.endpoint.max_body } else { 0 };
        let body = time::timeout(BODY_TIME, self.read(request.body_mut(), limit));
        let reply = match body.await {
            _ if !is_meant => Reply::own(StatusCode::NOT_FOUND, "not_found"),
            Err(_) => {
                self.refused("its body took too long");
                Reply::own(StatusCode::REQUEST_TIMEOUT, "too_slow")
            }
            Ok(body) => {
                let is_chunked = request.headers().contains_key(TRANSFER_ENCODING);
                self.deliver(body?, is_chunked).await
            }
        };
        self.is_answered.store(true, Ordering::Relaxed);
        Ok(reply.response(&self.instead))
    }

    /// Reads a body, and keeps its first part.
    async fn read(&self, body: &mut Incoming, limit: usize) -> Result<Body, hyper::Error> {
        let mut kept = Body {
            bytes: vec![],
            is_truncated: false,
        };
        let mut dropped = 0;
        while dropped < FLOOD
            && let Some(frame) = body.frame().await
        {
            let Ok(data) = frame?.into_data() else {
                continue;
            };
            let room = data.len().min(limit - kept.bytes.len());
            kept.bytes.extend_from_slice(&data[..room]);
            dropped += (data.len() - room) as u64;
            if dropped > 0 && !kept.is_truncated {
                kept.is_truncated = true;
                self.seen.stop();
            }
        }
        Ok(kept)
    }

    /// Hands a delivery over, and waits for the answer.
    async fn deliver(&self, body: Body, is_chunked: bool) -> Reply {
        let seen = self.seen.take();
        let is_chunked = is_chunked && !body.is_truncated;
        let parts = Parts::of(&seen, body.bytes.len(), is_chunked);
        let capture = Capture::new(parts.head.to_vec(), body.bytes);
        let mut capture = match capture {
            Ok(capture) => capture,
            Err(error) => {
                self.refused(error);
                return Reply::own(StatusCode::BAD_REQUEST, "bad_request");
            }
        };
        // Files are named by microseconds.
        let now = jiff::Timestamp::from_microsecond(Timestamp::now().as_microsecond());
        if let Ok(time) = now.unwrap_or_default().to_string().parse() {
            capture = capture.with_receipt(time, Some(self.peer), self.local);
        }
        capture = capture.with_trailers([parts.trailers]);
        if body.is_truncated {
            capture = capture.truncated();
        } else {
            capture = capture.with_extra(parts.extra as u64);
        }
        let Some(capture) = self.endpoint.probes.take(capture) else {
            return Reply::own(StatusCode::OK, "probe");
        };
        let (answer, answered) = oneshot::channel();
        // It goes on if the sender hangs up, and in the background after an early answer.
        tokio::spawn(Arc::clone(&self.endpoint).deliver(capture, answer));
        let failed = || Reply::own(StatusCode::INTERNAL_SERVER_ERROR, "failed");
        answered.await.unwrap_or_else(|_| failed())
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Without a sender, it is over as well.
    let _ = stop.wait_for(|stop| *stop).await;
}
