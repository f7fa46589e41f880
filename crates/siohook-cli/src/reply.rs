//! What a receiver answered, as people and programs read it.

use clap::builder::styling::Style;
use hyper::StatusCode;
use serde_json::Value;

use crate::output::{BAD, GOOD};

/// Status and outcome of an answer: `200 done`, `404 Not Found`.
pub(crate) fn word(status: u16, body: &[u8]) -> String {
    let outcome = outcome(body);
    let reason = StatusCode::from_u16(status).ok();
    let reason = reason.and_then(|status| status.canonical_reason());
    let word = outcome.as_deref().or(reason).unwrap_or_default();
    format!("{status} {word}").trim_end().to_owned()
}

/// The outcome that siohook's answers have.
pub(crate) fn outcome(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    Some(body.get("outcome")?.as_str()?.to_owned())
}

pub(crate) fn style(status: u16) -> Style {
    if is_success(status) { GOOD } else { BAD }
}

pub(crate) fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}
