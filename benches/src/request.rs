use bytes::{Bytes, BytesMut};
use hmac::{Hmac, KeyInit};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;
use siohook::{Incoming, Mechanism};
use siohook_sender::{Sample, headers};

/// A delivery as a web framework gives it to a handler of its own.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which of two routes of a server it goes to.
    pub mechanism: Mechanism,
    /// All that systeme.io sends.
    pub headers: HeaderMap,
    /// What follows `?` in the URL.
    pub query: String,
    /// The whole body.
    pub body: Bytes,
}

impl Request {
    /// A signed account webhook. Two with different numbers are different events.
    #[must_use]
    pub fn account(event: &'static str, body: &str, number: u64) -> Self {
        let sample = Sample::of(event)
            .with_fixed_ids()
            .with_body(body.to_owned());
        Self::of(&sample).numbered(number)
    }

    /// The same account webhook as another event, for each number another one.
    #[must_use]
    pub fn numbered(&self, number: u64) -> Self {
        let mut other = self.clone();
        other
            .headers
            .insert(headers::MESSAGE_ID, value(message_id(number)));
        other
    }

    /// An automation. Nothing but the body tells two of them apart.
    #[must_use]
    pub fn automation(body: &str) -> Self {
        Self::of(&Sample::of("contact.tag.added").with_body(body.to_owned()))
    }

    fn of(sample: &Sample) -> Self {
        let request = sample.request("https://hooks.example.com/systeme");
        let request = request.expect("the URL is one");
        let headers = request.headers().iter().map(|(name, text)| {
            let name = HeaderName::try_from(name).expect("a header's name is one");
            (name, value(text.clone()))
        });
        Self {
            mechanism: sample.mechanism(),
            headers: headers.collect(),
            query: sample.query(),
            // As a server gives it: a part of what it has read.
            body: BytesMut::from(&**sample.body()).split().freeze(),
        }
    }

    /// What an adapter makes of it: the same as `siohook::DispatcherService` does.
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
    HeaderValue::try_from(text).expect("nothing but ASCII is sent in headers")
}
