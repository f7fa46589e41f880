//! Answers that are not a success.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::{Error, ErrorKind, Violation};
use crate::key::Key;

/// Body of such an answer: `application/problem+json`.
#[derive(Default, Deserialize)]
struct Problem {
    #[serde(default)]
    detail: Option<String>,
    #[serde(default)]
    violations: Vec<Refused>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refused {
    #[serde(default)]
    property_path: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    code: Option<String>,
}

/// Reads why the API refused an operation.
pub(crate) fn refusal(
    operation: &str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    key: &Key,
) -> Error {
    let problem: Option<Problem> = serde_json::from_slice(body).ok();
    let problem = problem.unwrap_or_default();
    let reason = || status.canonical_reason().unwrap_or("no success").to_owned();
    let detail = problem.detail.filter(|detail| !detail.is_empty());
    let detail = key.hidden_in(&detail.unwrap_or_else(reason));
    let mut error = Error::new(kind(status), operation, detail);
    error.0.status = Some(status.as_u16());
    let violations = problem.violations.into_iter().map(|one| Violation {
        path: key.hidden_in(&one.property_path),
        message: key.hidden_in(&one.message),
        code: one.code.map(|code| key.hidden_in(&code)),
    });
    error.0.violations = violations.collect();
    if error.0.kind == ErrorKind::RateLimited {
        error.0.retry_after = seconds(headers);
    }
    error
}

fn kind(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        401 => ErrorKind::Unauthorized,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        422 => ErrorKind::Invalid,
        429 => ErrorKind::RateLimited,
        400..500 => ErrorKind::Refused,
        500..600 => ErrorKind::Server,
        _ => ErrorKind::Unexpected,
    }
}

fn seconds(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}
