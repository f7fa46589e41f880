//! Requests whose bodies are still to be read.

use std::io::Read;

use super::Dispatcher;
use crate::request::{Head, Reply};

impl Dispatcher {
    /// Answers a request of a server that blocks: [checks its head](Self::check_head), reads
    /// its body with [`Head::read_body`], and [receives](Self::receive) it.
    ///
    /// `reader` is called only if the body is wanted, because some servers then ask the sender
    /// for it.
    ///
    /// ```
    /// use siohook::{Dispatcher, Head, Reply};
    ///
    /// async fn reply(dispatcher: &Dispatcher, head: Head) -> Reply {
    ///     dispatcher.receive_reader(head, std::io::stdin).await
    /// }
    /// ```
    pub async fn receive_reader<R: Read>(&self, head: Head, reader: impl FnOnce() -> R) -> Reply {
        if let Err(rejection) = self.check_head(&head) {
            return rejection.reply();
        }
        let incoming = head.read_body(reader(), self.max_body_bytes());
        self.receive(incoming).await
    }

    /// Answers a request whose body comes in chunks: [checks its head](Self::check_head),
    /// reads at most [`max_body_bytes`](Self::max_body_bytes), and [receives](Self::receive)
    /// it.
    ///
    /// `next` returns the next chunk, or `None` after the last one. It is called only if the
    /// body is wanted.
    ///
    /// ```
    /// use siohook::{Dispatcher, Head, Reply};
    ///
    /// # struct Body;
    /// # impl Body {
    /// #     async fn next(&mut self) -> Option<Result<Vec<u8>, std::io::Error>> { None }
    /// # }
    /// async fn reply(dispatcher: &Dispatcher, head: Head, mut body: Body) -> Reply {
    ///     dispatcher.receive_chunks(head, async || body.next().await).await
    /// }
    /// ```
    pub async fn receive_chunks<C: AsRef<[u8]>, E>(
        &self,
        head: Head,
        mut next: impl AsyncFnMut() -> Option<Result<C, E>>,
    ) -> Reply {
        if let Err(rejection) = self.check_head(&head) {
            return rejection.reply();
        }
        let mut body = vec![];
        let incoming = loop {
            match next().await {
                Some(Ok(chunk)) => {
                    let chunk = chunk.as_ref();
                    if chunk.len() > self.max_body_bytes() - body.len() {
                        break head.too_long();
                    }
                    body.extend_from_slice(chunk);
                }
                Some(Err(_)) => break head.unreadable(),
                None => break head.with_body(body),
            }
        };
        self.receive(incoming).await
    }
}
