//! What happens, as it happens: a JSON document a line.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::time::timeout;

use super::input::Parameters;
use super::{Control, Fault};
use crate::account::Event;

/// An empty line comes when nothing else has for this long, so that a dead connection is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

#[derive(Serialize)]
struct Line<'a> {
    id: u64,
    #[serde(flatten)]
    event: &'a Event,
}

pub(super) async fn get(
    State(control): State<Control>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let parameters = Parameters::read(query.as_deref(), &["after"])?;
    let now = *control.account.events.last().borrow();
    let after = parameters.number("after", 0..=u64::MAX)?.unwrap_or(now);
    let lines = futures_util::stream::unfold((control, after), |(control, after)| async move {
        let (text, after) = next_lines(&control, after).await?;
        Some((Ok::<_, Infallible>(Bytes::from(text)), (control, after)))
    });
    let mut answer = Body::from_stream(lines).into_response();
    let headers = answer.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-ndjson"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

/// The next lines, and the number of the last event. `None` when the server stops.
async fn next_lines(control: &Control, after: u64) -> Option<(String, u64)> {
    let (mut last, mut stop) = (control.account.events.last(), control.stop.clone());
    if *stop.borrow() {
        return None;
    }
    if *last.borrow_and_update() == after {
        let changed = async {
            tokio::select! {
                _ = last.changed() => true,
                _ = stop.wait_for(|stop| *stop) => false,
            }
        };
        match timeout(HEARTBEAT, changed).await {
            Ok(true) => {}
            Ok(false) => return None,
            Err(_) => return Some(("\n".to_owned(), after)),
        }
    }
    let events = control.account.events.after(after);
    let after = events.last().map_or(after, |(number, _)| *number);
    let mut text = String::new();
    for (id, event) in &events {
        let line = serde_json::to_string(&Line { id: *id, event });
        text.push_str(&line.unwrap_or_default());
        text.push('\n');
    }
    Some((text, after))
}
