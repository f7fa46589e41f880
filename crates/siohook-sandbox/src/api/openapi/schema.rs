//! Schemas of values.

use serde_json::{Map, Value, json};

/// An object of an answer, with all of these members and no others.
pub(super) fn object(properties: Value) -> Value {
    let names: Vec<_> = properties
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .collect();
    json!({
        "type": "object",
        "required": names,
        "properties": properties,
        "additionalProperties": false,
    })
}

/// The object of a request.
pub(super) fn input(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

/// The schema of this name.
pub(super) fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub(super) fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

pub(super) fn or_null(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

pub(super) fn choice(names: &[&str]) -> Value {
    json!({ "type": "string", "enum": names })
}

pub(super) fn text() -> Value {
    json!({ "type": "string" })
}

/// A text that is not blank, with at most this many characters.
pub(super) fn text_up_to(longest: usize) -> Value {
    json!({ "type": "string", "pattern": r"\S", "maxLength": longest })
}

pub(super) fn flag() -> Value {
    json!({ "type": "boolean" })
}

pub(super) fn id() -> Value {
    json!({ "type": "integer", "minimum": 1 })
}

pub(super) fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

pub(super) fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

/// A time of an answer, in whole seconds.
pub(super) fn time() -> Value {
    json!({
        "type": "string",
        "format": "date-time",
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$",
    })
}
