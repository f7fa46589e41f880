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

/// An argument that takes an [`Extension`] with it.
struct Shop(Tenant);

impl<'a, E> FromDelivery<'a, E> for Shop {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        let Extension(tenant) = FromDelivery::<E>::from_delivery(context)?;
        Ok(Self(tenant))
    }

    fn requirements(requirements: &mut Requirements) {
        <Extension<Tenant> as FromDelivery<E>>::requirements(requirements);
    }
}

/// An argument that reads an extension itself, if there is one.
struct Origin(&'static str);

impl<'a, E> FromDelivery<'a, E> for Origin {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        let tenant = context.extension::<Tenant>();
        Ok(Self(tenant.map_or("nowhere", |tenant| tenant.0)))
    }

    fn requirements(requirements: &mut Requirements) {
        requirements.extension();
    }
}

#[on_event("*")]
fn of_a_shop(Shop(tenant): Shop, State(seen): State<Seen>) {
    seen.note(tenant.0);
}

#[on_event(unlisted("order.paid"), "contact.tag.added")]
fn of_an_origin(Origin(origin): Origin, State(seen): State<Seen>) {
    seen.note(origin);
}

#[test]
fn a_handler_says_whether_it_needs_an_extension() {
    let (dispatcher, _) = with(&["of_a_tenant", "of_a_query", "of_a_shop", "of_an_origin"]);
    let handlers = dispatcher.handlers().iter();
    let found: Vec<_> = handlers
        .map(|it| (it.event(), function(it.name()), it.needs_extension()))
        .collect();
    assert_eq!(
        found,
        [
            ("*", "of_a_shop", true),
            ("contact.tag.added", "of_a_query", false),
            ("contact.tag.added", "of_a_tenant", true),
            ("contact.tag.added", "of_an_origin", true),
            ("order.paid", "of_an_origin", true),
        ]
    );
    // These are the handlers that a restored delivery fails, or that get another answer.
    let incoming = || automation(TAG_ADDED).extension(Tenant("shop"));
    let first = dispatcher.verify(incoming()).unwrap();
    let restored = dispatcher.restore(first.to_record(), first.body().clone());
    let [first, restored] = [first, restored.unwrap()].map(|delivery| {
        let (dispatcher, seen) = with(&["of_a_tenant", "of_a_shop", "of_an_origin"]);
        let report = finish(dispatcher.dispatch(&delivery));
        (report.reply().outcome(), seen.take())
    });
    assert_eq!(first, (ReplyOutcome::Done, vec!["shop".to_owned(); 3]));
    assert_eq!(restored, (ReplyOutcome::Failed, vec!["nowhere".to_owned()]));
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
