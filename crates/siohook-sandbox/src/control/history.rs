//! What rules and workflows did, and what they wait for.

use axum::extract::{RawQuery, State};
use axum::response::Json;
use serde::Serialize;
use siohook_events::Timestamp;

use super::input::Parameters;
use super::{Control, Fault};
use crate::state::{self, Performed};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct History {
    /// The latest actions, newest first.
    items: Vec<Performed>,
    has_more: bool,
    /// The contacts in a delay, in the order in which the delays end.
    waiting: Vec<Waiting>,
}

#[derive(Serialize)]
struct Waiting {
    until: Timestamp,
    workflow: u64,
    contact: u64,
}

pub(super) async fn get(
    State(control): State<Control>,
    RawQuery(query): RawQuery,
) -> Result<Json<History>, Fault> {
    let parameters = Parameters::read(query.as_deref(), &["limit"])?;
    let limit = parameters.number("limit", 1..=1000)?.unwrap_or(100);
    control.account.catch_up();
    Ok(Json(
        control.account.read(|state| History::of(state, limit)),
    ))
}

impl History {
    fn of(state: &state::State, limit: usize) -> Self {
        let mut waiting: Vec<_> = state.waiting.iter().collect();
        waiting.sort_by_key(|one| one.until);
        let waiting = waiting.into_iter().take(limit).map(|one| Waiting {
            until: one.until,
            workflow: one.journey.workflow,
            contact: one.journey.trigger.contact,
        });
        Self {
            items: state.history.iter().rev().take(limit).cloned().collect(),
            has_more: state.history.len() > limit,
            waiting: waiting.collect(),
        }
    }
}
