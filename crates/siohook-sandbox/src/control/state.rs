//! The whole account.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use siohook_sender::nearest;

use super::input::{Input, parse, read_bytes};
use super::{Control, Fault};
use crate::state;

pub(super) async fn get(State(control): State<Control>) -> Response {
    let json = control.account.read(state::State::to_json);
    let mut answer = Body::from(json).into_response();
    let media_type = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, media_type);
    answer
}

pub(super) async fn put(
    State(control): State<Control>,
    request: Request,
) -> Result<StatusCode, Fault> {
    let body = read_bytes(request.into_body()).await?;
    parse(&body)?;
    let next = state::State::from_json(&body);
    let next = next.map_err(|error| Fault::invalid("", error.to_string()))?;
    control.account.change(|state, _| {
        *state = next;
        ((), vec![])
    });
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Reset {
    keep: Vec<String>,
}

pub(super) async fn reset(
    State(control): State<Control>,
    Input(reset): Input<Reset>,
) -> Result<StatusCode, Fault> {
    let known = control.account.read(state::State::collections);
    for (index, name) in reset.keep.iter().enumerate() {
        if !known.contains(name) {
            let near = nearest(name, known.iter().map(String::as_str));
            let error = format!("there is no `{name}`; there are {}", known.join(", "));
            return Err(Fault {
                did_you_mean: near.map(str::to_owned),
                ..Fault::invalid(format!("/keep/{index}"), error)
            });
        }
    }
    control.account.reset(&reset.keep);
    Ok(StatusCode::NO_CONTENT)
}
