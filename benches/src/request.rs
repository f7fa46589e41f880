use bytes::{Bytes, BytesMut};
use hmac::{Hmac, KeyInit, Mac};
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;
use siohook::{Incoming, Mechanism};

use crate::{SECRET, TOKEN};

/// A delivery as a web framework gives it to a handler of its own.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which of two routes of a server it goes to.
    pub mechanism: Mechanism,
    /// All that systeme.io sends, and what the connection adds.
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
        let mut request = Self::of(Mechanism::Account, "SystemeIO-Webhook", body);
        let headers = [
            ("x-webhook-event", event.to_owned()),
            ("x-webhook-schema-version", "2".to_owned()),
            ("x-webhook-message-id", message_id(number)),
            (
                "x-webhook-event-timestamp",
                "2026-09-28T07:41:13+00:00".to_owned(),
            ),
            (
                "x-webhook-delivery-attempt-id",
                "01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77".to_owned(),
            ),
            (
                "x-webhook-delivery-attempt-timestamp",
                "2026-09-28T07:41:14+00:00".to_owned(),
            ),
            (
                "x-webhook-subscription-id",
                "01a0e461-0000-7b5b-b3cb-4b3aceac6b6c".to_owned(),
            ),
            ("x-webhook-signature", sign(SECRET, body.as_bytes())),
        ];
        for (name, text) in headers {
            request
                .headers
                .insert(HeaderName::from_static(name), value(text));
        }
        request
    }

    /// The same account webhook as another event, for each number another one.
    #[must_use]
    pub fn numbered(&self, number: u64) -> Self {
        let mut other = self.clone();
        other
            .headers
            .insert("x-webhook-message-id", value(message_id(number)));
        other
    }

    /// An automation. Nothing but the body tells two of them apart.
    #[must_use]
    pub fn automation(body: &str) -> Self {
        Self {
            query: format!("token={TOKEN}"),
            ..Self::of(Mechanism::Automation, "Symfony", body)
        }
    }

    fn of(mechanism: Mechanism, user_agent: &'static str, body: &str) -> Self {
        let mut headers = HeaderMap::new();
        for (name, text) in [
            (HOST, "hooks.example.com"),
            (USER_AGENT, user_agent),
            (ACCEPT, "application/json"),
            (CONTENT_TYPE, "application/json"),
        ] {
            headers.insert(name, HeaderValue::from_static(text));
        }
        headers.insert(CONTENT_LENGTH, body.len().into());
        Self {
            mechanism,
            headers,
            query: String::new(),
            // As a server gives it: a part of what it has read.
            body: BytesMut::from(body).split().freeze(),
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

/// What systeme.io does with the secret of an account webhook.
#[must_use]
pub fn sign(secret: &str, body: &[u8]) -> String {
    let digest = key(secret).chain_update(body).finalize().into_bytes();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
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
