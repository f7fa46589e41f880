//! The server: all faces on one port.

mod connection;
mod guard;
mod recorder;
mod tls;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use self::connection::Connection;
use crate::api::Api;
use crate::control::{self, Control, Fault};
use crate::ui;

pub(crate) use self::guard::Hosts;
pub use self::tls::TlsError;
pub(crate) use self::tls::acceptor;
pub(crate) type Acceptor = tokio_rustls::TlsAcceptor;

/// Connections at once. Further ones wait.
const CONNECTIONS: usize = 1024;

/// How long a closing server waits for its connections.
const PATIENCE: Duration = Duration::from_secs(5);

/// The faces of the sandbox.
pub(crate) fn faces(api: Api, control: Control, hosts: Hosts) -> Router {
    let recorded = from_fn_with_state(Arc::clone(&control.account), recorder::record);
    let api = api.router().route_layer(recorded);
    Router::new()
        .merge(ui::router())
        .merge(api)
        .nest("/sandbox/v1", control::router(control))
        .fallback(async || Fault::not_found("there are /, /api and /sandbox/v1"))
        .layer(from_fn_with_state(Arc::new(hosts), guard::check))
}

/// Serves until `stop` is `true`. Then it answers what it has begun.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<Acceptor>,
    faces: Router,
    mut stop: watch::Receiver<bool>,
) {
    let (permits, mut connections) = (Arc::new(Semaphore::new(CONNECTIONS)), JoinSet::new());
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &permits) => accepted,
            Some(_) = connections.join_next() => continue,
            () = stopped(&mut stop) => break,
        };
        let Ok((stream, permit)) = accepted else {
            // For example, the process has no file descriptor left.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let connection = Connection {
            faces: faces.clone(),
            tls: tls.clone(),
            stop: stop.clone(),
        };
        connections.spawn(async move {
            connection.run(stream).await;
            drop(permit);
        });
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    // Dropping the rest aborts it.
    let _ = timeout(PATIENCE, all).await;
}

/// Ends when the server is to stop.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // It fails if the sandbox is gone.
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> io::Result<(tokio::net::TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(permits).acquire_owned().await;
    let permit = permit.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, permit))
}

/// A status as the error of the face that the path belongs to.
fn refusal(path: &str, status: StatusCode, error: &str) -> axum::response::Response {
    if path == "/api" || path.starts_with("/api/") {
        crate::api::refusal(status, error)
    } else {
        Fault::new(status, error).into_response()
    }
}
