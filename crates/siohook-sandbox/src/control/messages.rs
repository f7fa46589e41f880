//! The messages that were sent, or are to be.

mod explain;
mod filter;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use siohook_sender::Request;
use tokio::time::{Instant, timeout_at};

use super::input::{Input, Parameters, wait};
use super::requests::Listing;
use super::{Control, Fault};
use crate::account::Account;
use crate::{Attempt, Message, ResendError, Status};

pub(super) use self::explain::explain;
pub(crate) use self::filter::Filter;

const FILTER: &[&str] = &[
    "mechanism",
    "event",
    "status",
    "webhook",
    "rule",
    "workflow",
    "contact",
    "q",
];

const PART: &[&str] = &["after", "limit", "order", "wait", "count"];

pub(super) async fn list(
    State(control): State<Control>,
    RawQuery(query): RawQuery,
) -> Result<Json<Listing<Arc<Message>>>, Fault> {
    let parameters = Parameters::read(query.as_deref(), &[FILTER, PART].concat())?;
    let account = &control.account;
    let filter = filter::read(&parameters, account)?;
    let limit = parameters.number("limit", 1..=1000)?.unwrap_or(100);
    let count = parameters.number("count", 1..=1_000_000)?.unwrap_or(1);
    let wait = parameters.wait("wait")?;
    let is_oldest_first = match parameters.text("order") {
        Some("desc") => false,
        Some("asc") => true,
        // Who waits wants to see what comes.
        None => !wait.is_zero(),
        Some(other) => {
            let error = format!("`{other}` is neither `asc` nor `desc`");
            return Err(Fault::invalid("order", error));
        }
    };
    if let Some(after) = parameters.text("after") {
        find(account, after)?;
    }
    account.catch_up();
    let after = parameters.text("after");
    let found = account.wait_for(count, wait, || {
        let mut messages = account.sender.messages();
        if !is_oldest_first {
            messages.reverse();
        }
        let mut is_behind = after.is_none();
        messages.retain(|message| {
            let is_found = is_behind && filter.matches(message);
            is_behind |= after == Some(&*message.id);
            is_found
        });
        messages
    });
    Ok(Listing::cut(found.await, limit))
}

/// The number of messages of each status.
pub(super) async fn count(
    State(control): State<Control>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Fault> {
    let parameters = Parameters::read(query.as_deref(), FILTER)?;
    let filter = filter::read(&parameters, &control.account)?;
    let mut messages = control.account.sender.messages();
    messages.retain(|message| filter.matches(message));
    let counts = Status::ALL.map(|status| {
        let with_status = messages.iter().filter(|message| message.status == status);
        (status.as_str().to_owned(), json!(with_status.count()))
    });
    Ok(Json(Value::Object(counts.into_iter().collect())))
}

pub(super) async fn get(
    State(control): State<Control>,
    Path(id): Path<String>,
) -> Result<Json<Arc<Message>>, Fault> {
    find(&control.account, &id).map(Json)
}

pub(super) async fn delete(
    State(control): State<Control>,
    Path(id): Path<String>,
) -> Result<StatusCode, Fault> {
    find(&control.account, &id)?;
    control.account.sender.remove(&id);
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn clear(State(control): State<Control>) -> StatusCode {
    control.account.sender.clear();
    StatusCode::NO_CONTENT
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Resend {
    as_new: bool,
    wait: Option<String>,
}

pub(super) async fn resend(
    State(control): State<Control>,
    Path(id): Path<String>,
    Input(resend): Input<Resend>,
) -> Result<Json<Value>, Fault> {
    let account = &control.account;
    let wait = resend
        .wait
        .map_or(Ok(Duration::ZERO), |text| wait("/wait", &text))?;
    let sent = if resend.as_new {
        account.sender.send_as_new(&id)
    } else {
        account.sender.resend(&id).map(|()| id)
    };
    let id = sent.map_err(|error| match error {
        ResendError::Unknown => Fault::not_found(error.to_string()),
        error => Fault::conflict(error.to_string()),
    })?;
    account
        .wait_for_attempts(std::slice::from_ref(&id), wait)
        .await;
    Ok(Json(json!({ "id": id })))
}

/// The bytes of an attempt: the `request` as it was sent, or the `response` as it was received.
pub(super) async fn attempt(
    State(control): State<Control>,
    Path((id, n, part)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let message = find(&control.account, &id)?;
    let attempt = find_attempt(&message, &n)?;
    let bytes = match &*part {
        "request" => request_of(attempt)?.to_http1(),
        "response" => attempt.to_response(),
        _ => return Err(Fault::not_found("there is `request` and `response`")),
    };
    let mut answer = Body::from(bytes).into_response();
    let media_type = HeaderValue::from_static("application/octet-stream");
    answer.headers_mut().insert(CONTENT_TYPE, media_type);
    Ok(answer)
}

fn find(account: &Account, id: &str) -> Result<Arc<Message>, Fault> {
    let message = account.sender.message(id);
    message.ok_or_else(|| Fault::not_found(format!("there is no message `{id}` any more")))
}

fn find_attempt<'a>(message: &'a Message, n: &str) -> Result<&'a Attempt, Fault> {
    let number: Option<u32> = n.parse().ok();
    let mut attempts = message.attempts.iter();
    let attempt = attempts.find(|one| Some(one.n) == number);
    attempt.ok_or_else(|| {
        let made = message.attempts.len();
        Fault::not_found(format!("there is no attempt {n}: {made} were made"))
    })
}

fn request_of(attempt: &Attempt) -> Result<Request, Fault> {
    let nothing = || Fault::not_found("nothing was sent: see the attempt's `error`");
    attempt.request().ok_or_else(nothing)
}

impl Account {
    /// Waits until this number of messages are found. Returns them, or those that there are when
    /// the time is over.
    async fn wait_for(
        &self,
        count: usize,
        wait: Duration,
        find: impl Fn() -> Vec<Arc<Message>>,
    ) -> Vec<Arc<Message>> {
        let mut changes = self.sender.changes();
        let end = Instant::now() + wait;
        loop {
            let found = find();
            // A missed change is a change as well.
            if found.len() >= count || timeout_at(end, changes.recv()).await.is_err() {
                return found;
            }
            // The list is searched once for all changes so far.
            while changes.try_recv().is_ok() {}
        }
    }

    /// Waits until an attempt of each message has ended, or the time is over.
    pub(crate) async fn wait_for_attempts(&self, ids: &[String], wait: Duration) {
        let mut changes = self.sender.changes();
        let end = Instant::now() + wait;
        let is_under_way = |id: &String| {
            let message = self.sender.message(id);
            let status = message.map(|message| message.status);
            matches!(status, Some(Status::Queued | Status::Delivering))
        };
        while ids.iter().any(is_under_way) {
            if timeout_at(end, changes.recv()).await.is_err() {
                return;
            }
        }
    }
}
