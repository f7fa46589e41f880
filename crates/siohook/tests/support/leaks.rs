//! Finds secrets and parts of bodies in the texts that siohook writes.

use serde_json::Value;
use siohook::{DispatcherBuilder, Incoming};

use super::{SECRET, TOKEN, account, automation, sign, signed_with};

pub(crate) const OTHER_SECRET: &str = "of another webhook";
const WRONG_TOKEN: &str = "0f0f0f0f-wrong";

/// A builder with a second secret, which covers none of the fixtures.
pub(crate) fn builder() -> DispatcherBuilder {
    super::builder().account_secret_for("other", OTHER_SECRET, ["CONTACT_MERGED"])
}

/// Makes a request that is refused from a body and its event.
pub(crate) type Spoil = fn(&[u8], &str) -> Incoming;

/// One request for each way in which a dispatcher of [`builder`] refuses.
pub(crate) const SPOILS: [Spoil; 11] = [
    |body, event| account(event, body).method("PUT"),
    |body, _| Incoming::post(body.to_vec()).query(format!("token={WRONG_TOKEN}")),
    |body, _| Incoming::post(body.to_vec()),
    |body, event| Incoming::post(body.to_vec()).header("x-webhook-event", event),
    |body, event| signed_with("unknown", event, body),
    |body, event| signed_with(OTHER_SECRET, event, body),
    |body, event| signed_with(&format!("{SECRET}\n"), event, body),
    |body, event| {
        let signature = format!("sha256={}", sign(SECRET, body));
        Incoming::post(body.to_vec())
            .header("x-webhook-event", event)
            .header("x-webhook-signature", signature)
    },
    |body, _| account("contact.page.visited", body),
    |body, event| account(event, &body[..body.len() - 1]),
    |body, _| automation(&body[..body.len() - 1]),
];

/// The secrets, the tokens, the digests of a body, and its values except for the event name.
pub(crate) fn forbidden(body: &[u8]) -> Vec<String> {
    let fixed = [SECRET, OTHER_SECRET, TOKEN, WRONG_TOKEN, "example.com"];
    let mut all = fixed.map(str::to_owned).to_vec();
    for digest in [SECRET, OTHER_SECRET].map(|secret| sign(secret, body)) {
        all.push(digest.to_uppercase());
        let byte = |at| u8::from_str_radix(&digest[at..at + 2], 16).unwrap();
        // The beginning of its bytes as a list.
        all.push(format!("[{}, {}, ", byte(0), byte(2)));
        all.push(digest);
    }
    all.push(String::from_utf8_lossy(body).into_owned());
    let body: Value = serde_json::from_slice(body).unwrap();
    let (texts, numbers) = leaves(&body);
    all.extend(texts.into_iter().filter(|text| body["type"] != **text));
    all.extend(numbers);
    all
}

/// The texts and numbers of a body.
pub(crate) fn leaves(value: &Value) -> (Vec<String>, Vec<String>) {
    let (mut texts, mut numbers) = (vec![], vec![]);
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match value {
            Value::Array(values) => left.extend(values),
            Value::Object(map) => left.extend(map.values()),
            Value::String(text) => texts.push(text.clone()),
            Value::Number(number) => numbers.push(number.to_string()),
            Value::Null | Value::Bool(_) => {}
        }
    }
    // A short value may also occur elsewhere.
    texts.retain(|text| text.len() > 5);
    numbers.retain(|number| number.len() > 4);
    (texts, numbers)
}

/// The first forbidden value that the text holds.
pub(crate) fn leak<'a>(forbidden: &'a [String], text: &str) -> Option<&'a String> {
    forbidden
        .iter()
        .find(|secret| text.contains(secret.as_str()))
}
