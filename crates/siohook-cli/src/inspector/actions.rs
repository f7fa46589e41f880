//! What is done with a delivery.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::change::Change;
use super::problem::Problem;
use super::{Shared, blocking};
use crate::deliveries::shown_deed;
use crate::replay::{self, As};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    r#as: As,
    /// Number of a target of this run.
    #[serde(default)]
    target: usize,
}

/// Sends it once more. Where to is never taken from the request.
pub(super) async fn replay(
    State(subject): Shared,
    Path(id): Path<String>,
    order: Result<Json<Order>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(order) = order?;
    let receiver = subject.targets.find(order.target)?;
    let entry = subject.entry(&id)?;
    let deed = replay::one(&entry, order.r#as, &receiver, &subject.store).await?;
    subject.changes.tell(Change::Delivery(id));
    Ok(Json(shown_deed(&deed)))
}

pub(super) async fn delete(
    State(subject): Shared,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    blocking(move || {
        let entry = subject.entry(&id)?;
        subject.store.delete(&entry)?;
        subject.index.forget(&entry);
        subject.changes.tell(Change::Deleted(id.clone()));
        Ok(Json(json!({"id": id})))
    })
    .await
}
