//! A description as an AsyncAPI document.

use serde_json::{Map, Value, json};
use siohook::describe::{Description, Event, ReplyInfo};
use siohook_events::Mechanism;
use siohook_events::schemars::generate::SchemaSettings;

use crate::common::{MECHANISMS, event_summary, events, info, key, mechanism_summary};
use crate::credential::{Credential, TOKEN_MEANING};
use crate::headers;
use crate::replies::{self, replies_to_post};
use crate::schemas::Schemas;

const HTTP_BINDING: &str = "0.3.0";

/// Writes the [events](Description::events) as an
/// [AsyncAPI 3.0](https://www.asyncapi.com/docs/reference/specification/v3.0.0) document: a
/// channel for each mechanism, the headers and bodies of its messages, and the replies.
///
/// It names no handler, secret, token or address. Add the facts that siohook does not know:
///
/// ```
/// use serde_json::json;
/// use siohook::describe::Description;
///
/// let mut document = siohook_docs::asyncapi(&Description::of_catalogue());
/// document["info"]["title"] = json!("The shop's webhooks");
/// document["servers"] = json!({ "shop": { "host": "shop.example.com", "protocol": "https" } });
/// document["channels"]["account"]["address"] = json!("/systeme");
/// ```
#[must_use]
pub fn asyncapi(description: &Description) -> Value {
    let mut schemas = Schemas::new(SchemaSettings::draft07());
    let (mut channels, mut operations) = (Map::new(), Map::new());
    let (mut messages, mut security) = (Map::new(), Map::new());
    for mechanism in MECHANISMS {
        let events = events(description, mechanism);
        if events.is_empty() {
            continue;
        }
        for event in &events {
            messages.insert(key(event.name), message(event, &mut schemas));
        }
        let credential = Credential::of(description, mechanism);
        security.extend(credential.scheme("httpApiKey"));
        channels.insert(mechanism.to_string(), channel(mechanism, &events));
        let name = format!("receive_{mechanism}");
        operations.insert(name, operation(mechanism, &events, credential));
    }
    for (status, replies) in replies_to_post() {
        messages.insert(status.to_string(), reply(status, &replies));
    }
    channels.insert("replies".to_owned(), reply_channel());
    json!({
        "asyncapi": "3.0.0",
        "info": info(),
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

fn channel(mechanism: Mechanism, events: &[&Event]) -> Value {
    let keys = events.iter().map(|event| key(event.name));
    json!({
        "address": null,
        "description": mechanism_summary(mechanism),
        "messages": messages(keys),
    })
}

fn reply_channel() -> Value {
    let keys = replies_to_post()
        .into_keys()
        .map(|status| status.to_string());
    json!({
        "address": null,
        "description": "The reply to the request with the message.",
        "messages": messages(keys),
    })
}

/// References to the messages of a channel.
fn messages(keys: impl Iterator<Item = String>) -> Map<String, Value> {
    let message = |key: String| {
        let reference = json!({ "$ref": format!("#/components/messages/{key}") });
        (key, reference)
    };
    keys.map(message).collect()
}

fn operation(mechanism: Mechanism, events: &[&Event], credential: Credential) -> Value {
    let message = |event: &&Event| {
        let key = key(event.name);
        json!({ "$ref": format!("#/channels/{mechanism}/messages/{key}") })
    };
    let reply = |status: &u16| json!({ "$ref": format!("#/channels/replies/messages/{status}") });
    let mut operation = json!({
        "action": "receive",
        "channel": { "$ref": format!("#/channels/{mechanism}") },
        "summary": mechanism_summary(mechanism),
        "messages": events.iter().map(message).collect::<Vec<_>>(),
        "bindings": { "http": { "method": "POST", "bindingVersion": HTTP_BINDING } },
        "reply": {
            "channel": { "$ref": "#/channels/replies" },
            "messages": replies_to_post().keys().map(reply).collect::<Vec<_>>(),
        },
    });
    if let Some(name) = credential.name() {
        let scheme = json!({ "$ref": format!("#/components/securitySchemes/{name}") });
        operation["security"] = json!([scheme]);
    }
    if credential == Credential::Token {
        operation["bindings"]["http"]["query"] = json!({
            "type": "object",
            "properties": { "token": { "type": "string", "description": TOKEN_MEANING } },
            "required": ["token"],
        });
    }
    operation
}

fn message(event: &Event, schemas: &mut Schemas) -> Value {
    let mut message = json!({
        "name": event.name,
        "summary": event_summary(event),
        "contentType": "application/json",
        "payload": schemas.body(event),
    });
    if event.likely_mechanism() == Mechanism::Account {
        message["headers"] = account_headers(event);
    }
    message
}

fn account_headers(event: &Event) -> Value {
    let name = json!({
        "type": "string",
        "description": headers::EVENT.meaning,
        "const": event.name,
    });
    let signature = json!({
        "type": "string",
        "description": headers::SIGNATURE.meaning,
        "pattern": "^[0-9a-fA-F]{64}$",
    });
    let mut properties = Map::from_iter([
        (headers::EVENT.name(), name),
        (headers::SIGNATURE.name(), signature),
    ]);
    properties.extend(headers::OTHERS.iter().map(|header| {
        let schema = json!({
            "type": "string",
            "description": header.meaning,
            "examples": [header.example],
        });
        (header.name(), schema)
    }));
    json!({ "type": "object", "properties": properties, "required": [headers::EVENT.name()] })
}

fn reply(status: u16, replies: &[&ReplyInfo]) -> Value {
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
        "summary": replies::meaning(replies),
        "contentType": "application/json",
        "payload": replies::body(replies),
        "bindings": { "http": http },
    })
}
