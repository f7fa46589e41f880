//! Webhooks of the account.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use siohook_events::{Event, Mechanism, events};

use super::draft::Draft;
use super::object::{Object, lies_in};
use crate::state::{State, Webhook};
use crate::strict::Misfit;

impl Object for Webhook {
    const NAME: &'static str = "webhook";
    const FIXED: &'static [&'static str] = &["/id", "/subscriptions"];
    lies_in!(webhooks: BTreeMap<String, Self>, by id: String);

    fn identify(draft: &mut Draft<'_>) {
        let id = draft.uuid();
        draft.or("id", id);
    }

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        if !draft.members.contains_key("secret") {
            let secret = draft.uuid().replace('-', "");
            draft.or("secret", secret);
        }
        draft.or("active", true);
        draft.or("subscriptions", json!([]));
        let events = draft.take("events")?;
        let events: Vec<String> = events.unwrap_or_else(|| known().map(str::to_owned).collect());
        let mut webhook: Self = draft.read(state)?;
        for (index, event) in events.iter().enumerate() {
            let at = format!("/events/{index}");
            if known().all(|known| known != event) {
                return Err(Misfit::unknown(at, event, known()));
            }
            let is_first = !events[..index].contains(event);
            Misfit::unless(is_first, &at, "this event is twice here")?;
        }
        webhook.subscribe(events, &mut draft.ids, draft.call.now);
        webhook.check(state, draft.old.is_none())?;
        Ok(webhook)
    }

    /// Adds the events that the webhook sends.
    fn view(&self) -> Value {
        let mut view = serde_json::to_value(self).expect("webhooks are JSON");
        let sending = self
            .subscriptions
            .iter()
            .filter(|one| one.disabled.is_none());
        view["events"] = sending.map(|one| &*one.event).collect();
        view
    }
}

/// The events of account webhooks.
fn known() -> impl Iterator<Item = &'static str> + Clone {
    let of_accounts = events()
        .iter()
        .filter(|event| event.mechanism() == Mechanism::Account);
    of_accounts.map(Event::name)
}

impl Webhook {
    fn check(&self, state: &State, is_new: bool) -> Result<(), Misfit> {
        let others = || state.webhooks.values().filter(|other| other.id != self.id);
        let is_free = others().all(|other| other.name != self.name);
        Misfit::unless(is_free, "/name", "another webhook has this name")?;
        let is_free = others().all(|other| other.url != self.url);
        Misfit::unless(is_free, "/url", "another webhook has this URL")?;
        if !state.strict_limits {
            return Ok(());
        }
        let error = "under `strict_limits`, webhooks are sent to `https://` only";
        Misfit::unless(self.url.starts_with("https://"), "/url", error)?;
        let has_room = !is_new || state.webhooks.len() < Self::MOST;
        let error = "under `strict_limits`, an account has at most 10 webhooks";
        Misfit::unless(has_room, "", error)
    }
}
