//! JSON Schemas of the payload types. They are derived from the types, their serde
//! attributes and their documentation; the rest is added here.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::{Event, Mechanism, Timestamp};

impl Event {
    /// Returns the JSON Schema (draft 2020-12) of this event's body, payload and envelope.
    ///
    /// It admits every body that the payload type reads: unknown keys, null for absent,
    /// numbers in strings, every form of [`Fields`](crate::Fields). A member that the type
    /// can't do without is required. The schema of a payload alone is
    /// `schemars::schema_for!(account::SaleNew)`.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// let sale = siohook::events().iter().find(|event| event.name() == "SALE_NEW").unwrap();
    /// let schema = sale.schema();
    /// assert_eq!(schema.get("$ref").unwrap(), "#/$defs/account.SaleNew");
    /// println!("{}", serde_json::to_string_pretty(&schema)?);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn schema(&self) -> Schema {
        let mut generator = SchemaGenerator::default();
        let mut schema = self.subschema(&mut generator);
        schema.insert("title".to_owned(), self.name().into());
        schema.insert("description".to_owned(), self.summary().into());
        let meta_schema = generator.settings().meta_schema.clone();
        schema.insert("$schema".to_owned(), json!(meta_schema));
        let definitions = generator.take_definitions(true);
        schema.insert("$defs".to_owned(), Value::Object(definitions));
        schema
    }

    /// Returns the same for a document with several schemas. The types that it refers to
    /// are among the generator's definitions.
    ///
    /// ```
    /// use siohook_events::schemars::SchemaGenerator;
    ///
    /// let mut generator = SchemaGenerator::default();
    /// for event in siohook_events::events() {
    ///     event.subschema(&mut generator);
    /// }
    /// assert!(generator.definitions().contains_key("account.SaleNew"));
    /// ```
    pub fn subschema(&self, generator: &mut SchemaGenerator) -> Schema {
        let payload = payload(self, generator);
        match self.mechanism() {
            Mechanism::Account => payload,
            Mechanism::Automation => envelope(self, &payload, generator),
        }
    }
}

macro_rules! payloads {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*) => {
        fn payload(event: &Event, generator: &mut SchemaGenerator) -> Schema {
            match event.name() {
                $($name => generator.subschema_for::<crate::$mechanism::$payload>(),)*
                // Events come from the table, so there is no other.
                _ => Schema::default(),
            }
        }
    };
}
__for_each_event!(payloads);

/// Schema of the body of an automation. `type` and `data` are required.
fn envelope(event: &Event, payload: &Schema, generator: &mut SchemaGenerator) -> Schema {
    let mut created_at = Timestamp::json_schema(generator).to_value();
    created_at["description"] = "Time of the event.".into();
    let mut envelope = schemars::json_schema!({
        "description": event.summary(),
        "type": "object",
        "properties": {
            "type": { "description": "Name of the event.", "const": event.name() },
            "data": payload,
            "account": {
                "description": "Account that sends.",
                "type": "object",
                "properties": {
                    "email": {
                        "description": "E-mail address of the owner.",
                        "type": ["string", "null"],
                    },
                },
            },
            "created_at": created_at,
        },
        "required": ["type", "data"],
    });
    tolerant(&mut envelope);
    envelope
}

/// Adds the promises of every type of this crate that no attribute states: null equals
/// absent, a number may come in a string, a time that can't be read is `None`.
pub(crate) fn tolerant(schema: &mut Schema) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    remove_rust(schema);
    admit_text_for_number(schema);
    let required = schema.get("required").cloned().unwrap_or_default();
    let is_required = |name: &String| {
        let mut names = required.as_array().into_iter().flatten();
        names.any(|required| required == name)
    };
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    for (name, property) in properties {
        let Value::Object(property) = property else {
            continue;
        };
        remove_rust(property);
        admit_text_for_number(property);
        if !is_required(name) {
            admit_null(property);
            admit_unreadable_time(property);
        }
    }
}

/// The schema's `type`, as a list. Without one there is no type to add to.
fn types(schema: &mut Map<String, Value>) -> Option<&mut Vec<Value>> {
    let types = schema.get_mut("type")?;
    if types.is_string() {
        *types = json!([types.take()]);
    }
    types.as_array_mut()
}

fn admit_null(schema: &mut Map<String, Value>) {
    if let Some(types) = types(schema).filter(|types| !types.contains(&"null".into())) {
        types.push("null".into());
    }
}

fn admit_text_for_number(schema: &mut Map<String, Value>) {
    let whole = match schema.get("type") {
        Some(Value::String(of)) if of == "integer" => true,
        Some(Value::String(of)) if of == "number" => false,
        Some(Value::Array(of)) if of.contains(&"integer".into()) => true,
        Some(Value::Array(of)) if of.contains(&"number".into()) => false,
        _ => return,
    };
    let pattern = match (whole, schema.get("minimum")) {
        (true, Some(_)) => r"^(0|[1-9][0-9]*)(\.0+)?$",
        // An amount of money.
        (true, None) => r"^-?(0|[1-9][0-9]*)$",
        (false, _) => r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$",
    };
    schema.insert("pattern".to_owned(), pattern.into());
    if let Some(types) = types(schema) {
        types.push("string".into());
    }
}

fn admit_unreadable_time(schema: &mut Map<String, Value>) {
    if schema.get("format").is_none_or(|of| of != "date-time") {
        return;
    }
    schema.remove("type");
    let time = ["format", "examples"].map(|key| (key.to_owned(), schema.remove(key)));
    let time: Map<_, _> = time
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .chain([("type".to_owned(), "string".into())])
        .collect();
    let none = json!({ "type": ["string", "null"] });
    schema.insert("anyOf".to_owned(), json!([time, none]));
}

/// Removes from the description the parts that only rustdoc needs: links to items,
/// examples, sections, and ends of lines within a paragraph.
fn remove_rust(schema: &mut Map<String, Value>) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        let end = ["```", "\n# "].map(|part| description.find(part));
        let prose = &description[..end.into_iter().flatten().min().unwrap_or(description.len())];
        let paragraphs = prose.trim_end().split("\n\n");
        let lines: Vec<_> = paragraphs.map(|text| text.replace('\n', " ")).collect();
        *description = without_item_links(&lines.join("\n\n"));
    }
}

/// `[text](path)` and ``[`path`]`` without the brackets. Addresses stay.
fn without_item_links(text: &str) -> String {
    let Some((before, link)) = text.split_once('[') else {
        return text.to_owned();
    };
    let Some((label, after)) = link.split_once(']') else {
        return text.to_owned();
    };
    let target = after
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'));
    match target {
        Some((path, rest)) if !path.contains("://") => {
            format!("{before}{label}{}", without_item_links(rest))
        }
        None if label.len() > 2 && label.starts_with('`') && label.ends_with('`') => {
            format!("{before}{label}{}", without_item_links(after))
        }
        _ => format!("{before}[{label}]{}", without_item_links(after)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_items_lose_their_brackets() {
        for (text, plain) in [
            ("as the [type](Self::r#type) says", "as the type says"),
            ("another: [`CustomerId`].", "another: `CustomerId`."),
            (
                "`[]` when it is empty, [`a`] and [b](c)",
                "`[]` when it is empty, `a` and b",
            ),
            (
                "see [here](https://example.com/)",
                "see [here](https://example.com/)",
            ),
            ("a [ and ] b", "a [ and ] b"),
            ("[", "["),
        ] {
            assert_eq!(without_item_links(text), plain);
        }
    }
}
