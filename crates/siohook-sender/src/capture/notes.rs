//! The comments before the received bytes.

use std::fmt;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use siohook_events::Shown;

use super::head;

/// How a sender tells where the body ends.
///
/// ```
/// # mod siohook { pub use siohook_sender as testing; }
/// use siohook::testing::{Capture, Framing};
///
/// let capture = Capture::new("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "{}")?;
/// assert_eq!(capture.framing(), Framing::Chunked);
/// # Ok::<(), siohook::testing::CaptureError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Framing {
    /// By the header `Content-Length`.
    ContentLength,
    /// By an empty chunk.
    Chunked,
    /// Not at all: there is no body, or an editor adds the header when it sends the request.
    None,
}

impl Framing {
    pub(super) fn of(head: &[u8]) -> Self {
        let has = |name: &str| head::headers(head).any(|(own, _)| own.eq_ignore_ascii_case(name));
        if has("transfer-encoding") {
            Self::Chunked
        } else if has("content-length") {
            Self::ContentLength
        } else {
            Self::None
        }
    }

    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let all = [Self::ContentLength, Self::Chunked, Self::None];
        all.into_iter()
            .find(|framing| framing.name().as_bytes() == text)
    }

    fn name(self) -> &'static str {
        match self {
            Self::ContentLength => "content-length",
            Self::Chunked => "chunked",
            Self::None => "none",
        }
    }
}

/// Writes `content-length`, `chunked` or `none`.
impl fmt::Display for Framing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Length and SHA-256 of a part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Digest {
    bytes: u64,
    pub(super) sha256: [u8; 32],
}

impl Digest {
    pub(super) fn of(part: &[u8]) -> Self {
        Self {
            bytes: part.len() as u64,
            sha256: Sha256::digest(part).into(),
        }
    }

    pub(super) fn fits(self, part: &[u8]) -> bool {
        self == Self::of(part)
    }

    /// Parses what `Display` writes.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (bytes, digits) = str::from_utf8(text).ok()?.split_once(" bytes, sha256 ")?;
        let mut sha256 = [0; 32];
        hex::decode_to_slice(digits, &mut sha256).ok()?;
        Some(Self {
            bytes: bytes.parse().ok()?,
            sha256,
        })
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} bytes, sha256 {}",
            self.bytes,
            hex::encode(self.sha256)
        )
    }
}

/// Makes a text fit in a line. `None` if nothing is left of it.
pub(super) fn text(text: &str) -> Option<String> {
    let text = Shown::value(text).to_string();
    let text = text.trim_ascii();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The lines of a text, without empty ones and the white space around them.
pub(super) fn lines(text: &[u8]) -> Vec<Bytes> {
    let lines = text.split(|byte| *byte == b'\n');
    let lines = lines
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    lines.map(Bytes::copy_from_slice).collect()
}
