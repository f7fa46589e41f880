use serde_json::{Value, json};
use siohook_events::{Event, Mechanism, events};

use super::description::Answer::{Created, Found, List, NoContent};
use super::description::Description;
use super::schema::{
    choice, count, flag, input, list, named, object, or_null, text, text_up_to, time, uuid,
};
use crate::api::webhooks::LONGEST;

pub(in crate::api) const LIST: Description =
    Description::new("listWebhooks", "Lists all webhooks", List("Webhook"));
pub(in crate::api) const CREATE: Description =
    Description::new("createWebhook", "Creates a webhook", Created("Webhook"));
pub(in crate::api) const GET: Description =
    Description::new("getWebhook", "Returns a webhook", Found("Webhook"));
pub(in crate::api) const UPDATE: Description = Description::new(
    "updateWebhook",
    "Changes a webhook, but not its URL",
    Found("Webhook"),
);
pub(in crate::api) const DELETE: Description =
    Description::new("deleteWebhook", "Deletes a webhook", NoContent);

pub(super) fn schemas() -> Value {
    let of_account = events()
        .iter()
        .filter(|event| event.mechanism() == Mechanism::Account);
    let names: Vec<_> = of_account.map(Event::name).collect();
    let event = choice(&names);
    let versioned = input(
        &["event"],
        json!({ "event": event, "schemaVersion": count() }),
    );
    let name = text_up_to(LONGEST);
    let secret = json!({ "type": "string", "pattern": r"\S" });
    let url = json!({
        "type": "string",
        "format": "uri",
        "pattern": r"^https?://[A-Za-z0-9\[]",
        "examples": ["http://localhost:3000/systeme"],
    });
    let mut events = list(json!({ "anyOf": [event, versioned] }));
    events["uniqueItems"] = true.into();
    json!({
        "Webhook": object(json!({
            "id": uuid(),
            "name": text(),
            "url": text(),
            "active": flag(),
            "subscriptions": list(named("EventSubscription")),
        })),
        "EventSubscription": object(json!({
            "id": uuid(),
            "event": event,
            "disabledAt": or_null(time()),
            "disabledReason": or_null(choice(&["USER_CANCELED", "BAD_SUCCESS_RATE"])),
        })),
        "WebhookInput": input(&["name", "secret", "url", "subscriptions"], json!({
            "name": name,
            "secret": secret,
            "url": url,
            "subscriptions": events,
            "active": or_null(flag()),
        })),
        "WebhookPatch": input(&[], json!({
            "name": or_null(name),
            "secret": or_null(secret),
            "subscriptions": or_null(events),
            "active": or_null(flag()),
        })),
    })
}
