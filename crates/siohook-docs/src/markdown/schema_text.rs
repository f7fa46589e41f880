//! A schema in words.

use serde_json::Value;

pub(super) fn meaning(schema: &Value) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

/// Returns the type of a value in words. The introduction of the page says that any value may
/// be null, and a number may come in a string.
pub(super) fn type_of(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return link(name);
    }
    if let Some(Value::Array(forms)) = schema.get("anyOf") {
        if forms.iter().any(|form| form["format"] == "date-time") {
            return "time".to_owned();
        }
        let mut forms: Vec<_> = forms
            .iter()
            .map(type_of)
            .filter(|form| form != "null")
            .collect();
        forms.dedup();
        return forms.join(" or ");
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        Value::String(one) => vec![one.as_str()],
        _ => vec![],
    };
    let is = |name| types.contains(&name);
    if is("integer") {
        "whole number".to_owned()
    } else if is("number") {
        "number".to_owned()
    } else if is("array") {
        format!("list of {}", type_of(&schema["items"]))
    } else if let Some(Value::Object(properties)) = schema.get("properties") {
        let names: Vec<_> = properties
            .iter()
            .map(|(name, of)| format!("`{name}`: {}", type_of(of)))
            .collect();
        format!("an object with {}", names.join(", "))
    } else {
        (*types.first().unwrap_or(&"anything")).to_owned()
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"]
        .as_str()?
        .strip_prefix("#/components/schemas/")
}

/// Returns a link to a heading of the page.
pub(super) fn link(heading: &str) -> String {
    format!("[`{heading}`](#{})", anchor(heading))
}

/// Returns the anchor of a heading as GitHub derives it.
pub(super) fn anchor(heading: &str) -> String {
    let heading = heading.to_lowercase();
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_');
    heading.chars().filter(kept).collect()
}
