//! Fires events and actions.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};
use siohook_events::Timestamp;

use super::input::{Input, wait};
use super::{Control, Fault};
use crate::Key;
use crate::message::{ShownRequest, ShownSource};
use crate::state::{Fire, Listener, Ref, Skipped, With};

/// The highest number of repetitions.
const MOST: u32 = 10_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    event: String,
    contact: Option<Ref>,
    /// The only webhook that gets the event.
    webhook: Option<String>,
    #[serde(default)]
    with: With,
    #[serde(default)]
    set: Map<String, Value>,
    body: Option<String>,
    to: Option<String>,
    /// Of the URL: the secret, or the token of an automation.
    secret: Option<Key>,
    at: Option<Timestamp>,
    wait: Option<String>,
    times: Option<u32>,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Serialize)]
struct Sent {
    messages: Vec<String>,
    skipped: Vec<SkippedView>,
    /// Why an action changed nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    unchanged: Option<&'static str>,
}

/// What would be sent.
#[derive(Serialize)]
struct Plan<'a> {
    requests: Vec<Planned<'a>>,
    skipped: Vec<SkippedView>,
}

#[derive(Serialize)]
struct Planned<'a> {
    #[serde(flatten)]
    by: ShownSource<'a>,
    event: &'a str,
    #[serde(flatten)]
    request: ShownRequest,
}

#[derive(Serialize)]
struct SkippedView {
    #[serde(flatten)]
    by: Listener,
    #[serde(serialize_with = "text")]
    why: crate::state::Why,
}

fn text<S: Serializer>(why: &crate::state::Why, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(why)
}

impl From<Skipped> for SkippedView {
    fn from(Skipped { by, why }: Skipped) -> Self {
        Self { by, why }
    }
}

pub(super) async fn post(
    State(control): State<Control>,
    Input(order): Input<Order>,
) -> Result<Response, Fault> {
    let account = &control.account;
    let wait = order
        .wait
        .map_or(Ok(Duration::ZERO), |text| wait("/wait", &text))?;
    let times = order.times.unwrap_or(1);
    if !(1..=MOST).contains(&times) {
        let error = format!("`times` is a number from 1 to {MOST}");
        return Err(Fault::invalid("/times", error));
    }
    if let Some(url) = &order.to {
        let checked = account.sender.allowed().check(url);
        checked.map_err(|refusal| Fault::invalid("/to", refusal.to_string()))?;
    }
    if order.secret.is_some() && order.to.is_none() {
        let error = "`secret` is that of `to`, which is missing";
        return Err(Fault::invalid("/secret", error));
    }
    let fire = Fire {
        event: order.event,
        contact: order.contact,
        webhook: order.webhook,
        with: order.with,
        set: order.set.into_iter().collect(),
        body: order.body,
        to: order.to,
        secret: order.secret,
        at: order.at,
        makes_missing: false,
    };
    if order.dry_run {
        let mut state = account.read(Clone::clone);
        // What is only planned has message ids that no message gets.
        state.ids = state.ids.fork();
        let fired = state.fire(&fire, account.clock().now())?;
        let requests = fired.outgoing.iter().map(|message| {
            let request = account.sender.preview(message);
            Ok(Planned {
                by: ShownSource::of(&message.source),
                event: message.sample.event().as_str(),
                request: ShownRequest::of(&request.map_err(|error| Fault::invalid("", error))?),
            })
        });
        let plan = Plan {
            requests: requests.collect::<Result<_, Fault>>()?,
            skipped: fired.skipped.into_iter().map(Into::into).collect(),
        };
        return Ok(Json(plan).into_response());
    }
    let mut sent = Sent {
        messages: vec![],
        skipped: vec![],
        unchanged: None,
    };
    for _ in 0..times {
        let (fired, ids) = account.change(|state, now| match state.fire(&fire, now) {
            Ok(fired) => (Ok((fired.skipped, fired.unchanged)), fired.outgoing),
            Err(misfire) => (Err(misfire), vec![]),
        });
        let (skipped, unchanged) = fired?;
        sent.skipped = skipped.into_iter().map(Into::into).collect();
        sent.unchanged = unchanged;
        sent.messages.extend(ids);
    }
    account.wait_for_attempts(&sent.messages, wait).await;
    Ok((StatusCode::CREATED, Json(sent)).into_response())
}
