//! What a delivery is for a program that is written with siohook.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use siohook::Dispatcher;
use siohook_events::EventName;
use siohook_sender::Capture;

use crate::events::{self, Member};
use crate::verify::incoming;

/// The members of the payload. `is_known` tells whether a sample of the event has the member too,
/// and is `null` for an event that the catalogue does not have.
pub(super) fn fields(capture: &Capture) -> Value {
    let body = serde_json::from_slice(capture.body());
    let (Ok(body), Some(mechanism)) = (body, capture.mechanism()) else {
        return Value::Null;
    };
    let known = capture.event().and_then(|event| known(&event));
    let members = events::members_of(mechanism, &body).into_iter();
    let fields = members.map(|member| {
        let is_known = known.as_ref().map(|known| is_known(known, &member.pointer));
        let mut field = json!(member);
        field["is_known"] = json!(is_known);
        field
    });
    fields.collect()
}

/// The places of the members that any form of a sample has. What is empty there may hold more.
fn known(event: &str) -> Option<BTreeSet<String>> {
    let event = EventName::new(event).event()?;
    let forms = std::iter::once(None).chain(event.variants().map(Some));
    let members = forms.filter_map(|form| events::members(event, form).ok());
    let place = |member: Member| place(&member.pointer);
    Some(members.flatten().map(place).collect())
}

fn is_known(known: &BTreeSet<String>, pointer: &str) -> bool {
    let place = place(pointer);
    let is_above = |above: &str| known.contains(above);
    let above = place.match_indices('/').map(|(end, _)| &place[..end]);
    is_above(&place)
        || above.filter(|above| !above.is_empty()).any(is_above)
        // It is empty here, and holds more in a sample.
        || known.range(format!("{place}/")..).next().is_some_and(|next| next.starts_with(&format!("{place}/")))
}

/// A pointer whose numbers are all the same.
fn place(pointer: &str) -> String {
    let steps = pointer.split('/').map(|step| {
        let is_number = !step.is_empty() && step.bytes().all(|digit| digit.is_ascii_digit());
        if is_number { "*" } else { step }
    });
    steps.collect::<Vec<_>>().join("/")
}

/// The handler that listens to it, and what a handler could not read of it.
pub(super) async fn handler(capture: &Capture) -> Value {
    let dispatcher = Dispatcher::builder()
        .accept_unverified()
        .allow_no_handlers()
        .build();
    let dispatcher = dispatcher.expect("nothing is wrong with these settings");
    let payload = capture
        .event()
        .and_then(|event| Some(EventName::new(&event).event()?.payload()));
    match dispatcher.verify(incoming(capture)) {
        Ok(delivery) => {
            let unread = delivery.unread().iter();
            json!({
                "payload": payload,
                "handler": dispatcher.dispatch(&delivery).await.suggestion(),
                "unread": unread.map(ToString::to_string).collect::<Vec<_>>(),
            })
        }
        Err(rejection) => {
            json!({"payload": payload, "handler": null, "unread": [], "why": rejection.to_string()})
        }
    }
}
