//! The events that a webhook is to send.

use std::collections::BTreeSet;

use siohook_events::{Event, EventName, Mechanism, Shown, events, nearest};

/// All events of account webhooks.
pub(super) fn all() -> BTreeSet<String> {
    let account = events().iter();
    let account = account.filter(|event| event.mechanism() == Mechanism::Account);
    account.map(|event| event.name().to_owned()).collect()
}

/// Takes the name of an event that account webhooks send.
pub(super) fn parse(name: &str) -> Result<String, String> {
    match EventName::new(name).event().map(Event::mechanism) {
        Some(Mechanism::Account) => Ok(name.to_owned()),
        Some(_) => Err("automations send it, which can't be set up over the API".to_owned()),
        None => {
            let near = nearest(name).map(|near| format!("; did you mean `{near}`?"));
            let near = near.unwrap_or_default();
            Err(format!("no event `{}`{near}", Shown::value(name)))
        }
    }
}
