//! The arguments and results of handlers, and the deliveries that they get.

mod advice;
mod contacts;
mod custom_arguments;
mod data;
mod deliveries;
mod mismatches;
mod payloads;
mod renamed;
mod requests;
mod returns;
mod routes;
mod shapes;
mod shared;
mod signatures;

use std::error::Error;
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use siohook::{
    Data, Delivery, Dispatcher, DispatcherBuilder, FromDelivery, HandlerContext, HandlerError,
    Incoming, Mechanism, MinorUnits, Mismatch, Outcome, Report, Requirements, State, Trust,
    account, automation, on_event, unified,
};

use crate::support::{
    self, TAG_ADDED, account, automation, envelope, finish, fixture, function, only, outcome,
    within,
};

/// Notes of the handlers about their calls.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn note(&self, what: impl Into<String>) {
        self.0.lock().unwrap().push(what.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn builder() -> DispatcherBuilder {
    support::builder().select(within(module_path!()))
}

/// A dispatcher of these handlers, and their notes.
fn with(functions: &'static [&'static str]) -> (Dispatcher, Seen) {
    let seen = Seen::default();
    let dispatcher = builder()
        .select(only(functions))
        .state(seen.clone())
        .state(40_u8)
        .build()
        .unwrap();
    (dispatcher, seen)
}

fn dispatch(dispatcher: &Dispatcher, incoming: Incoming) -> Report {
    let delivery = dispatcher.verify(incoming).unwrap();
    finish(dispatcher.dispatch(&delivery))
}

/// The notes of these handlers about a delivery. Fails unless all of them are done.
#[track_caller]
fn seen_by(functions: &'static [&'static str], incoming: Incoming) -> Vec<String> {
    let (dispatcher, seen) = with(functions);
    let report = dispatch(&dispatcher, incoming);
    let done = |outcome: &Outcome| matches!(outcome, Outcome::Done);
    assert!(
        report.handlers().iter().all(|it| done(it.outcome())),
        "{report}"
    );
    seen.take()
}

fn sale() -> Incoming {
    account("SALE_NEW", fixture("account/SALE_NEW"))
}

fn tag_added() -> Incoming {
    account("CONTACT_TAG_ADDED", fixture("account/CONTACT_TAG_ADDED"))
}
