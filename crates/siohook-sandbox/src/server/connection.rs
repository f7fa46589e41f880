use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::{Acceptor, stopped};

/// The time for a handshake, and for the head of a request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The longest head of a request: 64 KiB.
const LONGEST_HEAD: usize = 64 << 10;

/// The highest number of headers of a request.
const MOST_HEADERS: usize = 100;

/// The first byte of a TLS connection.
const HANDSHAKE: u8 = 22;

pub(super) struct Connection {
    pub(super) faces: Router,
    pub(super) tls: Option<Acceptor>,
    pub(super) stop: watch::Receiver<bool>,
}

impl Connection {
    pub(super) async fn run(self, stream: TcpStream) {
        let Some(tls) = self.tls.clone() else {
            return self.serve(stream).await;
        };
        // The same port speaks HTTP, for programs of this machine that use the control API.
        let mut first = [0];
        match timeout(TIMEOUT, stream.peek(&mut first)).await {
            Ok(Ok(1)) if first[0] == HANDSHAKE => {}
            Ok(Ok(1)) => return self.serve(stream).await,
            _ => return,
        }
        if let Ok(Ok(stream)) = timeout(TIMEOUT, tls.accept(stream)).await {
            self.serve(stream).await;
        }
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut self, stream: S) {
        let service = TowerToHyperService::new(self.faces);
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(TIMEOUT)
            .max_buf_size(LONGEST_HEAD)
            .max_headers(MOST_HEADERS)
            .serve_connection(TokioIo::new(stream), service);
        let result = {
            let mut stop = pin!(stopped(&mut self.stop));
            tokio::select! {
                result = &mut connection => result,
                () = &mut stop => {
                    Pin::new(&mut connection).graceful_shutdown();
                    (&mut connection).await
                }
            }
        };
        let parts = connection.into_parts();
        // hyper says nothing to a client whose head does not end.
        if result.is_err_and(|error| error.is_timeout()) && !parts.read_buf.is_empty() {
            let mut stream = parts.io.into_inner();
            let answer =
                b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
            // The client may be gone.
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    }
}
