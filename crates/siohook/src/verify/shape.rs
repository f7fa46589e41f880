//! Whether a body fits the event that is named. The name of an account webhook is in
//! a header, and no header is signed, so a sale that is replayed as a new tag ends
//! here.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use siohook_events::{Event, EventName, Mechanism};

use super::rejection::{Reason, Rejection};

/// The members that tell events of account webhooks apart.
pub(crate) const SHAPE_KEYS: [&str; 4] = ["contact", "tag", "customer", "orderItem"];

/// Checks that an automation names no event of account webhooks, whose handlers
/// rely on signatures.
pub(super) fn check_automation(event: &EventName) -> Result<(), Rejection> {
    match event.event().map(Event::mechanism) {
        Some(Mechanism::Account) => Err(Rejection::new(Reason::EventContradicted)
            .hint("an automation names an event that only account webhooks have")),
        _ => Ok(()),
    }
}

/// Checks that the body of an account webhook is JSON and has the shape of the event
/// that the header names.
pub(crate) fn check_account(json: &str, event: &EventName) -> Result<(), Rejection> {
    let Shape(members) = serde_json::from_str(json).map_err(|error| {
        Rejection::new(if error.is_data() {
            Reason::NoEnvelope
        } else {
            Reason::NotJson
        })
    })?;
    let Some(event) = event.event() else {
        return Ok(());
    };
    let contradicted = |hint: String| Err(Rejection::new(Reason::EventContradicted).hint(hint));
    if event.mechanism() != Mechanism::Account {
        return contradicted("the header names an event that only automations have".to_owned());
    }
    for (member, is_there) in SHAPE_KEYS.into_iter().zip(members) {
        if is_there != event.members().contains(&member) {
            let has = if is_there { "has" } else { "has no" };
            return contradicted(format!(
                "the header says {}, but the body {has} `{member}`",
                event.name()
            ));
        }
    }
    Ok(())
}

/// Which of the [`SHAPE_KEYS`] a body has, other than as null.
struct Shape([bool; SHAPE_KEYS.len()]);

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut members = [false; SHAPE_KEYS.len()];
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            let value = map.next_value::<Option<IgnoredAny>>()?;
            if let Some(at) = SHAPE_KEYS.iter().position(|member| *member == key) {
                members[at] = value.is_some();
            }
        }
        Ok(Shape(members))
    }
}
