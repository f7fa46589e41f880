//! The document of the API, and answers that are checked against it.

use std::sync::LazyLock;

use boon::{Compiler, Draft, SchemaIndex, Schemas};
use serde_json::Value;

use super::server::Answer;
use crate::api::openapi;

pub(super) static DOCUMENT: LazyLock<Document> = LazyLock::new(Document::new);

/// The document, and the schemas of its answers by their pointers.
pub(super) struct Document {
    pub(super) json: Value,
    schemas: Schemas,
    pub(super) indices: Vec<(String, SchemaIndex)>,
}

impl Document {
    fn new() -> Self {
        let (json, mut schemas) = (openapi(), Schemas::new());
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        compiler.enable_format_assertions();
        let url = "https://example.com/openapi.json";
        compiler.add_resource(url, json.clone()).unwrap();
        let names = json["components"]["schemas"].as_object().unwrap().keys();
        let indices = names.map(|name| {
            let pointer = format!("#/components/schemas/{name}");
            let index = compiler.compile(&format!("{url}{pointer}"), &mut schemas);
            let index = index.unwrap_or_else(|error| panic!("{pointer}: {error:#}"));
            (pointer, index)
        });
        let indices = indices.collect();
        Self {
            json,
            schemas,
            indices,
        }
    }

    /// Method, path and description of all operations.
    pub(super) fn operations(&self) -> impl Iterator<Item = (String, &str, &Value)> {
        let paths = self.json["paths"].as_object().unwrap().iter();
        paths.flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().iter();
            methods.map(|(method, operation)| (method.to_uppercase(), path.as_str(), operation))
        })
    }

    /// Checks that an answer to a request has one of the forms that the document describes.
    pub(super) fn check(&self, method: &str, path: &str, answer: &Answer) -> Result<(), String> {
        let responses = self.responses(method, path);
        let response = &responses[answer.status.to_string()];
        let response = self.resolve(response);
        let headers = response["headers"].as_object();
        let headers =
            headers.ok_or_else(|| format!("status {} is not described", answer.status))?;
        for (name, header) in headers {
            if self.resolve(header)["required"] == true && answer.header(name).is_none() {
                return Err(format!("header {name} is missing"));
            }
        }
        if method == "HEAD" {
            return Ok(());
        }
        let Some(contents) = response["content"].as_object() else {
            let is_empty = answer.text.is_empty() && answer.header("content-type").is_none();
            return is_empty
                .then_some(())
                .ok_or_else(|| "there is a body".to_owned());
        };
        let media_type = answer.header("content-type").unwrap_or_default();
        let media_type = media_type.trim_end_matches("; charset=utf-8");
        let content = contents.get(media_type);
        let content = content.ok_or_else(|| format!("{media_type} is not described"))?;
        self.validate(content["schema"]["$ref"].as_str().unwrap(), &answer.text)
    }

    fn validate(&self, schema: &str, text: &str) -> Result<(), String> {
        let (_, index) = self.indices.iter().find(|(own, _)| own == schema).unwrap();
        let answer = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let valid = self.schemas.validate(&answer, *index);
        valid.map_err(|error| format!("{error:#}"))
    }

    /// The answers to a request. Those to other paths and methods are problems.
    fn responses(&self, method: &str, path: &str) -> &Value {
        let method = if method == "HEAD" { "GET" } else { method };
        let mut operations = self.operations();
        let found = operations.find(|(own, pattern, _)| own == method && matches(pattern, path));
        found.map_or(
            &self.json["components"]["responses"],
            |(.., one)| &one["responses"],
        )
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let reference = value["$ref"].as_str();
        reference.map_or(value, |one| self.json.pointer(&one[1..]).unwrap())
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.split('/'), path.split('/'));
    pattern.clone().count() == path.clone().count()
        && pattern
            .zip(path)
            .all(|(wanted, given)| match wanted.strip_prefix('{') {
                Some(_) => !given.is_empty(),
                None => wanted == given,
            })
}
