//! An operation of the document.

use serde_json::{Map, Value, json};

use super::description::{Description, Parameter};
use super::responses;
use super::schema::{choice, count, id, named, text, uuid};
use crate::api::call::Reads;
use crate::api::page;

pub(in crate::api) fn operation(path: &str, reads: Reads, description: &Description) -> Value {
    let mut operation = json!({
        "operationId": description.id,
        "summary": description.summary,
        "tags": [path.split('/').nth(1)],
        "responses": responses(path, reads, description),
    });
    let parameters = parameters(path, description);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if let Some((media_type, schema)) = reads.body() {
        operation["requestBody"] = json!({
            "required": true,
            "content": { media_type: { "schema": named(schema) } },
        });
    }
    operation
}

fn responses(path: &str, reads: Reads, description: &Description) -> Map<String, Value> {
    let has_body = reads.body().is_some();
    let has_query = !description.query.is_empty() || description.longest_page.is_some();
    let mut statuses = vec![401, 403, 421, 429];
    statuses.extend(description.problems);
    if path.contains('{') {
        statuses.push(404);
    }
    if has_body {
        statuses.extend([400, 413, 415]);
    }
    if has_body || has_query {
        statuses.push(422);
    }
    let problems = statuses.iter().map(|status| {
        let reference = json!({ "$ref": format!("#/components/responses/{status}") });
        (status.to_string(), reference)
    });
    let answer = description.answer;
    let success = responses::success(answer.schema());
    [(answer.status().to_string(), success)]
        .into_iter()
        .chain(problems)
        .collect()
}

fn parameters(path: &str, description: &Description) -> Vec<Value> {
    let in_path = path.split('/').filter_map(|segment| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        let schema = match name {
            "slug" => text(),
            _ if path.starts_with("/webhooks") => uuid(),
            _ => id(),
        };
        Some(json!({ "name": name, "in": "path", "required": true, "schema": schema }))
    });
    let in_query = description.query.iter().map(Parameter::written);
    let of_page = description.longest_page.map(of_page);
    let of_page = of_page.into_iter().flatten();
    in_path.chain(in_query).chain(of_page).collect()
}

impl Parameter {
    fn written(&self) -> Value {
        json!({
            "name": self.name,
            "in": "query",
            "description": self.text,
            "required": self.required,
            "schema": (self.schema)(),
        })
    }
}

/// The parameters of a list with pages of up to this many items.
fn of_page(longest: usize) -> [Value; 3] {
    let limit = json!({
        "type": "integer",
        "minimum": page::SHORTEST,
        "maximum": longest,
        "default": page::LIMIT,
    });
    let mut order = choice(&page::ORDERS);
    order["default"] = page::DESCENDING.into();
    [
        json!({ "name": "limit", "in": "query", "description": "Number of items", "schema": limit }),
        json!({
            "name": "startingAfter",
            "in": "query",
            "description": "Id of the last item of the page before",
            "schema": count(),
        }),
        json!({ "name": "order", "in": "query", "description": "Order of ids", "schema": order }),
    ]
}
