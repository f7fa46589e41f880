//! Deliveries as they were received, in files that editors open and send.

mod error;
mod head;
mod notes;
mod plain;
mod read;
mod receipt;
mod request;
mod write;

use std::fmt;
use std::net::SocketAddr;

use bytes::Bytes;
use siohook_events::Timestamp;

use self::notes::Digest;

pub use error::CaptureError;
pub use notes::Framing;

/// Request as it was received, byte for byte, with what is known of its receipt.
///
/// Its file is a request of the `.http` format, which editors open and send. Lines
/// of comments end at `# ---`, and the received bytes follow up to the end of the file:
///
/// ```text
/// ### SALE_NEW 2026-11-26T11:02:13.482913Z
/// # siohook: 1
/// # @name k3f9qa
/// # received: 2026-11-26T11:02:13.482913Z from 127.0.0.1:51544 at 127.0.0.1:7464
/// # head: 611 bytes, sha256 9f86d081…
/// # body: 1094 bytes, sha256 45b897d9…
/// # framing: content-length
/// # ---
/// POST /systeme HTTP/1.1
/// Host: calm-river.example.com
/// …
/// ```
///
/// The digests tell an edited file from a received one.
///
/// ```
/// # mod siohook { pub use siohook_sender as testing; }
/// use siohook::testing::Capture;
///
/// let head = "POST /systeme HTTP/1.1\r\nHost: example.com\r\nX-Webhook-Event: SALE_NEW\r\n\r\n";
/// let capture = Capture::new(head, "{}")?.with_name("k3f9qa");
/// let file = capture.to_bytes();
/// assert!(file.starts_with(b"### SALE_NEW\n# siohook: 1\n# @name k3f9qa\n# head: 72 bytes, sha256 "));
/// assert_eq!(Capture::read(file)?, capture);
/// # Ok::<(), siohook::testing::CaptureError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Capture {
    /// Text of the first line, if it is not the usual one.
    title: Option<Bytes>,
    name: Option<String>,
    received: Option<Received>,
    head: Bytes,
    body: Bytes,
    head_digest: Option<Digest>,
    body_digest: Option<Digest>,
    framing: Framing,
    trailers: Vec<Bytes>,
    is_truncated: bool,
    /// Bytes after the request.
    extra: u64,
    is_masked: bool,
    edited_from: Option<String>,
    /// Other lines of comments.
    others: Vec<Bytes>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Received {
    time: Timestamp,
    peer: Option<SocketAddr>,
    local: Option<SocketAddr>,
}

impl Capture {
    /// Makes a capture of a received request. The head ends with its empty line, and the body
    /// is without the framing of chunks.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// # use siohook::testing::Capture;
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", "{}")?;
    /// assert_eq!(capture.body(), "{}");
    /// assert!(Capture::new("{}", "").is_err());
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the head is not that of a request in HTTP/1. What an HTTP server accepts is never
    /// refused.
    pub fn new(head: impl Into<Bytes>, body: impl Into<Bytes>) -> Result<Self, CaptureError> {
        let (head, body) = (head.into(), body.into());
        let end = head::check(&head, 1)?;
        if end != head.len() {
            let line = head::count_lines(&head[..end]) + 1;
            return Err(CaptureError::new(
                line,
                "the head goes on after its empty line",
            ));
        }
        Ok(Self {
            head_digest: Some(Digest::of(&head)),
            body_digest: Some(Digest::of(&body)),
            ..Self::undigested(head, body)
        })
    }

    /// A capture of checked bytes.
    fn undigested(head: Bytes, body: Bytes) -> Self {
        Self {
            title: None,
            name: None,
            received: None,
            framing: Framing::of(&head),
            head,
            body,
            head_digest: None,
            body_digest: None,
            trailers: vec![],
            is_truncated: false,
            extra: 0,
            is_masked: false,
            edited_from: None,
            others: vec![],
        }
    }

    /// Replaces head and body, and keeps what is known of the receipt.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// # use siohook::testing::Capture;
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", "{}")?;
    /// let capture = capture.clone().with_message(capture.head().clone(), "[]")?;
    /// assert_eq!(capture.body(), "[]");
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new).
    pub fn with_message(
        self,
        head: impl Into<Bytes>,
        body: impl Into<Bytes>,
    ) -> Result<Self, CaptureError> {
        let new = Self::new(head, body)?;
        Ok(Self {
            head: new.head,
            body: new.body,
            head_digest: new.head_digest,
            body_digest: new.body_digest,
            framing: new.framing,
            ..self
        })
    }

    /// Sets the lines after the last chunk of the body, such as `X-Checksum: 1`.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// # use siohook::testing::Capture;
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", "{}")?;
    /// let capture = capture.with_trailers(["X-Checksum: 1"]);
    /// assert!(capture.trailers().eq([b"X-Checksum: 1"]));
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    pub fn with_trailers<T: AsRef<[u8]>>(mut self, lines: impl IntoIterator<Item = T>) -> Self {
        let lines = lines.into_iter();
        self.trailers = lines.flat_map(|line| notes::lines(line.as_ref())).collect();
        self
    }
}

/// Shows neither headers nor the body.
impl fmt::Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capture")
            .field("name", &self.name)
            .field("head_bytes", &self.head.len())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
