//! The API as an OpenAPI document.

use serde_json::{Map, Value, json};

use super::openapi::{components, operation};
use super::routes::ROUTES;

/// Describes systeme.io's API as the sandbox has it: an
/// [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.1.html) document of all operations.
///
/// ```
/// let document = siohook_sandbox::openapi();
/// assert_eq!(document["paths"]["/api/tags"]["post"]["operationId"], "createTag");
/// ```
#[must_use]
pub fn openapi() -> Value {
    let mut paths = Map::new();
    for (method, path, reads, _, description) in &ROUTES {
        let of_path = paths.entry(format!("/api{path}")).or_insert(json!({}));
        let method = method.as_str().to_ascii_lowercase();
        of_path[method] = operation(path, *reads, description);
    }
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "systeme.io's API in the sandbox",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the sandbox answers under `/api`. Members of a body that are \
                not listed are ignored.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "key": [] }],
        "paths": paths,
        "components": components(ROUTES.iter().map(|(.., description)| *description)),
    })
}
