//! The API as an OpenAPI document.

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

use super::routes::ROUTES;

pub(super) use self::description::Description;

/// Describes systeme.io's API as the sandbox has it: an
/// [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.1.html) document of all operations.
///
/// ```
/// let document = siohook_sandbox::openapi();
/// assert_eq!(document["paths"]["/api/tags"]["post"]["operationId"], "createTag");
/// ```
#[must_use]
pub fn openapi() -> Value {
    let mut paths = Map::new();
    for route in &ROUTES {
        let path = paths.entry(format!("/api{}", route.1)).or_insert(json!({}));
        path[route.0.as_str().to_ascii_lowercase()] = operation::operation(route);
    }
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "systeme.io's API in the sandbox",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the sandbox answers under `/api`. Members of a body that are \
                not listed are ignored.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "key": [] }],
        "paths": paths,
        "components": {
            "headers": responses::headers(),
            "responses": responses::problems(),
            "schemas": schemas(),
            "securitySchemes": {
                "key": { "type": "apiKey", "in": "header", "name": "X-API-Key" },
            },
        },
    })
}

fn schemas() -> Map<String, Value> {
    let of_lists = ROUTES.iter();
    let of_lists = of_lists.filter_map(|(.., description)| description.list());
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
