//! One delivery: what came, what is thought of it, and what was done with it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};
use siohook_sender::Capture;

use super::payload;
use super::problem::Problem;
use super::{Shared, Subject, blocking};
use crate::Failure;
use crate::deliveries::export;
use crate::deliveries::{shown_deed, target};
use crate::store::{Entry, Found};
use crate::verify;

pub(super) async fn get(
    State(subject): Shared,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (entry, capture, mut detail) = read(subject, id, |subject, entry, capture| {
        let rows = subject.index.rows()?;
        let listed = rows.iter().find(|listed| listed.row.entry == entry);
        let mut detail = json!(listed);
        let message = listed.and_then(|listed| listed.row.summary.message_id.as_deref());
        let attempts = rows
            .iter()
            .map(|listed| &*listed.row)
            .filter(|row| message.is_some() && row.summary.message_id.as_deref() == message)
            .map(|row| &row.entry.id);
        let explanation = explanation(subject, &entry, &capture)?;
        extend(&mut detail, request(&capture));
        extend(
            &mut detail,
            json!({
                "attempts": attempts.collect::<Vec<_>>(),
                "explanation": explanation,
                "deeds": entry.deeds().deeds.iter().map(shown_deed).collect::<Vec<_>>(),
                "fields": payload::fields(&capture),
            }),
        );
        Ok((entry, capture, detail))
    })
    .await?;
    drop(entry);
    extend(&mut detail, payload::handler(&capture).await);
    Ok(Json(detail))
}

/// The bytes of the body.
pub(super) async fn body(state: Shared, path: Path<String>) -> Result<Response, Problem> {
    part(state, path, |_, capture| {
        Ok(("body", capture.body().to_vec()))
    })
    .await
}

/// The file, as it is.
pub(super) async fn file(state: Shared, path: Path<String>) -> Result<Response, Problem> {
    part(state, path, |entry, _| {
        let file = std::fs::read(&entry.path);
        let file = file.map_err(|error| Failure::file(crate::store::shown(&entry.path), &error))?;
        Ok(("http", file))
    })
    .await
}

/// A command that sends the same bytes.
pub(super) async fn curl(state: Shared, path: Path<String>) -> Result<Response, Problem> {
    part(state, path, |_, capture| {
        Ok(("sh", export::curl::command(&capture).into_bytes()))
    })
    .await
}

/// A test in Rust.
pub(super) async fn test(state: Shared, path: Path<String>) -> Result<Response, Problem> {
    part(state, path, |entry, capture| {
        let found = Found {
            name: entry.id.clone(),
            capture,
            entry: Some(entry),
        };
        Ok(("rs", export::sample::code(&found, false)?.into_bytes()))
    })
    .await
}

/// What the request line asks for, with the value of a token: the page shows it when it is asked to.
pub(super) async fn target(state: Shared, path: Path<String>) -> Result<Response, Problem> {
    part(state, path, |_, capture| {
        Ok(("txt", capture.target().to_vec()))
    })
    .await
}

/// Answers with bytes, which a browser saves and never shows.
async fn part(
    State(subject): Shared,
    Path(id): Path<String>,
    make: impl FnOnce(Entry, Capture) -> Result<(&'static str, Vec<u8>), Problem> + Send + 'static,
) -> Result<Response, Problem> {
    read(subject, id, move |_, entry, capture| {
        let id = entry.id.clone();
        let (extension, bytes) = make(entry, capture)?;
        let headers = [
            (CONTENT_TYPE, "application/octet-stream".to_owned()),
            (
                CONTENT_DISPOSITION,
                format!("attachment; filename=\"{id}.{extension}\""),
            ),
        ];
        Ok((headers, bytes).into_response())
    })
    .await
}

async fn read<T: Send + 'static>(
    subject: Arc<Subject>,
    id: String,
    make: impl FnOnce(&Subject, Entry, Capture) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    blocking(move || {
        let entry = subject.entry(&id)?;
        let capture = entry.read()?;
        make(&subject, entry, capture)
    })
    .await
}

fn extend(detail: &mut Value, more: Value) {
    if let (Value::Object(detail), Value::Object(more)) = (detail, more) {
        detail.extend(more);
    }
}

/// The request without its body, and without the value of a token in its URL.
fn request(capture: &Capture) -> Value {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let headers = capture
        .headers()
        .map(|(name, value)| (name.to_owned(), text(value)));
    let shown = target::shown(capture.target());
    json!({
        "method": capture.method(),
        "is_target_whole": shown.as_bytes() == capture.target(),
        "target": shown,
        "version": capture.version(),
        "headers": headers.collect::<Vec<_>>(),
        "trailers": capture.trailers().map(text).collect::<Vec<_>>(),
    })
}

/// The steps of the verdict. `None` if there is nothing to verify it with.
fn explanation(subject: &Subject, entry: &Entry, capture: &Capture) -> Result<Value, Problem> {
    let Some(explainer) = subject.keys.explainer() else {
        return Ok(Value::Null);
    };
    let explainer = verify::with_file(explainer, &subject.store, capture, Some(entry))?;
    Ok(json!(explainer.explain(verify::incoming(capture))))
}
