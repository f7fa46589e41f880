//! A description as an OpenAPI document.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use siohook_events::{Mechanism, schemars};

use super::schemas::Schemas;
use super::wire::{self, Credential};
use super::{Description, Event};

impl Description {
    /// An [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.1.html) document of the
    /// [events](Self::events), as `webhooks`.
    ///
    /// It names no handler, secret, token or address. What siohook can't know is
    /// yours to fill in:
    ///
    /// ```
    /// let mut document = siohook::describe::Description::of_catalogue().openapi();
    /// document["info"]["title"] = "The shop's webhooks".into();
    /// assert!(document["webhooks"]["SALE_NEW"]["post"].is_object());
    /// ```
    #[must_use]
    pub fn openapi(&self) -> Value {
        let mut schemas = Schemas::new(SchemaSettings::draft2020_12());
        let (mut webhooks, mut security) = (Map::new(), Map::new());
        for event in &self.events {
            let credential = wire::credential(self, event.likely_mechanism());
            if let Some((name, scheme)) = credential.scheme("apiKey") {
                security.insert(name.to_owned(), scheme);
            }
            let operation = operation(event, credential, &mut schemas);
            webhooks.insert(event.name.to_owned(), json!({ "post": operation }));
        }
        let tag = |mechanism: Mechanism| {
            let is_used = !wire::events(self, mechanism).is_empty();
            let tag = || json!({ "name": mechanism, "description": wire::mechanism(mechanism) });
            is_used.then(tag)
        };
        let tags = [Mechanism::Automation, Mechanism::Account].map(tag);
        let headers = wire::HEADERS
            .iter()
            .map(|header| (header.name.to_owned(), parameter(header)));
        let replies = wire::replies_to_post().into_iter();
        let replies =
            replies.map(|(status, outcomes)| (status.to_string(), reply(status, &outcomes)));
        json!({
            "openapi": "3.1.1",
            "info": {
                "title": "systeme.io webhooks",
                "version": env!("CARGO_PKG_VERSION"),
                "description": wire::BODIES,
            },
            "tags": tags.into_iter().flatten().collect::<Vec<_>>(),
            "webhooks": webhooks,
            "components": {
                "parameters": headers.collect::<Map<_, _>>(),
                "responses": replies.collect::<Map<_, _>>(),
                "schemas": schemas.finish(),
                "securitySchemes": security,
            },
        })
    }
}

fn operation(event: &Event, credential: Credential, schemas: &mut Schemas) -> Value {
    let mechanism = event.likely_mechanism();
    let replies = wire::replies_to_post();
    let reply = |status: &u16| {
        let reference = format!("#/components/responses/{status}");
        (status.to_string(), json!({ "$ref": reference }))
    };
    let mut operation = json!({
        "operationId": wire::key(event.name),
        "summary": wire::summary(event),
        "tags": [mechanism],
        "requestBody": {
            "required": true,
            "content": { "application/json": { "schema": schemas.body(event) } },
        },
        "responses": replies.keys().map(reply).collect::<Map<_, _>>(),
        "security": [],
    });
    if let Some(name) = credential.name() {
        operation["security"] = json!([{ name: [] }]);
    }
    if mechanism == Mechanism::Account {
        let name = json!({
            "name": wire::EVENT,
            "in": "header",
            "description": wire::EVENT_MEANING,
            "required": true,
            "schema": { "type": "string", "const": event.name },
        });
        let others = wire::HEADERS
            .iter()
            .map(|header| json!({ "$ref": format!("#/components/parameters/{}", header.name) }));
        operation["parameters"] = [name].into_iter().chain(others).collect();
    }
    operation
}

fn parameter(header: &wire::Header) -> Value {
    json!({
        "name": header.name,
        "in": "header",
        "description": header.meaning,
        "schema": { "type": "string" },
        "example": header.example,
    })
}

fn reply(status: u16, outcomes: &[(&str, &str)]) -> Value {
    let mut reply = json!({
        "description": wire::reply_meaning(outcomes),
        "content": { "application/json": { "schema": wire::reply_body(outcomes) } },
    });
    if status == 503 {
        reply["headers"] = json!({
            "Retry-After": {
                "description": "Seconds.",
                "required": true,
                "schema": { "type": "integer", "minimum": 0 },
            },
        });
    }
    reply
}
