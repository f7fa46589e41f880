//! What the OpenAPI document says of each operation, beside its place and its body.

pub(super) mod communities;
pub(super) mod contact_fields;
pub(super) mod contact_tags;
pub(super) mod contacts;
pub(super) mod courses;
mod description;
pub(super) mod enrolments;
mod operation;
mod responses;
mod schema;
pub(super) mod subscriptions;
pub(super) mod tags;
pub(super) mod webhooks;

use serde_json::{Map, Value, json};

pub(super) use self::description::Description;
pub(super) use self::operation::operation;

/// What operations with these descriptions refer to.
pub(super) fn components(descriptions: impl Iterator<Item = &'static Description>) -> Value {
    json!({
        "headers": responses::headers(),
        "responses": responses::problems(),
        "schemas": schemas(descriptions.filter_map(Description::list)),
        "securitySchemes": {
            "key": { "type": "apiKey", "in": "header", "name": "X-API-Key" },
        },
    })
}

fn schemas(of_lists: impl Iterator<Item = (String, Value)>) -> Map<String, Value> {
    let mut all: Map<_, _> = of_lists.collect();
    for schemas in [
        communities::schemas(),
        contact_fields::schemas(),
        contact_tags::schemas(),
        contacts::schemas(),
        courses::schemas(),
        enrolments::schemas(),
        subscriptions::schemas(),
        tags::schemas(),
        webhooks::schemas(),
        responses::schemas(),
    ] {
        all.extend(schemas.as_object().cloned().unwrap_or_default());
    }
    all
}
