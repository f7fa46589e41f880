//! The name of the event, and whether the body fits it.

use siohook_events::{Event, EventName, Mechanism, Shown, events};

use super::step::Steps;
use crate::delivery::envelope;
use crate::request::Head;
use crate::verify::{Rejection, claimed_event, shape};

pub(super) fn explain(mechanism: Mechanism, head: &Head, body: &[u8], steps: &mut Steps) {
    if mechanism != Mechanism::Account {
        let name = envelope::event_name(body).map_err(Rejection::from);
        match name.and_then(|name| shape::check_automation(&name).map(|()| name)) {
            Ok(name) => steps.add("event", None, format!("{name}, as the body says")),
            Err(rejection) => steps.add("event", false, why(&rejection)),
        }
        return;
    }
    let Some(name) = claimed_event(&head.headers) else {
        steps.add(
            "event",
            false,
            "X-Webhook-Event is missing, or can't be read",
        );
        return;
    };
    let claim = format!("not signed: {name} is a claim");
    match check(body, &name) {
        Ok(()) => steps.add("event", None, format!("{claim}; the body fits it")),
        Err(rejection) => {
            let others = fitting(body);
            let why = why(&rejection);
            steps.add("event", false, format!("{claim}, and {why}{others}"));
        }
    }
}

fn check(body: &[u8], name: &EventName) -> Result<(), Rejection> {
    shape::check_account(envelope::text(body)?, name)
}

/// The sentence of a refusal, with its hint.
fn why(rejection: &Rejection) -> String {
    let sentence = rejection.reason().sentence();
    match rejection.likely_cause() {
        Some(hint) => format!("{sentence}: {hint}"),
        None => sentence.to_owned(),
    }
}

/// The events of account webhooks that a body fits, as an end of the sentence.
fn fitting(body: &[u8]) -> String {
    let names = events()
        .iter()
        .filter(|event| event.mechanism() == Mechanism::Account);
    let names = names.map(Event::name);
    let fitting = names.filter(|name| check(body, &EventName::new(name)).is_ok());
    let fitting: Vec<_> = fitting.collect();
    if fitting.is_empty() {
        return String::new();
    }
    let fitting = fitting.join(", ");
    format!("; it fits {}", Shown::value(fitting))
}
