use bytes::{Bytes, BytesMut};
use hmac::{Hmac, KeyInit};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;
use siohook::{Incoming, Mechanism};
use siohook_sender::{Sample, headers};

/// A delivery as a web framework passes it to its handler.
#[derive(Clone, Debug)]
pub struct Request {
    /// The mechanism, which selects one of two routes of a server.
    pub mechanism: Mechanism,
    /// All headers that systeme.io sends.
    pub headers: HeaderMap,
    /// The query of the URL, without the `?`.
    pub query: String,
    /// The whole body.
    pub body: Bytes,
}

impl Request {
    /// A signed account webhook. Different numbers give different events.
    #[must_use]
    pub fn account(event: &'static str, body: &str, number: u64) -> Self {
        let sample = Sample::of(event)
            .with_fixed_ids()
            .with_body(body.to_owned());
        Self::of(&sample).numbered(number)
    }

    /// The same account webhook with another message id for each number.
    #[must_use]
    pub fn numbered(&self, number: u64) -> Self {
        let mut other = self.clone();
        other
            .headers
            .insert(headers::MESSAGE_ID, value(message_id(number)));
        other
    }

    /// An automation. Two automations differ only in their bodies.
    #[must_use]
    pub fn automation(body: &str) -> Self {
        Self::of(&Sample::of("contact.tag.added").with_body(body.to_owned()))
    }

    fn of(sample: &Sample) -> Self {
        let request = sample.request("https://hooks.example.com/systeme");
        let request = request.expect("the URL is valid");
        let headers = request.headers().iter().map(|(name, text)| {
            let name = HeaderName::try_from(name).expect("the name of a header is valid");
            (name, value(text.clone()))
        });
        Self {
            mechanism: sample.mechanism(),
            headers: headers.collect(),
            query: sample.query(),
            // A part of a larger buffer, as from a server.
            body: BytesMut::from(&**sample.body()).split().freeze(),
        }
    }

    /// Converts it as `siohook::DispatcherService` does.
    #[must_use]
    pub fn incoming(&self) -> Incoming {
        Incoming::post(self.body.clone())
            .method("POST")
            .query(&self.query)
            .headers(&self.headers)
    }
}

pub(crate) fn key(secret: &str) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length")
}

/// A UUID of the form that systeme.io sends.
fn message_id(number: u64) -> String {
    format!("01a0e6f0-4c11-7d20-9f3e-{number:012x}")
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("headers are ASCII")
}
