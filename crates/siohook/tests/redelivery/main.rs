//! Redeliveries: what runs again, and what is answered.

#[path = "../support/mod.rs"]
mod support;

mod copies;
mod events;
mod keys;
mod many;
mod memory;
mod retries;

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use siohook::{Dispatcher, DispatcherBuilder, HandlerError, Incoming, Reply, State, on_event};
use support::{
    SECRET, TAG_ADDED, account, automation, builder, envelope, expected, finish, fixture, only,
    outcomes, poll, sign,
};
use tokio::sync::{Barrier, Notify};

/// Counts the runs of handlers, and decides what they do.
#[derive(Clone, Default)]
struct Script {
    runs: Arc<Mutex<HashMap<&'static str, usize>>>,
    gate: Arc<Notify>,
}

impl Script {
    /// Counts a run, and returns the number of earlier runs.
    fn run(&self, handler: &'static str) -> usize {
        let mut runs = self.runs.lock().unwrap();
        let count = runs.entry(handler).or_default();
        *count += 1;
        *count - 1
    }

    fn runs(&self, handler: &str) -> usize {
        self.runs
            .lock()
            .unwrap()
            .get(handler)
            .copied()
            .unwrap_or_default()
    }
}

#[on_event("*")]
fn succeeds(State(script): State<Script>) {
    script.run("succeeds");
}

/// Yields to other tasks.
#[on_event("*")]
async fn yields(State(script): State<Script>) {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    script.run("yields");
}

#[on_event("*")]
fn fails_once(State(script): State<Script>) -> Result<(), &'static str> {
    match script.run("fails_once") {
        0 => Err("not yet"),
        _ => Ok(()),
    }
}

#[on_event("*")]
fn panics_once(State(script): State<Script>) {
    assert_ne!(script.run("panics_once"), 0, "not yet");
}

#[on_event("*")]
fn asks_for_time_once(State(script): State<Script>) -> Result<(), HandlerError> {
    match script.run("asks_for_time_once") {
        0 => Err(HandlerError::retry_after(
            std::time::Duration::ZERO,
            "not yet",
        )),
        _ => Ok(()),
    }
}

#[on_event("*")]
fn fails_for_good(State(script): State<Script>) -> Result<(), HandlerError> {
    script.run("fails_for_good");
    Err(HandlerError::permanent("never"))
}

/// Waits until the gate is opened.
#[on_event("*")]
async fn waits(State(script): State<Script>) {
    script.run("begins to wait");
    script.gate.notified().await;
    script.run("waits");
}

fn with(functions: &'static [&'static str]) -> (DispatcherBuilder, Script) {
    let script = Script::default();
    let builder = builder().select(only(functions)).state(script.clone());
    (builder, script)
}

fn built(functions: &'static [&'static str]) -> (Dispatcher, Script) {
    let (builder, script) = with(functions);
    (builder.build().unwrap(), script)
}

fn receive(dispatcher: &Dispatcher, incoming: Incoming) -> Reply {
    finish(dispatcher.receive(incoming))
}

/// The outcomes of all handlers in another attempt of the same delivery.
fn attempt(dispatcher: &Dispatcher) -> Vec<(&'static str, String)> {
    let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
    outcomes(&finish(dispatcher.dispatch(&delivery)))
}

fn message(id: &str) -> Incoming {
    account("SALE_NEW", fixture("account/SALE_NEW")).header("X-Webhook-Message-Id", id)
}

fn tag(id: u32) -> Incoming {
    automation(envelope("contact.tag.added", &format!("{{\"id\":{id}}}")))
}
