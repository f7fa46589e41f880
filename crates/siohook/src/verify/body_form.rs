//! What a body is that is not a delivery: what a middleman or another sender makes.

use serde_json::Value;

use super::hint::Hint;

/// Members that a delivery is put into.
const WRAPPERS: [&str; 4] = ["json", "body", "payload", "data"];

/// Where the head of a multipart form is looked for.
const MULTIPART_BYTES: usize = 1024;

/// Tells by how a body begins that it is not a JSON object.
pub(super) fn by_its_start(body: &[u8]) -> Option<Hint> {
    let body = body.trim_ascii_start();
    match body.first() {
        None => Some(Hint::BodyEmpty),
        Some(b'[') => Some(Hint::BodyInList),
        Some(b'"') => Some(Hint::BodyInText),
        Some(_) if is_form(body) => Some(Hint::BodyForm),
        Some(_) => None,
    }
}

/// Whether it begins with a name and `=`, or is a multipart form.
fn is_form(body: &[u8]) -> bool {
    if body.starts_with(b"--") {
        let start = &body[..body.len().min(MULTIPART_BYTES)];
        let word = b"form-data";
        return start
            .windows(word.len())
            .any(|it| it.eq_ignore_ascii_case(word));
    }
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.[]%+*".contains(byte);
    body[0] != b'=' && body.iter().find(|byte| !is_of_name(byte)) == Some(&b'=')
}

/// Tells where the delivery is in an object that something on the way made.
pub(super) fn wrapper(body: &Value) -> Option<Hint> {
    if body.get("headers").is_some() && body.get("body").is_some() {
        return Some(Hint::BodyInRequest);
    }
    let holds_delivery = |member: &&str| {
        let inner = body.get(*member);
        // An automation that lost its `type` has `data` with a contact.
        inner.is_some_and(|it| is_automation(it) || *member != "data" && is_account(it))
    };
    let member = WRAPPERS.into_iter().find(holds_delivery)?;
    Some(Hint::BodyInMember { member })
}

/// Tells an account webhook that came without its headers.
pub(super) fn without_headers(body: &Value) -> Option<Hint> {
    is_account(body).then_some(Hint::HeadersLost)
}

fn is_automation(body: &Value) -> bool {
    body.get("type").is_some_and(Value::is_string) && body.get("data").is_some()
}

fn is_account(body: &Value) -> bool {
    let has = |member| body.get(member).is_some_and(Value::is_object);
    (has("contact") || has("customer")) && body.get("type").is_none()
}
