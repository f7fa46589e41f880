//! A delivery of an inbox as programs and people read it.

use clap::ValueEnum;
use clap::builder::styling::Style;
use serde::Serialize;
use siohook_inbox::{DeadReason, DeliverySummary, RunSummary, State};

use crate::output::{BAD, GOOD, OPEN, PLAIN};
use crate::text;

/// A state on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum StateFlag {
    /// Waits for an earlier run of the same key
    Behind,
    Waiting,
    Running,
    Done,
    Dead,
}

impl From<StateFlag> for State {
    fn from(flag: StateFlag) -> Self {
        match flag {
            StateFlag::Behind => Self::Behind,
            StateFlag::Waiting => Self::Waiting,
            StateFlag::Running => Self::Running,
            StateFlag::Done => Self::Done,
            StateFlag::Dead => Self::Dead,
        }
    }
}

/// The members of a line of `--json`.
#[derive(Debug, Serialize)]
pub(super) struct Summary<'a> {
    id: i64,
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
    /// The one that needs a person most. `None` without a handler.
    state: Option<&'static str>,
    received_at: String,
    has_body: bool,
    handlers: Vec<Handler<'a>>,
}

#[derive(Debug, Serialize)]
struct Handler<'a> {
    name: &'a str,
    state: &'static str,
    tries: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

impl<'a> Summary<'a> {
    pub(super) fn new(delivery: &'a DeliverySummary) -> Self {
        let runs = delivery.runs();
        Self {
            id: delivery.id(),
            event: delivery.event(),
            message_id: delivery.message_id(),
            state: runs
                .iter()
                .map(RunSummary::state)
                .max_by_key(|state| rank(*state))
                .map(State::as_str),
            received_at: utc(delivery.received_at()),
            has_body: delivery.has_body(),
            handlers: runs.iter().map(Handler::new).collect(),
        }
    }
}

impl<'a> Handler<'a> {
    fn new(run: &'a RunSummary) -> Self {
        Self {
            name: run.handler(),
            state: run.state().as_str(),
            tries: run.attempts(),
            next_at: next(run),
            ended_at: run.ended_at().map(utc),
            reason: run.reason().map(DeadReason::as_str),
            error: run.error(),
        }
    }
}

fn rank(state: State) -> u8 {
    match state {
        State::Dead => 4,
        State::Running => 3,
        State::Waiting => 2,
        State::Behind => 1,
        _ => 0,
    }
}

/// When a run that waits is tried next.
fn next(run: &RunSummary) -> Option<String> {
    (run.state() == State::Waiting).then(|| utc(run.due_at()))
}

/// What became of a run, in words.
pub(super) fn why(run: &RunSummary) -> String {
    let before = match run.reason() {
        Some(DeadReason::Permanent) => "failed for good".to_owned(),
        Some(DeadReason::Mismatch) => "the body does not match".to_owned(),
        Some(DeadReason::Exhausted | DeadReason::Crashed) if run.error().is_some() => String::new(),
        Some(reason) => reason.to_string(),
        None => next(run).map_or_else(String::new, |at| format!("next {}", text::time(&at))),
    };
    let parts = [&*before, run.error().unwrap_or_default()];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(": ")
}

pub(super) fn style(state: State) -> Style {
    match state {
        State::Dead => BAD,
        State::Done => GOOD,
        State::Running => OPEN,
        _ => PLAIN,
    }
}

/// `2026-11-26T09:14:02Z`.
pub(super) fn utc(time: siohook::Timestamp) -> String {
    let time = time.to_string();
    time.strip_suffix("+00:00")
        .map_or_else(|| time.clone(), |time| format!("{time}Z"))
}
