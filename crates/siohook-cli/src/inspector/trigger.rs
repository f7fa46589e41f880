//! A sample that is sent to the endpoint, where it is recorded and passed on like any delivery.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, RawQuery, State};
use serde::Deserialize;
use serde_json::{Value, json};
use siohook_sandbox::{Mechanism, Sample};

use super::problem::Problem;
use super::{Shared, Subject};
use crate::receiver::Receiver;
use crate::trigger::Trigger;
use crate::{Failure, event, reply};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    event: String,
    form: Option<String>,
    /// Values by their pointers.
    #[serde(default)]
    set: BTreeMap<String, Value>,
}

/// The catalogue.
pub(super) async fn events() -> Json<Value> {
    Json(json!({"events": crate::events::lines().collect::<Vec<_>>()}))
}

/// The members of an event: `?form=page_model`.
pub(super) async fn members(
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let event = event::find(&name)?;
    let query = query.unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let form = pairs.find(|(name, value)| name == "form" && !value.is_empty());
    let members = crate::events::members(event, form.as_ref().map(|(_, form)| &**form))?;
    Ok(Json(json!({"members": members})))
}

pub(super) async fn send(
    State(subject): Shared,
    order: Result<Json<Order>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(Order { event, form, set }) = order?;
    let plain = |edits| Trigger::plain(event.clone(), form.clone(), edits);
    // One by one, to tell which of them is wrong.
    for (pointer, value) in &set {
        if let Err(failure) = plain(vec![(pointer.clone(), value.clone())]) {
            let pointer = pointer.replace('~', "~0").replace('/', "~1");
            return Err(Problem::from(failure).at(format!("/set/{pointer}")));
        }
    }
    let sample = plain(set.into_iter().collect())?;
    let sample = protected(&subject, sample);
    let request = sample.request(&subject.endpoint);
    let request = request.map_err(|error| Failure::usage(error.to_string()))?;
    let receiver = Receiver::new(&subject.endpoint, subject.timeout)?;
    let answered = receiver.send(&request, sample.mechanism()).await?;
    Ok(Json(json!({
        "event": sample.event().as_str(),
        "message_id": sample.message_id(),
        "status": answered.status,
        "outcome": reply::outcome(&answered.body),
        "elapsed_ms": u64::try_from(answered.took.as_millis()).unwrap_or(u64::MAX),
    })))
}

/// Signs it, or appends the token, with the first of this run.
fn protected(subject: &Subject, sample: Sample) -> Sample {
    let keys = &subject.keys;
    match sample.mechanism() {
        Mechanism::Account => match keys.secrets.first() {
            Some((_, secret)) => sample.signed_with(&secret.value),
            None => sample.unsigned(),
        },
        _ => match keys.tokens.first() {
            Some((_, token)) => sample.token(&token.value),
            None => sample.unsigned(),
        },
    }
}
