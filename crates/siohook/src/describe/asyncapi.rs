//! A description as an AsyncAPI document.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use siohook_events::{Mechanism, schemars};

use super::schemas::Schemas;
use super::wire::{self, Credential};
use super::{Description, Event};

const HTTP_BINDING: &str = "0.3.0";

impl Description {
    /// An [AsyncAPI 3.0](https://www.asyncapi.com/docs/reference/specification/v3.0.0)
    /// document of the [events](Self::events): a channel for each mechanism, the
    /// headers and bodies of its messages, and what they are answered.
    ///
    /// It names no handler, secret, token or address. What siohook can't know is
    /// yours to fill in:
    ///
    /// ```
    /// use serde_json::json;
    ///
    /// let mut document = siohook::describe::Description::of_catalogue().asyncapi();
    /// document["info"]["title"] = json!("The shop's webhooks");
    /// document["servers"] = json!({ "shop": { "host": "shop.example.com", "protocol": "https" } });
    /// document["channels"]["account"]["address"] = json!("/systeme");
    /// ```
    #[must_use]
    pub fn asyncapi(&self) -> Value {
        let mut schemas = Schemas::new(SchemaSettings::draft07());
        let (mut channels, mut operations) = (Map::new(), Map::new());
        let (mut messages, mut security) = (Map::new(), Map::new());
        for mechanism in [Mechanism::Automation, Mechanism::Account] {
            let events = wire::events(self, mechanism);
            if events.is_empty() {
                continue;
            }
            for event in &events {
                messages.insert(wire::key(event.name), message(event, &mut schemas));
            }
            let credential = wire::credential(self, mechanism);
            if let Some((name, scheme)) = credential.scheme("httpApiKey") {
                security.insert(name.to_owned(), scheme);
            }
            channels.insert(mechanism.to_string(), channel(mechanism, &events));
            let name = format!("receive_{mechanism}");
            operations.insert(name, operation(mechanism, &events, credential));
        }
        for (status, outcomes) in wire::replies_to_post() {
            messages.insert(status.to_string(), reply(status, &outcomes));
        }
        channels.insert("replies".to_owned(), replies());
        json!({
            "asyncapi": "3.0.0",
            "info": {
                "title": "systeme.io webhooks",
                "version": env!("CARGO_PKG_VERSION"),
                "description": wire::BODIES,
            },
            "defaultContentType": "application/json",
            "channels": channels,
            "operations": operations,
            "components": {
                "messages": messages,
                "schemas": schemas.finish(),
                "securitySchemes": security,
            },
        })
    }
}

fn channel(mechanism: Mechanism, events: &[&Event]) -> Value {
    let messages: Map<_, _> = events
        .iter()
        .map(|event| wire::key(event.name))
        .map(|key| {
            (
                key.clone(),
                json!({ "$ref": format!("#/components/messages/{key}") }),
            )
        })
        .collect();
    json!({
        "address": null,
        "description": wire::mechanism(mechanism),
        "messages": messages,
    })
}

fn operation(mechanism: Mechanism, events: &[&Event], credential: Credential) -> Value {
    let message = |key: String| json!({ "$ref": format!("#/channels/{mechanism}/messages/{key}") });
    let messages: Vec<_> = events
        .iter()
        .map(|event| message(wire::key(event.name)))
        .collect();
    let answer = |status: &u16| json!({ "$ref": format!("#/channels/replies/messages/{status}") });
    let answers: Vec<_> = wire::replies_to_post().keys().map(answer).collect();
    let mut operation = json!({
        "action": "receive",
        "channel": { "$ref": format!("#/channels/{mechanism}") },
        "summary": wire::mechanism(mechanism),
        "messages": messages,
        "bindings": { "http": { "method": "POST", "bindingVersion": HTTP_BINDING } },
        "reply": {
            "channel": { "$ref": "#/channels/replies" },
            "messages": answers,
        },
    });
    if let Some(name) = credential.name() {
        let scheme = json!({ "$ref": format!("#/components/securitySchemes/{name}") });
        operation["security"] = json!([scheme]);
    }
    if credential == Credential::Token {
        operation["bindings"]["http"]["query"] = json!({
            "type": "object",
            "properties": { "token": { "type": "string", "description": wire::TOKEN_MEANING } },
            "required": ["token"],
        });
    }
    operation
}

fn message(event: &Event, schemas: &mut Schemas) -> Value {
    let mut message = json!({
        "name": event.name,
        "summary": wire::summary(event),
        "contentType": "application/json",
        "payload": schemas.body(event),
    });
    if event.likely_mechanism() == Mechanism::Account {
        message["headers"] = headers(event);
    }
    message
}

fn headers(event: &Event) -> Value {
    let name = json!({
        "type": "string",
        "description": wire::EVENT_MEANING,
        "const": event.name,
    });
    let signature = json!({
        "type": "string",
        "description": wire::SIGNATURE_MEANING,
        "pattern": "^[0-9a-fA-F]{64}$",
    });
    let mut properties = Map::from_iter([
        (wire::EVENT.to_owned(), name),
        (wire::SIGNATURE.to_owned(), signature),
    ]);
    for header in wire::HEADERS {
        let schema = json!({
            "type": "string",
            "description": header.meaning,
            "examples": [header.example],
        });
        properties.insert(header.name.to_owned(), schema);
    }
    json!({ "type": "object", "properties": properties, "required": [wire::EVENT] })
}

fn replies() -> Value {
    let message = |status: &u16| {
        let message = json!({ "$ref": format!("#/components/messages/{status}") });
        (status.to_string(), message)
    };
    let messages: Map<_, _> = wire::replies_to_post().keys().map(message).collect();
    json!({
        "address": null,
        "description": "The answer to the request that brought the message.",
        "messages": messages,
    })
}

fn reply(status: u16, outcomes: &[(&str, &str)]) -> Value {
    let mut http = json!({ "statusCode": status, "bindingVersion": HTTP_BINDING });
    if status == 503 {
        http["headers"] = json!({
            "type": "object",
            "properties": { "Retry-After": { "type": "string", "description": "Seconds." } },
            "required": ["Retry-After"],
        });
    }
    json!({
        "name": status.to_string(),
        "summary": wire::reply_meaning(outcomes),
        "contentType": "application/json",
        "payload": wire::reply_body(outcomes),
        "bindings": { "http": http },
    })
}
