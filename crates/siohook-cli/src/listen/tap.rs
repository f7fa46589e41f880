//! A connection whose bytes are kept as they come, and whose answer can be bytes.

use std::io;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};

/// Keeps what is read from a connection.
pub(super) struct Tap<T> {
    io: T,
    seen: Arc<Seen>,
    instead: Arc<Instead>,
}

/// The bytes of an answer that is sent as it is, in place of what else would be written: a parser
/// would lose the spelling of its headers.
#[derive(Debug, Default)]
pub(super) struct Instead(OnceLock<Vec<u8>>);

impl Instead {
    /// From now on, nothing else is written.
    pub(super) fn set(&self, answer: Vec<u8>) {
        // A connection has one answer.
        let _ = self.0.set(answer);
    }
}

/// The bytes that came until it was stopped.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    bytes: Vec<u8>,
    is_stopped: bool,
}

impl Seen {
    pub(super) fn is_empty(&self) -> bool {
        self.lock().bytes.is_empty()
    }

    /// What comes from now on is not kept.
    pub(super) fn stop(&self) {
        self.lock().is_stopped = true;
    }

    /// Takes the bytes, and stops.
    pub(super) fn take(&self) -> Vec<u8> {
        let mut state = self.lock();
        state.is_stopped = true;
        mem::take(&mut state.bytes)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Tap<T> {
    pub(super) fn new(io: T, seen: Arc<Seen>, instead: Arc<Instead>) -> Self {
        Self { io, seen, instead }
    }
}

impl<T: AsyncWrite + Unpin> Tap<T> {
    /// Sends the answer that is in bytes, if there is one, and closes.
    pub(super) async fn end(mut self) -> io::Result<()> {
        if let Some(answer) = self.instead.0.get() {
            self.io.write_all(answer).await?;
        }
        self.io.shutdown().await
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Tap<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.io).poll_read(context, buffer);
        if let Poll::Ready(Ok(())) = read {
            let mut seen = self.seen.lock();
            if !seen.is_stopped {
                seen.bytes.extend_from_slice(&buffer.filled()[before..]);
            }
        }
        read
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Tap<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.instead.0.get().is_some() {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
