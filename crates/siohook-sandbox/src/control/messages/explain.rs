//! Why a receiver trusts an attempt or refuses it.

use axum::extract::{Path, State};
use axum::response::Json;
use serde::Deserialize;
use siohook::Incoming;
use siohook::explain::{Explainer, Explanation};
use siohook_sender::Request;

use super::{find, find_attempt, request_of};
use crate::control::input::Input;
use crate::control::{Control, Fault};

/// What the receiver has. It has no `Debug`, and is dropped with the request.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::control) struct Explain {
    secret: Option<String>,
    token: Option<String>,
    /// The latest attempt with a request by default.
    attempt: Option<u32>,
}

pub(in crate::control) async fn explain(
    State(control): State<Control>,
    Path(id): Path<String>,
    Input(given): Input<Explain>,
) -> Result<Json<Explanation>, Fault> {
    let message = find(&control.account, &id)?;
    let attempt = match given.attempt {
        Some(n) => find_attempt(&message, &n.to_string())?,
        None => message
            .latest()
            .ok_or_else(|| Fault::conflict("no attempt was made yet"))?,
    };
    let request = request_of(attempt)?;
    let mut explainer = Explainer::new();
    if let Some(secret) = given.secret {
        explainer = explainer.account_secret("the secret", secret);
    }
    if let Some(token) = given.token {
        explainer = explainer.automation_token("the token", token);
    }
    // Chaos damages some attempts of a message, and others not.
    for other in message.attempts.iter().filter(|other| other.n != attempt.n) {
        if let Some(request) = other.request() {
            let name = format!("the body of attempt {}", other.n);
            explainer = explainer.other_body(name, request.body().clone());
        }
    }
    Ok(Json(explainer.explain(incoming(&request))))
}

/// The request as it arrives at a receiver.
fn incoming(request: &Request) -> Incoming {
    let (_, query) = request.target().split_once('?').unwrap_or_default();
    let headers = request.headers().iter();
    Incoming::new(request.method(), request.body().clone())
        .query(query)
        .headers(headers.map(|(name, value)| (name, value)))
}
