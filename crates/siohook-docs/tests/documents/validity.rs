//! Documents against the official meta-schemas, and that those notice a mistake.

use serde_json::{Value, json};
use siohook_docs::{asyncapi, json_schema, openapi};

use crate::described::{described, descriptions};
use crate::validator::Validator;

#[test]
fn every_asyncapi_document_is_one() {
    let validator = Validator::asyncapi();
    for description in descriptions() {
        let document = asyncapi(&description);
        validator
            .check(&document)
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(dangling(&document), [""; 0]);
    }
}

#[test]
fn every_openapi_document_is_one() {
    let validator = Validator::openapi();
    for description in descriptions() {
        let document = openapi(&description);
        validator
            .check(&document)
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(dangling(&document), [""; 0]);
    }
}

#[test]
fn every_json_schema_is_one() {
    let validator = Validator::json_schema();
    for event in siohook::events() {
        let schema = json_schema(event);
        validator
            .check(&schema)
            .unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn a_reference_that_leads_nowhere_would_be_noticed() {
    for mut document in [asyncapi(&described()), openapi(&described())] {
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        schemas.remove("TagId").unwrap();
        assert_eq!(dangling(&document), ["#/components/schemas/TagId"]);
    }
}

/// A pointer into a document, and what is wrong there.
type Mistake = (&'static str, Value);

fn assert_noticed(
    validator: &Validator,
    document: &Value,
    mistakes: impl IntoIterator<Item = Mistake>,
) {
    for (pointer, wrong) in mistakes {
        let mut document = document.clone();
        let place = document.pointer_mut(pointer);
        *place.unwrap_or_else(|| panic!("nothing at {pointer}")) = wrong.clone();
        assert!(validator.check(&document).is_err(), "{pointer}: {wrong}");
    }
}

#[test]
fn a_mistake_in_an_asyncapi_document_would_be_noticed() {
    let validator = Validator::asyncapi();
    let document = asyncapi(&described());
    assert_noticed(
        &validator,
        &document,
        [
            ("", json!({})),
            ("/asyncapi", json!("2.0.0")),
            ("/info", json!({ "title": "without a version" })),
            ("/channels/account/address", json!(7)),
            ("/operations/receive_account/action", json!("listen")),
            (
                "/operations/receive_automation/bindings/http/method",
                json!("FETCH"),
            ),
            ("/operations/receive_automation/security", json!("token")),
            ("/components/securitySchemes/signature/in", json!("body")),
            (
                "/components/securitySchemes/token",
                json!({ "type": "secret" }),
            ),
            ("/components/messages/SALE_NEW/headers", json!(7)),
            (
                "/components/messages/SALE_NEW/payload",
                json!({ "type": "text" }),
            ),
            (
                "/components/messages/200/bindings/http/statusCode",
                json!("ok"),
            ),
            ("/components/schemas/Tag/required", json!("id")),
            (
                "/components/schemas/Tag/properties/name/type",
                json!("text"),
            ),
            ("/components/schemas/TagId/pattern", json!(7)),
        ],
    );
}

#[test]
fn a_mistake_in_an_openapi_document_would_be_noticed() {
    let validator = Validator::openapi();
    let document = openapi(&described());
    assert_noticed(
        &validator,
        &document,
        [
            ("", json!({})),
            ("/openapi", json!("3.0.0")),
            ("/info", json!({ "title": "without a version" })),
            ("/webhooks", json!([])),
            ("/webhooks/SALE_NEW/post/operationId", json!(7)),
            ("/webhooks/SALE_NEW/post/responses/200", json!({})),
            ("/webhooks/SALE_NEW/post/parameters/0/in", json!("body")),
            (
                "/webhooks/SALE_NEW/post/requestBody",
                json!({ "required": true }),
            ),
            ("/components/securitySchemes/signature/in", json!("body")),
            (
                "/components/responses/503/headers/Retry-After",
                json!({ "schema": { "type": "text" } }),
            ),
            ("/components/schemas/Tag/required", json!("id")),
            (
                "/components/schemas/Tag/properties/name/type",
                json!("text"),
            ),
            ("/components/schemas/TagId/pattern", json!(7)),
        ],
    );
}

/// References that lead nowhere.
fn dangling(document: &Value) -> Vec<&str> {
    fn walk<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(map) => {
                found.extend(map.get("$ref").and_then(Value::as_str));
                map.values().for_each(|value| walk(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut references = vec![];
    walk(document, &mut references);
    references.retain(|reference| document.pointer(&reference[1..]).is_none());
    references
}
