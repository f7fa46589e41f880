//! Bodies against the schemas that are published for them.

use serde_json::{Value, json};
use siohook::Mechanism;
use siohook::describe::Description;
use siohook_docs::{asyncapi, openapi};

use crate::fixture::fixtures;
use crate::validator::Validator;

const DRAFT_7: &str = "http://json-schema.org/draft-07/schema";
const DRAFT_2020_12: &str = "https://json-schema.org/draft/2020-12/schema";

/// Each document with the draft of its schemas, and where an event's body is.
fn documents() -> [(Value, &'static str, fn(&str) -> String); 2] {
    let catalogue = Description::of_catalogue();
    [
        (asyncapi(&catalogue), DRAFT_7, |event| {
            format!("/components/messages/{event}/payload")
        }),
        (openapi(&catalogue), DRAFT_2020_12, |event| {
            format!("/webhooks/{event}/post/requestBody/content/application~1json/schema")
        }),
    ]
}

#[test]
fn documents_admit_every_published_body() {
    for (document, draft, place) in documents() {
        for fixture in fixtures() {
            let validator = Validator::within(&document, draft, &place(fixture.event.name()));
            let admitted = validator.check(&fixture.body);
            admitted.unwrap_or_else(|error| panic!("{}: {error}", fixture.file));
        }
    }
}

#[test]
fn documents_refuse_a_body_without_what_it_is_about() {
    for (document, draft, place) in documents() {
        for fixture in fixtures() {
            let validator = Validator::within(&document, draft, &place(fixture.event.name()));
            let payload = match fixture.event.mechanism() {
                Mechanism::Automation => "/data",
                _ => "",
            };
            for member in ["contact", "customer"] {
                let mut body = fixture.body.clone();
                let payload = body.pointer_mut(payload).unwrap().as_object_mut().unwrap();
                if payload
                    .insert(member.to_owned(), json!({ "id": 1 }))
                    .is_some()
                {
                    assert!(validator.check(&body).is_err(), "{} {member}", fixture.file);
                }
            }
            assert!(validator.check(&json!([])).is_err());
        }
    }
}

#[test]
fn documents_admit_the_headers_that_were_captured() {
    let captured = include_str!("../../../../fixtures/account-headers.json");
    let captured: serde_json::Map<String, Value> = serde_json::from_str(captured).unwrap();
    let [(asyncapi, draft, _), _] = documents();
    let pointer = "/components/messages/SALE_NEW/headers";
    let names = asyncapi.pointer(pointer).unwrap()["properties"]
        .as_object()
        .unwrap();
    let spelled = |name: &str| {
        let mut names = names.keys();
        names
            .find(|it| it.eq_ignore_ascii_case(name))
            .cloned()
            .unwrap_or(name.to_owned())
    };
    let mut headers: serde_json::Map<_, _> = captured
        .iter()
        .map(|(name, value)| (spelled(name), value.clone()))
        .collect();
    headers["X-Webhook-Signature"] = "0a".repeat(32).into();
    let validator = Validator::within(&asyncapi, draft, pointer);
    validator.check(&headers.clone().into()).unwrap();
    for (name, wrong) in [
        ("X-Webhook-Event", "SALE_CANCELED"),
        ("X-Webhook-Signature", "sha256=0a"),
    ] {
        let mut headers = headers.clone();
        headers[name] = wrong.into();
        assert!(validator.check(&headers.into()).is_err());
    }
}
