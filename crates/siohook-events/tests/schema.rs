//! A schema admits what the type reads and nothing else, as far as a schema can say it.
#![cfg(feature = "schema")]

mod support;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};
use siohook_events::schemars::generate::SchemaSettings;
use siohook_events::schemars::{JsonSchema, Schema};
use siohook_events::{Mechanism, events, unified};
use support::{Fixture, fixtures};

const META_SCHEMA: &str = "https://json-schema.org/draft/2020-12/schema";

/// A schema that was compiled, which checks it against its meta-schema.
struct Validator {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Validator {
    fn new(schema: Value) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        compiler
            .add_resource("https://example.com/schema", schema)
            .unwrap();
        let index = compiler
            .compile("https://example.com/schema", &mut schemas)
            .unwrap_or_else(|error| panic!("{error:#}"));
        Self { schemas, index }
    }

    fn of(fixture: &Fixture) -> Self {
        Self::new(fixture.event.schema().to_value())
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        let result = self.schemas.validate(value, self.index);
        result.map_err(|error| format!("{error:#}"))
    }
}

#[test]
fn every_schema_is_one() {
    let meta = Validator::new(json!({ "$ref": META_SCHEMA }));
    for event in events() {
        let schema = event.schema().to_value();
        assert_eq!(schema["$schema"], META_SCHEMA);
        assert_eq!(schema["title"], event.name());
        meta.check(&schema).unwrap();
        Validator::new(schema);
    }
    assert!(meta.check(&json!({ "type": "text" })).is_err());
}

#[test]
fn every_published_body_is_admitted() {
    for fixture in fixtures() {
        let admitted = Validator::of(&fixture).check(&fixture.body());
        admitted.unwrap_or_else(|error| panic!("{}: {error}", fixture.file));
    }
}

#[test]
fn no_body_of_another_automation_is() {
    for fixture in fixtures() {
        let validator = Validator::of(&fixture);
        for other in fixtures() {
            let is_other = other.event.mechanism() == Mechanism::Automation;
            if is_other && other.event != fixture.event {
                assert!(validator.check(&other.body()).is_err(), "{}", other.file);
            }
        }
    }
}

#[test]
fn what_is_written_is_admitted() {
    for fixture in fixtures() {
        let mut body = fixture.body();
        let payload = serde_json::to_value(fixture.payload()).unwrap();
        *body.pointer_mut(fixture.root()).unwrap() = payload;
        Validator::of(&fixture).check(&body).unwrap();
    }
}

#[test]
fn what_is_written_fits_the_schema_for_writing() {
    for fixture in fixtures() {
        let mut generator = SchemaSettings::draft2020_12()
            .for_serialize()
            .into_generator();
        let schema = fixture.event.subschema(&mut generator);
        let mut schema = schema.to_value();
        schema["$defs"] = Value::Object(generator.take_definitions(true));
        let mut body = fixture.body();
        let payload = serde_json::to_value(fixture.payload()).unwrap();
        *body.pointer_mut(fixture.root()).unwrap() = payload;
        let admitted = Validator::new(schema).check(&body);
        admitted.unwrap_or_else(|error| panic!("{}: {error}", fixture.file));
    }
}

#[test]
fn unified_types_are_written_as_their_schemas_say() {
    fn check<T: JsonSchema + serde::Serialize>(unified: &T) {
        let schema: Schema = siohook_events::schemars::schema_for!(T);
        let validator = Validator::new(schema.to_value());
        validator
            .check(&serde_json::to_value(unified).unwrap())
            .unwrap();
        assert!(validator.check(&json!({})).is_err());
    }
    let mut checked = 0;
    for fixture in fixtures() {
        use support::Payload;
        match fixture.payload() {
            Payload::TagAdded(event) => check(&unified::TagAdded::from(event)),
            Payload::ContactTagAdded(event) => check(&unified::TagAdded::from(event)),
            Payload::TagRemoved(event) => check(&unified::TagRemoved::from(event)),
            Payload::ContactTagRemoved(event) => check(&unified::TagRemoved::from(event)),
            Payload::OptInCompleted(event) => check(&unified::OptIn::from(event)),
            Payload::ContactOptIn(event) => check(&unified::OptIn::from(event)),
            Payload::SaleCompleted(event) => check(&unified::Sale::from(event)),
            Payload::SaleNew(event) => check(&unified::Sale::from(event)),
            _ => continue,
        }
        checked += 1;
    }
    assert_eq!(checked, 10);
}

#[test]
fn the_documentation_of_every_field_says_how_it_is_known() {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    for event in events() {
        event.subschema(&mut generator);
    }
    generator.subschema_for::<unified::TagAdded>();
    generator.subschema_for::<unified::TagRemoved>();
    generator.subschema_for::<unified::OptIn>();
    generator.subschema_for::<unified::Sale>();
    let mut fields = 0;
    for (name, schema) in generator.take_definitions(true) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (field, schema) in properties.into_iter().flatten() {
            let text = schema["description"].as_str().unwrap_or_default();
            let words = ["aptured", "ocumented", "never seen"];
            let says = words.iter().any(|word| text.contains(word));
            assert!(says, "{name}.{field}: {text}");
            fields += 1;
        }
    }
    assert!(fields > 150, "{fields}");
}

/// What a member may be replaced with. `None` takes it away.
fn replacements(old: &Value) -> Vec<Option<Value>> {
    let mut replacements = vec![None];
    replacements.extend(
        [
            json!(null),
            json!(true),
            json!(7),
            json!(7.0),
            json!(-7),
            json!(7.5),
            json!(""),
            json!("x"),
            json!("7"),
            json!("7.00"),
            json!("-7"),
            json!("7.5"),
            json!("07"),
            json!("7 "),
            json!("-0001-11-30T00:00:00+00:00"),
            json!([]),
            json!([7]),
            json!([{}]),
            json!({}),
            json!({ "contact": old }),
            json!({ "contact": {} }),
            json!({ "x": null, "first_name": 7 }),
        ]
        .map(Some),
    );
    replacements
}

#[test]
fn a_schema_admits_what_the_type_reads() {
    let (mut admitted, mut refused) = (0, 0);
    for fixture in fixtures() {
        let validator = Validator::of(&fixture);
        let mut pointers = vec![];
        pointers_in(&fixture.body(), String::new(), &mut pointers);
        for pointer in pointers.iter().filter(|at| at.starts_with(fixture.root())) {
            let old = fixture.body().pointer(pointer).unwrap().clone();
            for new in replacements(&old) {
                let mut body = fixture.body();
                replace(&mut body, pointer, new.clone());
                let is_read = fixture.read(&body.to_string()).is_ok();
                let check = validator.check(&body);
                if check.is_ok() {
                    admitted += 1;
                } else {
                    refused += 1;
                }
                let beyond_the_wire = new.as_ref().is_some_and(|new| is_odd(pointer, &old, new));
                assert!(
                    check.is_ok() == is_read || is_read && beyond_the_wire,
                    "{} {pointer} = {new:?}: read {is_read}, {check:?}",
                    fixture.file
                );
            }
        }
    }
    // Neither is rare, so the comparison means something.
    assert!(admitted > 1000 && refused > 1000, "{admitted} {refused}");
}

/// What is read although no sender writes it, so that no schema says it: a list
/// of an object's values, because serde takes it for the object, any value for a
/// time, and a number for a unit of time.
fn is_odd(pointer: &str, old: &Value, new: &Value) -> bool {
    let key = pointer.rsplit('/').next().unwrap();
    let is_time = ["_at", "At", "Date"].iter().any(|end| key.ends_with(end));
    let is_for_object = new.is_array() && (old.is_object() || old.is_null());
    let is_for_unit = new.is_number() && key.to_lowercase().ends_with("interval");
    is_for_object || is_for_unit || is_time && !new.is_string() && !new.is_null()
}

fn pointers_in(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                pointers_in(value, format!("{at}/{key}"), found);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                pointers_in(value, format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
    found.push(at);
}

fn replace(body: &mut Value, pointer: &str, new: Option<Value>) {
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        *body = new.unwrap_or_default();
        return;
    };
    match (body.pointer_mut(parent).unwrap(), new) {
        (Value::Object(map), None) => _ = map.remove(key),
        (Value::Object(map), Some(new)) => map[key] = new,
        (Value::Array(list), None) => _ = list.remove(key.parse().unwrap()),
        (Value::Array(list), Some(new)) => list[key.parse::<usize>().unwrap()] = new,
        _ => unreachable!("the parent of {pointer} has members"),
    }
}
