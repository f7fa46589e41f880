//! The schemas of a document with several events.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use siohook_events::{EventName, Mechanism, schemars};

use super::{Event, wire};

/// The bodies of events, and what they refer to: the `components` of a document.
pub(super) struct Schemas {
    generator: SchemaGenerator,
    bodies: Map<String, Value>,
}

impl Schemas {
    pub(super) fn new(dialect: SchemaSettings) -> Self {
        let settings = dialect.with(|settings| {
            settings.definitions_path = "/components/schemas".into();
        });
        Self {
            generator: settings.into_generator(),
            bodies: Map::new(),
        }
    }

    /// A reference to the body of an event.
    pub(super) fn body(&mut self, event: &Event) -> Value {
        let mut body = match EventName::new(event.name).event() {
            Some(listed) => listed.subschema(&mut self.generator),
            None => unpublished(event),
        };
        if body.get("$ref").is_some() {
            return body.to_value();
        }
        for transform in self.generator.transforms_mut() {
            transform.transform(&mut body);
        }
        let key = wire::key(event.name);
        let reference = json!({ "$ref": format!("#/components/schemas/{key}") });
        self.bodies.insert(key, body.to_value());
        reference
    }

    pub(super) fn finish(mut self) -> Map<String, Value> {
        let mut schemas = self.generator.take_definitions(true);
        schemas.append(&mut self.bodies);
        schemas
    }
}

/// All that is known of a body that nobody has published.
fn unpublished(event: &Event) -> Schema {
    let description = wire::summary(event);
    match event.likely_mechanism() {
        Mechanism::Account => schemars::json_schema!({ "description": description }),
        Mechanism::Automation => schemars::json_schema!({
            "description": description,
            "type": "object",
            "properties": { "type": { "const": event.name } },
            "required": ["type", "data"],
        }),
    }
}
