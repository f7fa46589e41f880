//! What was received.

use bytes::Bytes;
use siohook_events::Mechanism;
use siohook_events::headers::{EVENT, MESSAGE_ID, SIGNATURE};

use super::{Capture, Framing, head};
use crate::json::Json;

/// # The request
impl Capture {
    /// Returns the head, including its empty line.
    #[must_use]
    pub fn head(&self) -> &Bytes {
        &self.head
    }

    /// Returns the body, without the framing of chunks.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &str {
        // `check` has seen a token, which is ASCII.
        str::from_utf8(head::request_line(&self.head)[0]).unwrap_or_default()
    }

    /// Returns path and query as they were sent.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let capture = siohook::testing::Capture::new("POST /systeme?token=1 HTTP/1.1\r\n\r\n", "")?;
    /// assert_eq!(capture.target(), b"/systeme?token=1");
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    #[must_use]
    pub fn target(&self) -> &[u8] {
        head::request_line(&self.head)[1]
    }

    /// Returns the version: `HTTP/1.1` or `HTTP/1.0`.
    #[must_use]
    pub fn version(&self) -> &str {
        str::from_utf8(head::request_line(&self.head)[2]).unwrap_or_default()
    }

    /// Returns names and values of the headers as they were spelled and in their order, without
    /// the white space around values.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let head = "POST / HTTP/1.1\r\nX-A: 1\r\nx-a:  2\r\n\r\n";
    /// let capture = siohook::testing::Capture::new(head, "")?;
    /// assert!(capture.headers().eq([("X-A", &b"1"[..]), ("x-a", b"2")]));
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        head::headers(&self.head)
    }

    /// Returns the value of the first header of this name, whatever its case.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// # use siohook::testing::Capture;
    /// let capture = Capture::new("POST / HTTP/1.1\r\nHost: example.com\r\n\r\n", "")?;
    /// assert_eq!(capture.header("host"), Some(&b"example.com"[..]));
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let mut headers = self.headers();
        let (_, value) = headers.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// Returns how the end of the body was told.
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// Returns the [lines after the last chunk](Self::with_trailers).
    pub fn trailers(&self) -> impl Iterator<Item = &[u8]> {
        self.trailers.iter().map(|line| &**line)
    }

    /// Returns the name of the event: that of the header of an account webhook, or else `type`
    /// in the body of an automation.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Capture;
    ///
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", r#"{"type":"contact.tag.added"}"#)?;
    /// assert_eq!(capture.event().as_deref(), Some("contact.tag.added"));
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    #[must_use]
    pub fn event(&self) -> Option<String> {
        match self.header(EVENT) {
            Some(event) => Some(String::from_utf8_lossy(event).into_owned()),
            None => Json::parse(&self.body)?.child("type")?.as_text(),
        }
    }

    /// Returns how it was sent: by an account webhook, which has headers of its own, or by an
    /// automation, which has a `type` in its body. `None` if it is neither.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// # use siohook::testing::Capture;
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", "{}")?;
    /// assert_eq!(capture.mechanism(), None);
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    #[must_use]
    pub fn mechanism(&self) -> Option<Mechanism> {
        let own = [EVENT, SIGNATURE, MESSAGE_ID];
        if own.iter().any(|name| self.header(name).is_some()) {
            return Some(Mechanism::Account);
        }
        self.event().map(|_| Mechanism::Automation)
    }

    /// Returns the message id of an account webhook.
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        str::from_utf8(self.header(MESSAGE_ID)?).ok()
    }
}
