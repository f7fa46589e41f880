//! Recognizes bodies that are not deliveries, such as forms and wrapped deliveries.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

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

/// A body that another program put into the one that arrived.
pub(crate) struct Wrapped {
    /// The member of an object that holds it. `None` for an item of a list, or a text.
    pub(crate) member: Option<&'static str>,
    pub(crate) body: Vec<u8>,
}

/// Unwraps the bodies that a body may hold, byte for byte: in a member, in a list of one item, or
/// as a JSON string.
pub(crate) fn wrapped(body: &[u8]) -> Vec<Wrapped> {
    let alone = |body| Wrapped { member: None, body };
    if let Ok(text) = serde_json::from_slice::<String>(body) {
        return vec![alone(text.into_bytes())];
    }
    match serde_json::from_slice::<[&RawValue; 1]>(body) {
        Ok([item]) => {
            let item = item.get().as_bytes();
            let mut all = vec![alone(item.to_vec())];
            all.extend(members(item));
            all
        }
        Err(_) => members(body),
    }
}

/// Unwraps the members of an object that may hold a body.
fn members(body: &[u8]) -> Vec<Wrapped> {
    let members: BTreeMap<Cow<'_, str>, &RawValue> =
        serde_json::from_slice(body).unwrap_or_default();
    let unwrap = |member: &'static str| {
        let raw = members.get(member)?.get();
        // A platform that keeps the bytes of a body has them as a text.
        let text = serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned());
        Some(Wrapped {
            member: Some(member),
            body: text.into_bytes(),
        })
    };
    WRAPPERS.into_iter().filter_map(unwrap).collect()
}

/// Recognizes the body of an account webhook, whose headers must have been lost.
pub(crate) fn without_headers(body: &Value) -> Option<Hint> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_body_is_unwrapped_byte_for_byte() {
        for (body, wrapped_bodies) in [
            (
                r#"{"headers":{},"body":{"a" : 0.0}}"#,
                &[(Some("body"), r#"{"a" : 0.0}"#)][..],
            ),
            (r#"{"body":"{\"a\":1}"}"#, &[(Some("body"), r#"{"a":1}"#)]),
            (
                r#"{"data": [1 ], "json":{}}"#,
                &[(Some("json"), "{}"), (Some("data"), "[1 ]")],
            ),
            (
                r#"[{"body": {}}]"#,
                &[(None, r#"{"body": {}}"#), (Some("body"), "{}")],
            ),
            (r#""{\"a\":1}""#, &[(None, r#"{"a":1}"#)]),
            (r#"[{"body":{}},1]"#, &[]),
            ("[]", &[]),
            ("{\"body\":", &[]),
            ("", &[]),
        ] {
            let found = wrapped(body.as_bytes());
            let found = found
                .iter()
                .map(|it| (it.member, str::from_utf8(&it.body).unwrap()));
            assert!(found.eq(wrapped_bodies.iter().copied()), "{body}");
        }
    }
}
