//! The meta-schemas of `meta/`, and schemas that are part of a document.

use std::fs;
use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{Value, json};

pub(crate) struct Validator {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Validator {
    /// OpenAPI 3.1 with its Schema Objects.
    pub(crate) fn openapi() -> Self {
        let files = [
            "schema-2025-11-23",
            "schema-base-2025-11-23",
            "dialect-2024-11-10",
            "meta-2024-11-10",
        ];
        let files = files.map(|name| meta(&format!("openapi-3.1-{name}.json")));
        Self::new(
            &files,
            "https://spec.openapis.org/oas/3.1/schema-base/2025-11-23",
        )
    }

    /// AsyncAPI 3.0 with its Schema Objects.
    pub(crate) fn asyncapi() -> Self {
        let file = meta("asyncapi-3.0.0.json");
        Self::new(
            &[file],
            "http://asyncapi.com/definitions/3.0.0/asyncapi.json",
        )
    }

    /// JSON Schema 2020-12.
    pub(crate) fn json_schema() -> Self {
        Self::new(&[], "https://json-schema.org/draft/2020-12/schema")
    }

    /// The schema at a JSON pointer of a document. `draft` holds for schemas that name
    /// none.
    pub(crate) fn within(document: &Value, draft: &str, pointer: &str) -> Self {
        let mut document = document.clone();
        document["$id"] = json!("https://example.com/document");
        document["$schema"] = json!(draft);
        Self::new(
            &[document],
            &format!("https://example.com/document#{pointer}"),
        )
    }

    fn new(resources: &[Value], location: &str) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        for resource in resources {
            let id = resource["$id"].as_str().unwrap();
            compiler.add_resource(id, resource.clone()).unwrap();
        }
        let index = compiler
            .compile(location, &mut schemas)
            .unwrap_or_else(|error| panic!("{error:#}"));
        Self { schemas, index }
    }

    pub(crate) fn check(&self, value: &Value) -> Result<(), String> {
        let result = self.schemas.validate(value, self.index);
        result.map_err(|error| format!("{error:#}"))
    }
}

fn meta(file: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents/meta");
    serde_json::from_str(&fs::read_to_string(folder.join(file)).unwrap()).unwrap()
}
