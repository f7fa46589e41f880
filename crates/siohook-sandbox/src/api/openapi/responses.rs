//! Answers of the document.

use serde_json::{Map, Value, json};

use super::schema::{count, list, named, object, text};

/// An answer that all operations give with the same form.
struct Problem {
    status: u16,
    text: &'static str,
    schema: &'static str,
    headers: &'static [&'static str],
}

const LIMIT: &str = "X-RateLimit-Limit";
const REMAINING: &str = "X-RateLimit-Remaining";
const REFILL: &str = "X-RateLimit-Refill";
const RATE_LIMIT: [&str; 3] = [LIMIT, REMAINING, REFILL];
const RETRY_AFTER: &str = "Retry-After";
const CHALLENGE: &str = "WWW-Authenticate";

const PROBLEMS: [Problem; 9] = [
    problem(400, "The body is not JSON, or a member has the wrong type"),
    Problem {
        schema: "KeyProblem",
        headers: &[LIMIT, REMAINING, REFILL, CHALLENGE],
        ..problem(401, "The API key is missing or wrong")
    },
    uncounted(403, "A limit of the account, or a page of another site"),
    problem(404, "No such object"),
    uncounted(413, "The body is too long"),
    problem(415, "The body has another media type"),
    uncounted(421, "The request is for another host"),
    Problem {
        schema: "Violations",
        ..problem(422, "Values that are refused")
    },
    Problem {
        headers: &[LIMIT, REMAINING, REFILL, RETRY_AFTER],
        ..problem(429, "Too many requests")
    },
];

const fn problem(status: u16, text: &'static str) -> Problem {
    Problem {
        status,
        text,
        schema: "Problem",
        headers: &RATE_LIMIT,
    }
}

/// A problem of requests that may end before they are counted.
const fn uncounted(status: u16, text: &'static str) -> Problem {
    Problem {
        headers: &[],
        ..problem(status, text)
    }
}

/// The answers that are not a success, by their status.
pub(super) fn problems() -> Map<String, Value> {
    let written = PROBLEMS.iter().map(|problem| {
        let content = json!({
            "application/problem+json": { "schema": named(problem.schema) },
        });
        let response = response(problem.text, problem.headers, Some(content));
        (problem.status.to_string(), response)
    });
    written.collect()
}

/// A success with a body of this schema.
pub(super) fn success(schema: Option<Value>) -> Value {
    let content = schema.map(|schema| json!({ "application/json": { "schema": schema } }));
    response("Success", &RATE_LIMIT, content)
}

fn response(text: &str, headers: &[&str], content: Option<Value>) -> Value {
    let header = |name: &&str| {
        let reference = json!({ "$ref": format!("#/components/headers/{name}") });
        ((*name).to_owned(), reference)
    };
    let headers: Map<_, _> = headers.iter().map(header).collect();
    let mut response = json!({ "description": text, "headers": headers });
    if let Some(content) = content {
        response["content"] = content;
    }
    response
}

pub(super) fn headers() -> Value {
    let required = |text| json!({ "description": text, "required": true, "schema": count() });
    json!({
        LIMIT: required("Requests in a window"),
        REMAINING: required("Requests that are left"),
        REFILL: required("Seconds to the next window"),
        RETRY_AFTER: required("Seconds to wait"),
        CHALLENGE: { "description": "Sent if the key is wrong", "schema": text() },
    })
}

pub(super) fn schemas() -> Value {
    let uri = json!({ "type": "string", "format": "uri" });
    json!({
        "KeyProblem": object(json!({ "detail": text() })),
        "Problem": object(json!({ "type": uri, "title": text(), "detail": text() })),
        "Violations": object(json!({
            "type": uri,
            "title": text(),
            "detail": text(),
            "violations": list(named("Violation")),
        })),
        "Violation": object(json!({ "propertyPath": text(), "message": text(), "code": text() })),
    })
}
