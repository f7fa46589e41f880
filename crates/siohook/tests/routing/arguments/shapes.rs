//! The shape of a body is checked while its payload is parsed. The rules are the same when no
//! handler takes the payload.

use serde_json::{Value, json};

use super::*;

#[on_event("SALE_NEW")]
fn sold(_: account::SaleNew) {}

#[on_event("SALE_CANCELED")]
fn canceled(_: account::SaleCanceled) {}

#[on_event("CONTACT_TAG_ADDED")]
fn tagged(_: account::ContactTagAdded) {}

#[on_event("CONTACT_TAG_REMOVED")]
fn untagged(_: account::ContactTagRemoved) {}

#[on_event("CONTACT_CREATED")]
fn created(_: account::ContactCreated) {}

#[on_event("CONTACT_OPT_IN")]
fn opted_in(_: account::ContactOptIn) {}

/// The handlers above.
const TYPED: &[&str] = &[
    "sold", "canceled", "tagged", "untagged", "created", "opted_in",
];

/// The code of a refusal.
fn refusal(dispatcher: &Dispatcher, event: &str, body: &Value) -> Option<&'static str> {
    let verified = dispatcher.verify(account(event, body.to_string()));
    verified.err().map(|rejection| rejection.code())
}

#[test]
fn a_shape_is_refused_whether_or_not_a_handler_takes_the_payload() {
    const MEMBERS: [&str; 6] = [
        "contact",
        "tag",
        "customer",
        "order",
        "orderItem",
        "pricePlan",
    ];
    let (typed, _) = with(TYPED);
    let (untyped, _) = with(&["everything"]);
    for fixture in crate::support::account_fixtures() {
        let body: Value = serde_json::from_slice(&fixture.body).unwrap();
        let decide = |body: Value| {
            for event in siohook::events() {
                let of_typed = refusal(&typed, event.name(), &body);
                let of_untyped = refusal(&untyped, event.name(), &body);
                assert_eq!(of_typed, of_untyped, "{} {body}", event.name());
            }
        };
        decide(body.clone());
        for member in MEMBERS {
            for value in [None, Some(json!(null)), Some(json!({})), Some(json!("x"))] {
                let mut edited = body.clone();
                let members = edited.as_object_mut().unwrap();
                members.remove(member);
                members.extend(value.map(|value| (member.to_owned(), value)));
                decide(edited);
            }
        }
    }
}

#[test]
fn a_sale_may_also_have_a_contact_and_a_tag() {
    let mut sale: Value = serde_json::from_slice(&fixture("account/SALE_NEW")).unwrap();
    sale["contact"] = json!({"id": 1});
    sale["tag"] = json!("vip");
    let (dispatcher, _) = with(&["sold"]);
    let report = dispatch(&dispatcher, account("SALE_NEW", sale.to_string()));
    assert!(matches!(report.handlers()[0].outcome(), Outcome::Done));
}
