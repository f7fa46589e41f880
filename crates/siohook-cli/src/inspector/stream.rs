//! What happens, as it happens: a JSON document a line.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{sleep, timeout};

use super::change::Change;
use super::index::Listed;
use super::problem::Problem;
use super::{Shared, Subject, blocking};

/// An empty line comes when nothing else has for this long, so that a dead connection is noticed.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);

/// Changes within this time are told together.
const TOGETHER: Duration = Duration::from_millis(30);

#[derive(Serialize)]
struct Line<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    listed: &'a Listed,
}

/// What comes from now on, and with `?after=ID` first what was recorded after that delivery.
pub(super) async fn get(
    State(subject): Shared,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let after = pairs.find(|(name, _)| name == "after");
    // From here on no change is missed.
    let changes = subject.changes.read();
    let first = match after {
        Some((_, id)) => missed(Arc::clone(&subject), id.into_owned()).await?,
        None => "\n".to_owned(),
    };
    let state = (subject, changes, Some(first));
    let lines = futures_util::stream::unfold(state, |(subject, mut changes, first)| async move {
        let text = match first {
            Some(first) => first,
            None => next(&subject, &mut changes).await?,
        };
        let text = Ok::<_, Infallible>(Bytes::from(text));
        Some((text, (subject, changes, None)))
    });
    let headers = [(CONTENT_TYPE, "application/x-ndjson")];
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// The deliveries after one. If that is gone, the reader has to ask for the list.
async fn missed(subject: Arc<Subject>, id: String) -> Result<String, Problem> {
    blocking(move || {
        let rows = subject.index.rows()?;
        let place = rows.iter().position(|listed| listed.row.entry.id == id);
        Ok(match place {
            Some(place) => rows[place + 1..].iter().map(line).collect(),
            None => MISSED.to_owned(),
        } + "\n")
    })
    .await
}

/// More changed than waits for a reader.
const MISSED: &str = "{\"type\":\"missed\"}\n";

/// The lines of the next changes. `None` when the program ends.
async fn next(subject: &Arc<Subject>, changes: &mut Receiver<Change>) -> Option<String> {
    let first = match timeout(HEARTBEAT, changes.recv()).await {
        Err(_) => return Some("\n".to_owned()),
        Ok(Err(RecvError::Closed)) => return None,
        Ok(Err(RecvError::Lagged(_))) => return Some(MISSED.to_owned()),
        Ok(Ok(change)) => change,
    };
    sleep(TOGETHER).await;
    let (mut text, mut ids) = (String::new(), BTreeSet::new());
    let mut change = Some(first);
    while let Some(one) = change {
        match one {
            Change::Delivery(id) => {
                ids.insert(id);
            }
            Change::Many => return Some(MISSED.to_owned()),
            Change::Deleted(id) => {
                text += &json!({"type": "deleted", "id": id}).to_string();
                text.push('\n');
            }
        }
        change = match changes.try_recv() {
            Ok(change) => Some(change),
            Err(TryRecvError::Lagged(_)) => return Some(MISSED.to_owned()),
            Err(TryRecvError::Empty | TryRecvError::Closed) => None,
        };
    }
    if !ids.is_empty() {
        let subject = Arc::clone(subject);
        let lines = blocking(move || {
            let rows = subject.index.rows()?;
            subject.index.told(&ids);
            let rows = rows
                .iter()
                .filter(|listed| ids.contains(&listed.row.entry.id));
            Ok(rows.map(line).collect::<String>())
        });
        text += &lines.await.unwrap_or_else(|_| MISSED.to_owned());
    }
    Some(text)
}

fn line(listed: &Listed) -> String {
    let line = Line {
        r#type: "delivery",
        listed,
    };
    serde_json::to_string(&line).unwrap_or_default() + "\n"
}
