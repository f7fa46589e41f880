//! The log of calls to systeme.io's API.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Json;
use serde::Serialize;

use super::input::Parameters;
use super::{Control, Fault};
use crate::account::ApiRequest;

/// A part of a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listing<T> {
    pub(super) items: Vec<T>,
    pub(super) has_more: bool,
}

impl<T> Listing<T> {
    /// The first items of a list that was read to one beyond the limit.
    pub(super) fn cut(mut items: Vec<T>, limit: usize) -> Json<Self> {
        let has_more = items.len() > limit;
        items.truncate(limit);
        Json(Self { items, has_more })
    }
}

pub(super) async fn list(
    State(control): State<Control>,
    RawQuery(query): RawQuery,
) -> Result<Json<Listing<Arc<ApiRequest>>>, Fault> {
    let parameters = Parameters::read(query.as_deref(), &["after", "limit"])?;
    let after = parameters.number("after", 1..=u64::MAX)?;
    let limit = parameters.number("limit", 1..=1000)?.unwrap_or(100);
    let requests = control.account.requests.before(after, limit + 1);
    Ok(Listing::cut(requests, limit))
}
