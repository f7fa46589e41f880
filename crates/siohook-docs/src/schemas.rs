//! Schemas of a document with several events.

use serde_json::{Map, Value, json};
use siohook::describe::Event;
use siohook_events::schemars::generate::SchemaSettings;
use siohook_events::schemars::{Schema, SchemaGenerator, json_schema};
use siohook_events::{EventName, Mechanism};

use crate::common::{event_summary, key};

/// Collects the bodies of events and the types that they refer to.
pub(crate) struct Schemas {
    generator: SchemaGenerator,
    bodies: Map<String, Value>,
}

impl Schemas {
    pub(crate) fn new(dialect: SchemaSettings) -> Self {
        let settings = dialect.with(|settings| {
            settings.definitions_path = "/components/schemas".into();
        });
        Self {
            generator: settings.into_generator(),
            bodies: Map::new(),
        }
    }

    /// Adds the body of an event, and returns a reference to it.
    pub(crate) fn body(&mut self, event: &Event) -> Value {
        let mut body = match EventName::new(event.name).event() {
            Some(listed) => listed.subschema(&mut self.generator),
            None => unlisted(event),
        };
        if body.get("$ref").is_some() {
            return body.to_value();
        }
        for transform in self.generator.transforms_mut() {
            transform.transform(&mut body);
        }
        let key = key(event.name);
        let reference = json!({ "$ref": format!("#/components/schemas/{key}") });
        self.bodies.insert(key, body.to_value());
        reference
    }

    /// Returns the member `components.schemas` of the document.
    pub(crate) fn finish(mut self) -> Map<String, Value> {
        let mut schemas = self.generator.take_definitions(true);
        schemas.append(&mut self.bodies);
        schemas
    }
}

/// Schema of the body of an event that the catalogue lacks.
fn unlisted(event: &Event) -> Schema {
    let description = event_summary(event);
    match event.likely_mechanism() {
        Mechanism::Account => json_schema!({ "description": description }),
        _ => json_schema!({
            "description": description,
            "type": "object",
            "properties": { "type": { "const": event.name } },
            "required": ["type", "data"],
        }),
    }
}
