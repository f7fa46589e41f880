//! What goes wrong on purpose.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;

use super::Control;
use super::input::Input;
use crate::Chaos;

pub(super) async fn get(State(control): State<Control>) -> Json<Chaos> {
    Json(control.account.sender.storm().chaos.clone())
}

pub(super) async fn put(State(control): State<Control>, Input(chaos): Input<Chaos>) -> Json<Chaos> {
    control.account.sender.set_chaos(chaos);
    get(State(control)).await
}

pub(super) async fn delete(State(control): State<Control>) -> StatusCode {
    control.account.sender.set_chaos(Chaos::default());
    StatusCode::NO_CONTENT
}
