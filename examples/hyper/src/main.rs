//! Receives deliveries with nothing but hyper, over HTTP/1 and HTTP/2, on
//! 127.0.0.1:3000 or on the address given as an argument.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-hyper
//! ```
//!
//! and send it an automation from another terminal:
//!
//! ```sh
//! curl -i --http2-prior-knowledge 'http://127.0.0.1:3000/systeme?token=b7e1f3c9' \
//!     --data-binary @fixtures/automation/contact.tag.added.json
//! ```
//!
//! The handlers are those of `examples/shared`, where the configuration is, too.
//! Ctrl-C stops the server once every delivery in progress has ended.

use std::convert::Infallible;
use std::error::Error;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
// Names the crate of the handlers, so that they are linked.
use example_shared::{address, announce, builder};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower_http::timeout::DeadlineBody;

/// How long a head may take, and a body.
const DEADLINE: Duration = Duration::from_secs(10);

const MAX_CONNECTIONS: usize = 256;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Handle::current();
    let dispatcher = builder()
        // A sender that hangs up does not stop a handler halfway: the deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    let listener = TcpListener::bind(address()).await?;
    announce(&dispatcher, listener.local_addr()?);

    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(DEADLINE);
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let connections = GracefulShutdown::new();
    let mut stop = pin!(tokio::signal::ctrl_c());
    loop {
        let next = async {
            let permit = Arc::clone(&permits).acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            next = next => next,
            _ = &mut stop => break,
        };
        // The connection broke before it was accepted.
        let Ok((stream, peer)) = accepted else {
            continue;
        };
        let systeme = dispatcher.service().peer(move |_| Some(peer.ip()));
        let service = service_fn(move |request| route(systeme.clone(), request));
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection.into_owned());
        tokio::spawn(async move {
            // Why it ended is of no use here.
            let _ = connection.await;
            drop(permit);
        });
    }
    connections.shutdown().await;
    dispatcher.idle().await;
    Ok(())
}

async fn route(
    systeme: siohook::DispatcherService,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() == "/systeme" {
        let request = request.map(|body| DeadlineBody::new(DEADLINE, body));
        return TowerToHyperService::new(systeme).call(request).await;
    }
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NOT_FOUND;
    Ok(response)
}
