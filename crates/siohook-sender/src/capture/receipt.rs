//! What is known of a request beside its bytes.

use std::net::SocketAddr;

use siohook_events::Timestamp;

use super::{Capture, Received, notes};

/// # The receipt
impl Capture {
    /// Sets the name by which editors refer to the request.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// # use siohook::testing::Capture;
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", "{}")?;
    /// assert_eq!(capture.with_name("k3f9qa").name(), Some("k3f9qa"));
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    pub fn with_name(mut self, name: &str) -> Self {
        self.name = notes::text(name);
        self
    }

    /// Sets when the request was received, from whom, and at which own address.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// # use siohook::testing::Capture;
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", "{}")?;
    /// let capture = capture.with_receipt("2026-11-26T11:02:13Z".parse().unwrap(), None, None);
    /// assert!(capture.to_bytes().starts_with(b"### 2026-11-26T11:02:13Z\n"));
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    pub fn with_receipt(
        mut self,
        time: Timestamp,
        peer: Option<SocketAddr>,
        local: Option<SocketAddr>,
    ) -> Self {
        self.received = Some(Received { time, peer, local });
        self
    }

    /// Marks a capture whose body went on.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// # use siohook::testing::Capture;
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", "{}")?;
    /// assert!(capture.truncated().is_truncated());
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    pub fn truncated(mut self) -> Self {
        self.is_truncated = true;
        self
    }

    /// Sets how many bytes came over the connection after the request. They are not in the capture.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// # use siohook::testing::Capture;
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", "{}")?.with_extra(18);
    /// assert_eq!(Capture::read(capture.to_bytes())?.extra(), 18);
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    pub fn with_extra(mut self, bytes: u64) -> Self {
        self.extra = bytes;
        self
    }

    /// Marks a capture whose personal data were replaced.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// # use siohook::testing::Capture;
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", "{}")?;
    /// assert!(capture.masked().is_masked());
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    pub fn masked(mut self) -> Self {
        self.is_masked = true;
        self
    }

    /// Sets the name of the capture from which this one was edited.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// # use siohook::testing::Capture;
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", "{}")?;
    /// assert_eq!(capture.with_edited_from("k3f9qa").edited_from(), Some("k3f9qa"));
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    pub fn with_edited_from(mut self, name: &str) -> Self {
        self.edited_from = notes::text(name);
        self
    }

    /// Returns the [name](Self::with_name).
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns when the request was received.
    #[must_use]
    pub fn received_at(&self) -> Option<Timestamp> {
        self.received.map(|received| received.time)
    }

    /// Returns the address from which the connection came: that of the sender, or of a proxy.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        self.received?.peer
    }

    /// Returns the address at which the connection was accepted.
    #[must_use]
    pub fn local(&self) -> Option<SocketAddr> {
        self.received?.local
    }

    /// Returns whether the body went on.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// Returns how many bytes [came after the request](Self::with_extra).
    #[must_use]
    pub fn extra(&self) -> u64 {
        self.extra
    }

    /// Returns whether personal data were replaced.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        self.is_masked
    }

    /// Returns the name of the capture from which this one was edited.
    #[must_use]
    pub fn edited_from(&self) -> Option<&str> {
        self.edited_from.as_deref()
    }

    /// Returns whether head or body differ from their digests. A request without digests never
    /// does.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Capture;
    ///
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", r#"{"price":1}"#)?;
    /// let file = String::from_utf8(capture.to_bytes()).unwrap();
    /// let edited = Capture::read(file.replace(r#""price":1"#, r#""price":2"#))?;
    /// assert!(edited.is_edited() && edited.is_body_edited() && !edited.is_head_edited());
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    #[must_use]
    pub fn is_edited(&self) -> bool {
        self.is_head_edited() || self.is_body_edited()
    }

    /// Returns whether the head differs from its digest.
    #[must_use]
    pub fn is_head_edited(&self) -> bool {
        self.head_digest
            .is_some_and(|digest| !digest.fits(&self.head))
    }

    /// Returns the SHA-256 that the body had when it was received. `None` if it was not recorded.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// # use siohook::testing::Capture;
    /// let capture = Capture::new("POST / HTTP/1.1\r\n\r\n", "")?;
    /// assert_eq!(capture.body_sha256().unwrap()[..4], [0xe3, 0xb0, 0xc4, 0x42]);
    /// # Ok::<(), siohook::testing::CaptureError>(())
    /// ```
    #[must_use]
    pub fn body_sha256(&self) -> Option<[u8; 32]> {
        self.body_digest.map(|digest| digest.sha256)
    }

    /// Returns whether the body differs from its digest.
    #[must_use]
    pub fn is_body_edited(&self) -> bool {
        self.body_digest
            .is_some_and(|digest| !digest.fits(&self.body))
    }
}
