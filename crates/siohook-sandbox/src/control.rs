//! The control API: whatever the sandbox can do, for programs.

mod catalogue;
mod chaos;
mod clock;
mod fault;
mod fire;
mod history;
mod input;
mod messages;
mod objects;
mod requests;
mod state;
mod stream;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::watch;

use self::input::read_bytes;
use self::objects::Call;
use crate::account::Account;
use crate::{fidelity, openapi};

pub(crate) use self::fault::Fault;
pub(crate) use self::messages::Filter;

/// What the routes share.
#[derive(Clone, Debug)]
pub(crate) struct Control {
    pub(crate) account: Arc<Account>,
    /// URL of the sandbox.
    pub(crate) url: Arc<str>,
    /// What it was started with.
    pub(crate) settings: Arc<Value>,
    /// Is `true` when the server stops.
    pub(crate) stop: watch::Receiver<bool>,
}

/// The router of what is under `/sandbox/v1`.
pub(crate) fn router(control: Control) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/catalogue", get(catalogue::get))
        .route(
            "/chaos",
            get(chaos::get).put(chaos::put).delete(chaos::delete),
        )
        .route("/clock", get(clock::get).put(clock::put))
        .route("/clock/advance", post(clock::advance))
        .route("/fidelity", get(async || Json(fidelity())))
        .route("/fire", post(fire::post))
        .route("/history", get(history::get))
        .route("/messages", get(messages::list).delete(messages::clear))
        .route("/messages/count", get(messages::count))
        .route(
            "/messages/{id}",
            get(messages::get).delete(messages::delete),
        )
        .route("/messages/{id}/explain", post(messages::explain))
        .route("/messages/{id}/resend", post(messages::resend))
        .route("/messages/{id}/attempts/{n}/{part}", get(messages::attempt))
        .route("/openapi.json", get(async || Json(openapi())))
        .route("/requests", get(requests::list))
        .route("/reset", post(state::reset))
        .route(
            "/settings",
            get(async |State(control): State<Control>| Json(control.settings)),
        )
        .route("/state", get(state::get).put(state::put))
        .route("/stream", get(stream::get))
        .fallback(objects)
        .method_not_allowed_fallback(async || {
            Fault::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "the path does not have this method: see the header `Allow`",
            )
        })
        .with_state(control)
}

/// Answers for the objects of the account, whose paths are in a table of their own.
async fn objects(State(control): State<Control>, request: Request) -> Result<Response, Fault> {
    let (parts, body) = request.into_parts();
    let body = read_bytes(body).await?;
    let account = &control.account;
    let accepts_url = |url: &str| account.sender.allowed().check(url).map(|_| ());
    let call = |now| Call {
        method: &parts.method,
        path: parts.uri.path(),
        query: parts.uri.query(),
        body: &body,
        now,
        accepts_url: &accepts_url,
    };
    let reply = if parts.method.is_safe() {
        account.catch_up();
        account.operate(|state, now| objects::call(state, &call(now)))?
    } else {
        let changed = account.change(|state, now| match objects::call(state, &call(now)) {
            Ok(mut reply) => {
                let outgoing = std::mem::take(&mut reply.outgoing);
                (Ok(reply), outgoing)
            }
            Err(fault) => (Err(fault), vec![]),
        });
        changed.0?
    };
    Ok(match reply.body {
        Some(body) => (reply.status, Json(body)).into_response(),
        None => reply.status.into_response(),
    })
}

async fn health(State(control): State<Control>) -> Json<Value> {
    Json(json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "url": &*control.url,
        "not_saved": *control.account.not_saved().borrow(),
    }))
}
