//! A description as an OpenAPI document.

use serde_json::{Map, Value, json};
use siohook::describe::{Description, Event, ReplyInfo};
use siohook_events::Mechanism;
use siohook_events::schemars::generate::SchemaSettings;

use crate::common::{MECHANISMS, event_summary, events, info, key, mechanism_summary};
use crate::credential::Credential;
use crate::headers::{self, Header};
use crate::replies::{self, replies_to_post};
use crate::schemas::Schemas;

/// Writes the [events](Description::events) as the `webhooks` of an
/// [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.1.html) document.
///
/// It names no handler, secret, token or address. Add the facts that siohook does not know:
///
/// ```
/// use siohook::describe::Description;
///
/// let mut document = siohook_docs::openapi(&Description::of_catalogue());
/// document["info"]["title"] = "The shop's webhooks".into();
/// assert!(document["webhooks"]["SALE_NEW"]["post"].is_object());
/// ```
#[must_use]
pub fn openapi(description: &Description) -> Value {
    let mut schemas = Schemas::new(SchemaSettings::draft2020_12());
    let (mut webhooks, mut security) = (Map::new(), Map::new());
    for event in &description.events {
        let credential = Credential::of(description, event.likely_mechanism());
        security.extend(credential.scheme("apiKey"));
        let operation = operation(event, credential, &mut schemas);
        webhooks.insert(event.name.to_owned(), json!({ "post": operation }));
    }
    let tags = MECHANISMS
        .iter()
        .filter(|mechanism| !events(description, **mechanism).is_empty())
        .map(
            |mechanism| json!({ "name": mechanism, "description": mechanism_summary(*mechanism) }),
        );
    let parameters = headers::OTHERS
        .iter()
        .map(|header| (header.name(), parameter(header)));
    let responses = replies_to_post()
        .into_iter()
        .map(|(status, replies)| (status.to_string(), response(status, &replies)));
    json!({
        "openapi": "3.1.1",
        "info": info(),
        "tags": tags.collect::<Vec<_>>(),
        "webhooks": webhooks,
        "components": {
            "parameters": parameters.collect::<Map<_, _>>(),
            "responses": responses.collect::<Map<_, _>>(),
            "schemas": schemas.finish(),
            "securitySchemes": security,
        },
    })
}

fn operation(event: &Event, credential: Credential, schemas: &mut Schemas) -> Value {
    let mechanism = event.likely_mechanism();
    let response = |status: u16| {
        let reference = format!("#/components/responses/{status}");
        (status.to_string(), json!({ "$ref": reference }))
    };
    let responses = replies_to_post().into_keys().map(response);
    let mut operation = json!({
        "operationId": key(event.name),
        "summary": event_summary(event),
        "tags": [mechanism],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": schemas.body(event) } },
        },
        "responses": responses.collect::<Map<_, _>>(),
        "security": [],
    });
    if let Some(name) = credential.name() {
        operation["security"] = json!([{ name: [] }]);
    }
    if mechanism == Mechanism::Account {
        let name = json!({
            "name": headers::EVENT.name(),
            "in": "header",
            "description": headers::EVENT.meaning,
            "required": true,
            "schema": { "type": "string", "const": event.name },
        });
        let others = headers::OTHERS.iter().map(|header| {
            let reference = format!("#/components/parameters/{}", header.name());
            json!({ "$ref": reference })
        });
        operation["parameters"] = [name].into_iter().chain(others).collect();
    }
    operation
}

fn parameter(header: &Header) -> Value {
    json!({
        "name": header.name(),
        "in": "header",
        "description": header.meaning,
        "schema": { "type": "string" },
        "example": header.example,
    })
}

fn response(status: u16, replies: &[&ReplyInfo]) -> Value {
    let mut response = json!({
        "description": replies::meaning(replies),
        "content": { "application/json": { "schema": replies::body(replies) } },
    });
    if status == 503 {
        response["headers"] = json!({
            "Retry-After": {
                "description": "Seconds.",
                "required": true,
                "schema": { "type": "integer", "minimum": 0 },
            },
        });
    }
    response
}
