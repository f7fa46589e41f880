//! The parts of the request that handlers get: extensions, query, label of the token, version.

use siohook::{Extension, ReplyOutcome};

use super::*;
use crate::support::TOKEN;

#[derive(Clone)]
struct Tenant(&'static str);

#[on_event("contact.tag.added")]
fn of_a_tenant(Extension(tenant): Extension<Tenant>, State(seen): State<Seen>) {
    seen.note(tenant.0);
}

#[on_event("contact.tag.added")]
fn of_a_query(delivery: &Delivery, State(seen): State<Seen>) {
    let values = ["tier", "empty", "none", "token"].map(|name| delivery.query(name));
    seen.note(format!("{values:?}"));
}

#[test]
fn a_handler_gets_an_extension_of_the_adapter() {
    let (dispatcher, seen) = with(&["of_a_tenant"]);
    let incoming = automation(TAG_ADDED).extension(Tenant("shop"));
    assert_eq!(dispatch(&dispatcher, incoming).reply().status(), 200);
    assert_eq!(seen.take(), ["shop"]);
}

#[test]
fn a_missing_extension_is_a_failure_and_not_a_mismatch() {
    let (dispatcher, seen) = with(&["of_a_tenant"]);
    let report = dispatch(&dispatcher, automation(TAG_ADDED));
    assert_eq!(report.reply().outcome(), ReplyOutcome::Failed);
    let text = report.to_string();
    assert!(
        text.contains("no extension of type") && text.contains("`Incoming::extension`"),
        "{text}"
    );
    assert_eq!(seen.take(), [""; 0]);
}

#[cfg(feature = "http")]
#[test]
fn a_handler_gets_an_extension_of_an_http_request() {
    let (dispatcher, seen) = with(&["of_a_tenant"]);
    let request = http::Request::post(format!("/systeme?token={TOKEN}"))
        .extension(Tenant("of http"))
        .body(TAG_ADDED.into())
        .unwrap();
    dispatch(&dispatcher, Incoming::from(request));
    assert_eq!(seen.take(), ["of http"]);
}

#[test]
fn the_query_is_decoded_and_has_no_token() {
    let (dispatcher, seen) = with(&["of_a_query"]);
    let query = format!("tier=gold+%26+more&token={TOKEN}&empty=&tier=silver");
    dispatch(&dispatcher, Incoming::post(TAG_ADDED).query(query));
    assert_eq!(
        seen.take(),
        [r#"[Some("gold & more"), Some(""), None, None]"#]
    );
}

#[test]
fn trust_has_the_label_of_the_token() {
    let dispatcher = builder()
        .select(|_| false)
        .allow_no_handlers()
        .automation_token_as("blue", "t-blue")
        .build()
        .unwrap();
    let trust = |token| {
        let incoming = Incoming::post(TAG_ADDED).query(format!("token={token}"));
        format!("{:?}", dispatcher.verify(incoming).unwrap().trust())
    };
    assert_eq!(trust("t-blue"), r#"Token { label: Some("blue") }"#);
    assert_eq!(trust(TOKEN), "Token { label: None }");
}

#[test]
fn the_schema_version_is_read_from_the_header() {
    let dispatcher = builder()
        .select(|_| false)
        .allow_no_handlers()
        .build()
        .unwrap();
    let version = |incoming: Incoming| dispatcher.verify(incoming).unwrap().schema_version();
    let sale = || account("SALE_NEW", fixture("account/SALE_NEW"));
    let versioned = |text: &str| sale().header("X-Webhook-Schema-Version", text);
    assert_eq!(version(versioned("2")), Some(2));
    assert_eq!(version(versioned("two")), None);
    assert_eq!(version(sale()), None);
    let automation = automation(TAG_ADDED).header("X-Webhook-Schema-Version", "2");
    assert_eq!(version(automation), None);
}
