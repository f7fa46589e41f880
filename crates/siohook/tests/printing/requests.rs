//! Texts of a request.

use serde_json::json;
use siohook::{Data, Delivery, DispatcherBuilder, Head, Incoming, IpAllowList, on_event};

use crate::printed;
use crate::support::hostile::{Printed, check, values};
use crate::support::{self, TAG_ADDED, TOKEN, account, automation, within};

#[on_event("*")]
fn succeeds(_: &Delivery) {}

#[on_event("*")]
fn mismatches(_: Data<Vec<u8>>) {}

const CONTACT: &str = r#"{"contact":{"id":1,"email":"lea@example.com"}}"#;

/// Puts a value into a request.
type Entry = fn(&str) -> Incoming;

const ENTRIES: [(&str, Entry); 20] = [
    ("method", |it| Incoming::new(it, CONTACT)),
    ("event header", |it| account(it, CONTACT)),
    ("unsigned event header", |it| {
        Incoming::post(CONTACT).header("x-webhook-event", it)
    }),
    ("signature", |it| {
        account("CONTACT_CREATED", CONTACT).header("x-webhook-signature", it)
    }),
    ("only signature", |it| {
        Incoming::post(CONTACT).header("x-webhook-signature", it)
    }),
    ("message id", |it| {
        account("CONTACT_CREATED", CONTACT).header("x-webhook-message-id", it)
    }),
    ("attempt id", |it| {
        account("CONTACT_CREATED", CONTACT).header("x-webhook-delivery-attempt-id", it)
    }),
    ("time header", |it| {
        account("CONTACT_CREATED", CONTACT).header("x-webhook-event-timestamp", it)
    }),
    ("version header", |it| {
        account("CONTACT_CREATED", CONTACT).header("x-webhook-schema-version", it)
    }),
    ("other header", |it| {
        account("CONTACT_CREATED", CONTACT).header(it, it)
    }),
    ("trace headers", |it| {
        let traced = account("CONTACT_CREATED", CONTACT).header("sentry-trace", it);
        traced.header("baggage", format!("sentry-trace_id={it}"))
    }),
    ("forwarding headers", |it| {
        let forwarded = automation(TAG_ADDED).header("x-forwarded-for", it);
        forwarded.header("forwarded", format!("for={it}"))
    }),
    ("token", |it| {
        Incoming::post(TAG_ADDED).query(format!("token={it}"))
    }),
    ("query", |it| {
        Incoming::post(TAG_ADDED).query(format!("{it}={it}&token={TOKEN}&tier={it}"))
    }),
    ("type", |it| {
        automation(json!({"type": it, "data": {}}).to_string())
    }),
    ("account's address", |it| {
        let account = json!({"email": it});
        let body = json!({"type": "contact.tag.added", "data": {}, "account": account});
        automation(body.to_string())
    }),
    ("time", |it| {
        let body = json!({"type": "contact.tag.added", "data": {}, "created_at": it});
        automation(body.to_string())
    }),
    ("value", |it| {
        automation(json!({"type": "contact.tag.added", "data": it}).to_string())
    }),
    ("key", |it| {
        let data = json!({it: {it: 1}});
        automation(json!({"type": "contact.tag.added", "data": data}).to_string())
    }),
    ("malformed body", |it| account("CONTACT_CREATED", it)),
];

fn builder() -> DispatcherBuilder {
    support::builder()
        .max_body_bytes(usize::MAX)
        .select(within(module_path!()))
}

#[test]
fn a_request_shows_a_part_of_a_value() {
    let dispatchers = [
        builder().build().unwrap(),
        builder().accept_unverified().build().unwrap(),
        // No request comes from the allowed address.
        builder()
            .source_ips(IpAllowList::new(["203.0.113.1"]))
            .trusted_proxies(["203.0.113.9"])
            .build()
            .unwrap(),
    ];
    for (entry, request) in ENTRIES {
        for value in values() {
            for dispatcher in &dispatchers {
                let incoming = request(&value).peer([203, 0, 113, 9].into());
                check(&printed(dispatcher, incoming), entry, 200);
            }
        }
    }
}

/// Shows that the test above can fail.
#[test]
fn a_delivery_keeps_values_whole_and_shows_a_part() {
    let dispatcher = builder().build().unwrap();
    for value in values() {
        let incoming = || account(&value, CONTACT).header("x-webhook-message-id", &value);
        let delivery = dispatcher.verify(incoming()).unwrap();
        // White space around a header's value is removed.
        assert_eq!(delivery.event().as_str(), value.trim_ascii());
        assert_eq!(delivery.message_id(), Some(value.trim_ascii()));
        let printed = printed(&dispatcher, incoming());
        assert!(printed.iter().filter(|it| it.shows_some()).count() > 10);
    }
}

#[test]
fn a_head_shows_a_part_of_a_value() {
    for value in values() {
        let head = Head::new(&value).query(&value).header("forwarded", &value);
        check(&Printed::debug("Head", &head), "head", 200);
    }
    let many = std::iter::repeat_n(("forwarded", "a"), 100_000);
    let head = Head::new("POST")
        .headers(many)
        .header("x-webhook-event", "b");
    assert_eq!(
        format!("{head:?}"),
        r#"Head { method: "POST", peer: None, headers: ["x-webhook-event", "forwarded"], announced_length: None, .. }"#
    );
}

#[test]
fn keys_with_cut_message_ids_still_differ() {
    let dispatcher = builder().build().unwrap();
    let [one, other] = ["a", "b"].map(|end| {
        let id = "x".repeat(1000) + end;
        let incoming = account("CONTACT_CREATED", CONTACT).header("x-webhook-message-id", id);
        dispatcher.verify(incoming).unwrap().key().to_string()
    });
    assert!(one != other && one.len() < 300, "{one} {other}");
}

#[test]
fn debug_escapes_quotes_in_a_value() {
    let dispatcher = builder().build().unwrap();
    let forged = r#"a", trust: Signed { secret: "b"#;
    let incoming = account("CONTACT_CREATED", CONTACT).header("x-webhook-message-id", forged);
    let shown = format!("{:?}", dispatcher.verify(incoming).unwrap());
    let expected = r#"message_id: Some("a\", trust: Signed { secret: \"b"), attempt_id"#;
    assert!(shown.contains(expected), "{shown}");
}
