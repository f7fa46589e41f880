//! Recognizes bodies that are not deliveries, such as forms and wrapped deliveries.

use serde_json::Value;

use super::hint::Hint;

/// Members into which other programs wrap a delivery.
const WRAPPERS: [&str; 4] = ["json", "body", "payload", "data"];

/// The length of the start that is searched for the head of a multipart form.
const MULTIPART_BYTES: usize = 1024;

/// Recognizes a body that is not a JSON object by its first bytes.
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

/// Whether the body begins with a name and `=`, or is a multipart form.
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

/// Finds the member of an object that holds the delivery.
pub(super) fn wrapper(body: &Value) -> Option<Hint> {
    if body.get("headers").is_some() && body.get("body").is_some() {
        return Some(Hint::BodyInRequest);
    }
    let holds_delivery = |member: &&str| {
        let inner = body.get(*member);
        // `data` with a contact may be an automation without its `type`, and not a wrapper.
        inner.is_some_and(|it| is_automation(it) || *member != "data" && is_account(it))
    };
    let member = WRAPPERS.into_iter().find(holds_delivery)?;
    Some(Hint::BodyInMember { member })
}

/// Recognizes the body of an account webhook, whose headers must have been lost.
pub(super) fn without_headers(body: &Value) -> Option<Hint> {
    is_account(body).then_some(Hint::HeadersLost)
}

/// Whether a body has the members of an automation.
fn is_automation(body: &Value) -> bool {
    body.get("type").is_some_and(Value::is_string) && body.get("data").is_some()
}

/// Whether a body has the members of an account webhook, and no `type`.
fn is_account(body: &Value) -> bool {
    let has = |member| body.get(member).is_some_and(Value::is_object);
    (has("contact") || has("customer")) && body.get("type").is_none()
}
