//! The clock of the account.

use std::time::Duration;

use axum::extract::State;
use axum::response::Json;
use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;

use super::input::Input;
use super::{Control, Fault};
use crate::account::Account;
use crate::{AdvanceError, Pace};

#[derive(Serialize)]
pub(super) struct View {
    pace: String,
    now: Timestamp,
    /// The next attempt, end of a delay of a workflow, or end of a paid period.
    next_due: Option<Timestamp>,
}

impl View {
    fn of(account: &Account) -> Json<Self> {
        Json(Self {
            pace: account.clock().pace().to_string(),
            now: account.clock().now(),
            next_due: account.next_due(),
        })
    }
}

pub(super) async fn get(State(control): State<Control>) -> Json<View> {
    View::of(&control.account)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub(super) struct Setting {
    pace: Option<String>,
    now: Option<Timestamp>,
}

pub(super) async fn put(
    State(control): State<Control>,
    Input(setting): Input<Setting>,
) -> Result<Json<View>, Fault> {
    let pace = setting.pace.map(|pace| {
        let parsed = pace.parse::<Pace>();
        parsed.map_err(|error| Fault::invalid("/pace", error.to_string()))
    });
    let (pace, clock) = (pace.transpose()?, control.account.clock());
    if let Some(now) = setting.now {
        clock.set_now(now);
    }
    if let Some(pace) = pace {
        clock.set_pace(pace);
    }
    control.account.catch_up();
    control.account.sender.note_time();
    Ok(View::of(&control.account))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advance {
    seconds: Option<u64>,
    until: Option<Until>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Until {
    Idle,
}

pub(super) async fn advance(
    State(control): State<Control>,
    Input(advance): Input<Advance>,
) -> Result<Json<View>, Fault> {
    let account = &control.account;
    let advanced = match (advance.seconds, advance.until) {
        (Some(seconds), None) => {
            let by = Duration::from_secs(seconds);
            account.clock().advance(by).await
        }
        (None, Some(Until::Idle)) => account.advance_until_idle().await.map(|_| ()),
        _ => {
            let error = r#"write either {"seconds": 3600} or {"until": "idle"}"#;
            return Err(Fault::invalid("", error));
        }
    };
    account.sender.note_time();
    match advanced {
        Ok(()) => Ok(View::of(account)),
        Err(error @ AdvanceError::TooFar) => Err(Fault::invalid("/seconds", error.to_string())),
        Err(error) => Err(Fault::conflict(format!(
            r#"{error}: PUT {{"pace": "manual"}} to /sandbox/v1/clock"#
        ))),
    }
}
