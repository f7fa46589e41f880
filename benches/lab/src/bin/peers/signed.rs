//! Requests that are signed like those of other senders, with the needed headers
//! and common ones.

use std::time::{SystemTime, UNIX_EPOCH};

use http::HeaderValue;
use siohook_benches::{Request, SECRET, sign};
use standardwebhooks::Webhook;

/// [`SECRET`] in the encoding of Standard Webhooks.
pub(crate) const ENCODED_SECRET: &str = "whsec_Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==";

/// A request of Standard Webhooks, as Svix sends it.
pub(crate) fn standard(body: &str, id: u64) -> Request {
    let id = format!("msg_{id:020}");
    let signer = Webhook::new(ENCODED_SECRET).expect("the secret is valid");
    let now = now();
    let signature = signer
        .sign(&id, now.cast_signed(), body.as_bytes())
        .expect("the body is text");
    request(
        body,
        [
            ("webhook-id", id),
            ("webhook-timestamp", now.to_string()),
            ("webhook-signature", signature),
        ],
    )
}

/// A request of GitHub.
pub(crate) fn github(body: &str) -> Request {
    request(
        body,
        [
            ("x-github-event", "label".to_owned()),
            (
                "x-github-delivery",
                "01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01".to_owned(),
            ),
            (
                "x-hub-signature-256",
                format!("sha256={}", sign(SECRET, body.as_bytes())),
            ),
        ],
    )
}

/// A request of Stripe.
pub(crate) fn stripe(body: &str) -> Request {
    let now = now();
    let signature = sign(SECRET, format!("{now}.{body}").as_bytes());
    request(
        body,
        [("stripe-signature", format!("t={now},v1={signature}"))],
    )
}

fn request<const N: usize>(body: &str, own: [(&'static str, String); N]) -> Request {
    // An automation is not signed, so it has only common headers.
    let mut request = Request::automation(body);
    for (name, value) in own {
        let value = HeaderValue::try_from(value).expect("a header is ASCII");
        request.headers.insert(name, value);
    }
    request
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("it is later than 1970").as_secs()
}
