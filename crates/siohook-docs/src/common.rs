//! Texts of all documents on deliveries, mechanisms and events.

use serde_json::{Value, json};
use siohook::describe::{Description, Event};
use siohook_events::Mechanism;

pub(crate) const TITLE: &str = "systeme.io webhooks";

/// How to read deliveries.
pub(crate) const INTRODUCTION: &str = "Each delivery is a `POST` of JSON. Keys may be added at any time. Null and absent mean the same, a number may come in a string, and the fields of a person are `[]` when there are none. Money is in minor units of the currency: 583 is 5.83 EUR. Each line of an order (main product, order bump, upsell) is a delivery of its own. All have the same order id, and each has its own id of the order item: don't add up the order's total over them. A member is captured if it was in a delivery or a public integration reads it, documented if it is in a body that systeme.io publishes, and never seen otherwise.";

/// Mechanisms in the order of a document.
pub(crate) const MECHANISMS: [Mechanism; 2] = [Mechanism::Automation, Mechanism::Account];

/// Member `info` of a document.
pub(crate) fn info() -> Value {
    json!({
        "title": TITLE,
        "version": env!("CARGO_PKG_VERSION"),
        "description": INTRODUCTION,
    })
}

pub(crate) fn mechanism_summary(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::Automation => {
            "The action \"Send webhook\" of a rule or workflow. The event is named in the body, and nothing is signed."
        }
        _ => {
            "Account webhooks: set up in Settings > Webhooks or through the public API. The event is named in a header, and the body is signed."
        }
    }
}

/// Returns the events that a mechanism sends.
pub(crate) fn events(description: &Description, mechanism: Mechanism) -> Vec<&Event> {
    let events = description.events.iter();
    events
        .filter(|event| event.likely_mechanism() == mechanism)
        .collect()
}

pub(crate) fn event_summary(event: &Event) -> &'static str {
    event
        .summary
        .unwrap_or("systeme.io has never published this event.")
}

/// Returns the name of an event as a key of a document. Keys hold letters, digits and `.-_`.
pub(crate) fn key(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let spelled = |c: char| {
        if is_plain(c) {
            c.to_string()
        } else {
            format!("-u{:x}-", u32::from(c))
        }
    };
    name.chars().map(spelled).collect()
}
