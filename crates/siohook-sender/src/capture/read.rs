use bytes::Bytes;

use super::error::CaptureError;
use super::notes::{Digest, Framing};
use super::{Capture, Received, head, plain};

const MARK: &[u8] = b"# ---";

impl Capture {
    /// Reads a file that [`to_bytes`](Self::to_bytes) wrote, or a request in HTTP/1 as an
    /// editor has it: an optional comment, the request line, headers, an empty line, and the
    /// body.
    ///
    /// The lines of such a request may end with LF, and `Content-Length` may be left out, or end
    /// the body before the editor's last line break. A body of chunks is decoded. A file of
    /// several requests is refused.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Capture;
    ///
    /// let capture = Capture::read("### a sale\nPOST /systeme HTTP/1.1\nX-Webhook-Event: SALE_NEW\n\n{}")?;
    /// assert_eq!(capture.event().as_deref(), Some("SALE_NEW"));
    /// assert_eq!(capture.body(), "{}");
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file is neither, or of a newer version.
    pub fn read(file: impl Into<Bytes>) -> Result<Self, CaptureError> {
        let file = file.into();
        // Some editors begin a file so.
        let start = if file.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        let file = file.slice(start..);
        match Comments::read(&file)? {
            Some(comments) => comments.capture(&file),
            None => plain::read(&file),
        }
    }
}

/// The lines of a file of siohook up to the mark.
#[derive(Default)]
struct Comments {
    title: Option<Bytes>,
    name: Option<String>,
    received: Option<Received>,
    head: Option<Digest>,
    body: Option<Digest>,
    framing: Option<Framing>,
    trailers: Vec<Bytes>,
    is_truncated: bool,
    extra: u64,
    is_masked: bool,
    edited_from: Option<String>,
    others: Vec<Bytes>,
    /// Lines and bytes up to the received ones.
    lines: usize,
    bytes: usize,
}

impl Comments {
    /// Returns `None` if a file is not siohook's own.
    fn read(file: &[u8]) -> Result<Option<Self>, CaptureError> {
        let Some(version) = Version::find(file) else {
            return Ok(None);
        };
        version.check()?;
        let mut comments = Self::default();
        let mut rest = file;
        while let Some((line, after)) = head::line(rest) {
            comments.lines += 1;
            rest = after;
            let line = line.trim_ascii_end();
            if line == MARK {
                comments.bytes = file.len() - rest.len();
                return Ok(Some(comments));
            }
            comments.take(line, comments.lines == version.line)?;
        }
        Err(CaptureError::new(
            comments.lines + 1,
            "the line `# ---` is missing, after which the request begins",
        ))
    }

    fn take(&mut self, line: &[u8], is_version: bool) -> Result<(), CaptureError> {
        let number = self.lines;
        let wrong = |text: &str| Err(CaptureError::new(number, text));
        if line.is_empty() || is_version {
            return Ok(());
        }
        if let Some(title) = line.strip_prefix(b"###")
            && self.title.is_none()
        {
            self.title = Some(Bytes::copy_from_slice(title.trim_ascii()));
            return Ok(());
        }
        let text = |value: &[u8]| str::from_utf8(value).ok().map(str::to_owned);
        match field(line) {
            Some(("@name", value)) if self.name.is_none() && text(value).is_some() => {
                self.name = text(value);
            }
            Some(("edited-from", value)) if self.edited_from.is_none() && text(value).is_some() => {
                self.edited_from = text(value);
            }
            Some(("received", value)) if self.received.is_none() => {
                self.received = Received::parse(value);
                if self.received.is_none() {
                    return wrong("write `# received: TIME from ADDRESS at ADDRESS`, or remove it");
                }
            }
            Some(("head", value)) if self.head.is_none() => {
                self.head = Digest::parse(value);
                if self.head.is_none() {
                    return wrong("write `# head: N bytes, sha256 HEX`, or remove it");
                }
            }
            Some(("body", value)) if self.body.is_none() => {
                self.body = Digest::parse(value);
                if self.body.is_none() {
                    return wrong("write `# body: N bytes, sha256 HEX`, or remove it");
                }
            }
            Some(("framing", value)) if self.framing.is_none() => {
                self.framing = Framing::parse(value);
                if self.framing.is_none() {
                    return wrong("the framing is `content-length`, `chunked` or `none`");
                }
            }
            Some((
                "siohook" | "received" | "head" | "body" | "framing" | "@name" | "edited-from",
                _,
            )) => {
                return wrong("this line is there already, or not UTF-8: remove it");
            }
            Some(("trailers", value)) => self.trailers.push(Bytes::copy_from_slice(value)),
            Some(("extra", value)) if self.extra == 0 && extra(value).is_some() => {
                self.extra = extra(value).unwrap_or_default();
            }
            Some(("truncated", _)) => self.is_truncated = true,
            Some(("masked", _)) => self.is_masked = true,
            _ if line.starts_with(b"#") => self.others.push(Bytes::copy_from_slice(line)),
            _ => return wrong("only lines that begin with `#` come before `# ---`"),
        }
        Ok(())
    }

    fn capture(self, file: &Bytes) -> Result<Capture, CaptureError> {
        let message = file.slice(self.bytes..);
        let end = head::check(&message, self.lines + 1)?;
        let plain = Capture::undigested(message.slice(..end), message.slice(end..));
        let mut capture = Capture {
            name: self.name,
            received: self.received,
            head_digest: self.head,
            body_digest: self.body,
            framing: self.framing.unwrap_or(plain.framing),
            trailers: self.trailers,
            is_truncated: self.is_truncated,
            extra: self.extra,
            is_masked: self.is_masked,
            edited_from: self.edited_from,
            others: self.others,
            ..plain
        };
        capture.title = self.title.filter(|title| *title != capture.usual_title());
        Ok(capture)
    }
}

/// The line that tells a file of siohook.
struct Version<'a> {
    line: usize,
    value: &'a [u8],
}

impl<'a> Version<'a> {
    /// Finds the line among the comments at the start.
    fn find(file: &'a [u8]) -> Option<Self> {
        let mut rest = file;
        let mut number = 0;
        while !rest.is_empty() {
            let (line, after) = head::line(rest).unwrap_or((rest, &[]));
            rest = after;
            number += 1;
            let line = line.trim_ascii_end();
            match field(line) {
                Some(("siohook", value)) => {
                    let line = number;
                    return Some(Self { line, value });
                }
                _ if line == MARK || !head::is_comment(line) => return None,
                _ => {}
            }
        }
        None
    }

    fn check(&self) -> Result<(), CaptureError> {
        if self.value == b"1" {
            return Ok(());
        }
        let version = str::from_utf8(self.value).ok();
        let text = match version.and_then(|version| version.parse::<u32>().ok()) {
            Some(version) => format!(
                "the file is of version {version}, and this program reads version 1: update siohook"
            ),
            None => "the version is not a number: write `# siohook: 1`".to_owned(),
        };
        Err(CaptureError::new(self.line, text))
    }
}

/// Splits `# key: value` and `# @name value`. There is a value.
fn field(line: &[u8]) -> Option<(&str, &[u8])> {
    let line = line.strip_prefix(b"# ")?;
    let end = if line.starts_with(b"@") { b' ' } else { b':' };
    let at = line.iter().position(|byte| *byte == end)?;
    let value = line[at + 1..].trim_ascii();
    let key = str::from_utf8(&line[..at]).ok()?;
    (!value.is_empty()).then_some((key, value))
}

/// Parses `18 bytes`.
fn extra(value: &[u8]) -> Option<u64> {
    let number = str::from_utf8(value).ok()?.strip_suffix(" bytes")?;
    number.parse().ok()
}

impl Received {
    fn parse(value: &[u8]) -> Option<Self> {
        let mut words = str::from_utf8(value).ok()?.split_ascii_whitespace();
        let mut received = Self {
            time: words.next()?.parse().ok()?,
            peer: None,
            local: None,
        };
        while let Some(word) = words.next() {
            let address = words.next()?.parse().ok()?;
            let place = match word {
                "from" => &mut received.peer,
                "at" => &mut received.local,
                _ => return None,
            };
            *place = Some(address);
        }
        Some(received)
    }
}
