//! Samples of captured deliveries.

use siohook_events::headers::{ATTEMPT_ID, EVENT_TIMESTAMP, MESSAGE_ID, SIGNATURE};

use super::Sample;
use super::headers::Place;
use super::trust::Credential;
use crate::error::{SampleError, or_panic};
use crate::message::Message;
use crate::{Capture, CaptureError};

/// The part of a captured request that a sample has no other place for.
#[derive(Clone)]
pub(super) struct Captured {
    /// Headers in their order and spelling. A sample is never sent in chunks.
    headers: Vec<(String, String)>,
    pub(super) query: String,
    /// The sample before it was edited.
    first: Sample,
}

/// # Captured deliveries
impl Sample {
    /// Makes a sample that sends what a [`Capture`] holds: its headers as they were spelled and
    /// in their order, its signature or its token, and its body. It is read from a file that the
    /// program `siohook` wrote, or from a request in HTTP/1.
    ///
    /// Your tests trust [`SECRET`](crate::SECRET) and [`TOKEN`](crate::TOKEN) instead of what
    /// systeme.io was told, so [sign](Self::signed_with) it again, or set the
    /// [token](Self::token):
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::{SECRET, Sample, sign};
    ///
    /// # macro_rules! include_bytes { ($file:literal) => {
    /// #     b"POST /systeme HTTP/1.1\r\nX-Webhook-Event: SALE_NEW\r\nX-Webhook-Signature: 00\r\n\r\n{}"
    /// # } }
    /// let sale = Sample::captured(include_bytes!("k3f9qa.http"));
    /// assert_eq!(sale.headers()[1], ("X-Webhook-Signature".to_owned(), "00".to_owned()));
    /// let sale = sale.signed_with(SECRET);
    /// assert_eq!(sale.headers()[1], ("X-Webhook-Signature".to_owned(), sign(SECRET, "{}")));
    /// ```
    ///
    /// Edits change the body, and the captured signature stays as it was.
    ///
    /// # Panics
    ///
    /// If it can't be read, if it is not a delivery of systeme.io, or if a header is not UTF-8.
    #[track_caller]
    pub fn captured(file: impl AsRef<[u8]>) -> Self {
        or_panic(Self::try_captured(file))
    }

    /// Makes a sample that sends what a [`Capture`] holds. It is [`captured`](Self::captured)
    /// without panics.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let error = siohook::testing::Sample::try_captured("{}").unwrap_err();
    /// assert!(error.to_string().starts_with("the capture can't be read: line 1: "));
    /// ```
    ///
    /// # Errors
    ///
    /// If it can't be read, if it is not a delivery of systeme.io, or if a header is not UTF-8.
    pub fn try_captured(file: impl AsRef<[u8]>) -> Result<Self, SampleError> {
        let capture = Capture::read(file.as_ref().to_vec()).map_err(unread)?;
        Self::try_from(&capture)
    }
}

fn unread(error: CaptureError) -> SampleError {
    SampleError::new(format!("the capture can't be read: {error}"))
}

/// ```
/// # mod siohook { pub use siohook_sender as testing; }
/// use siohook::testing::{Capture, Sample};
///
/// let capture = Capture::read("POST / HTTP/1.1\r\nX-Webhook-Event: SALE_NEW\r\n\r\n{}")?;
/// assert_eq!(Sample::try_from(&capture).unwrap().event(), "SALE_NEW");
/// # Ok::<(), siohook::testing::CaptureError>(())
/// ```
impl TryFrom<&Capture> for Sample {
    type Error = SampleError;

    fn try_from(capture: &Capture) -> Result<Self, SampleError> {
        let wrong = |text: String| SampleError::new(format!("the capture can't be sent: {text}"));
        if capture.method() != "POST" {
            return Err(wrong("systeme.io sends POST".to_owned()));
        }
        let (Some(event), Some(mechanism)) = (capture.event(), capture.mechanism()) else {
            return Err(wrong(
                "it has neither the header `X-Webhook-Event` nor a `type` in its body".to_owned(),
            ));
        };
        let target = str::from_utf8(capture.target());
        let target = target.map_err(|_| wrong("its URL is not UTF-8".to_owned()))?;
        let mut headers = vec![];
        for (name, value) in capture.headers() {
            if name.eq_ignore_ascii_case("transfer-encoding") {
                continue;
            }
            let value = str::from_utf8(value)
                .map_err(|_| wrong(format!("the header `{name}` is not UTF-8")))?;
            headers.push((name.to_owned(), value.to_owned()));
        }
        let mut first = Self::new(&event, mechanism, capture.body().clone());
        first.credential = Credential::Captured;
        if let Some(peer) = capture.peer() {
            first.peer = peer.ip();
        }
        let header = |name| str::from_utf8(capture.header(name)?).ok();
        first.message = Message::received(
            header(MESSAGE_ID),
            header(ATTEMPT_ID),
            header(EVENT_TIMESTAMP),
        );
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let captured = Captured {
            headers,
            query: query.to_owned(),
            first: first.clone(),
        };
        first.captured = Some(Box::new(captured));
        Ok(first)
    }
}

impl Captured {
    /// The headers of a sample that began as this capture. What an edit of the sample changes
    /// is changed in its place, and what was not captured is left out.
    pub(super) fn headers(&self, now: &Sample) -> Vec<(String, Option<String>)> {
        let keeps_signature = matches!(now.credential, Credential::Captured);
        let (then, now) = (self.first.usual_headers(), now.usual_headers());
        let changed = |name: &str| {
            let value = |headers: &[Place]| {
                let mut headers = headers.iter();
                let (_, value) = headers.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
                value.clone()
            };
            let (then, now) = (value(&then), value(&now));
            let is_signature = name.eq_ignore_ascii_case(SIGNATURE);
            (then != now || is_signature && !keeps_signature).then_some(now)
        };
        let headers = self.headers.iter();
        let captured = headers.map(|(name, value)| {
            let value = changed(name).unwrap_or_else(|| Some(value.clone()));
            (name.clone(), value)
        });
        let mut headers: Vec<_> = captured.collect();
        for name in [SIGNATURE, MESSAGE_ID] {
            let mut names = headers.iter().map(|(own, _)| own);
            if !names.any(|own| own.eq_ignore_ascii_case(name))
                && let Some(value) = changed(name)
            {
                headers.push((name.to_owned(), value));
            }
        }
        headers
    }

    /// The query with another token in its place, or without one.
    pub(super) fn query_with(&self, token: &str) -> String {
        let mut tokens = std::iter::once(token).filter(|token| !token.is_empty());
        let mut parts = vec![];
        for part in self.query.split('&') {
            if part.starts_with("token=") {
                parts.extend(tokens.next());
            } else if !part.is_empty() {
                parts.push(part);
            }
        }
        parts.extend(tokens.next());
        parts.join("&")
    }
}
