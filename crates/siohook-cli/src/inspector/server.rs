//! Connections to the inspector.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Connections at once. Further ones wait.
pub(super) const CONNECTIONS: usize = 64;

/// The time for the head of a request.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);

/// The longest head of a request: 16 KiB.
pub(super) const LONGEST_HEAD: usize = 16 << 10;

/// Serves until the future is dropped, and the connections with it.
pub(super) async fn serve(listener: TcpListener, faces: Router) {
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let permit = Arc::clone(&permits).acquire_owned().await;
        let Ok(permit) = permit else { return };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let Ok((stream, _)) = accepted else {
            // For example, the process has no file descriptor left.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let faces = faces.clone();
        connections.spawn(async move {
            answer(stream, faces).await;
            drop(permit);
        });
    }
}

async fn answer(stream: TcpStream, faces: Router) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(TIMEOUT)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(faces));
    // The page may be gone.
    let _ = connection.await;
}
