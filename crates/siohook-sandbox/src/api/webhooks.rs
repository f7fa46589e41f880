use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use siohook_events::{EventName, Mechanism, Timestamp};

use super::call::{Call, created, deleted, found};
use super::check::is_url;
use super::page::Listing;
use super::problem::Problem;
use super::violation::{BLANK, NO_CHOICE, NO_URL, NOT_UNIQUE, USED};
use super::violations::Violations;
use crate::state::{DisabledReason, Webhook};

/// The longest name.
pub(super) const LONGEST: usize = 255;

/// A webhook without its secret.
#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    name: &'a str,
    url: &'a str,
    active: bool,
    subscriptions: Vec<SubscriptionView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SubscriptionView<'a> {
    id: &'a str,
    event: &'a str,
    disabled_at: Option<Timestamp>,
    disabled_reason: Option<DisabledReason>,
}

impl<'a> View<'a> {
    fn of(webhook: &'a Webhook) -> Self {
        let subscriptions = webhook.subscriptions.iter().map(|one| SubscriptionView {
            id: &one.id,
            event: &one.event,
            disabled_at: one.disabled.as_ref().map(|disabled| disabled.at),
            disabled_reason: one.disabled.as_ref().map(|disabled| disabled.reason),
        });
        Self {
            id: &webhook.id,
            name: &webhook.name,
            url: &webhook.url,
            active: webhook.active,
            subscriptions: subscriptions.collect(),
        }
    }
}

pub(super) fn list(call: &mut Call<'_>) -> Response {
    found(&Listing::all(call.state.webhooks.values().map(View::of)))
}

pub(super) fn get(call: &mut Call<'_>) -> Result<Response, Problem> {
    let webhook = call.state.webhooks.get(call.key(0));
    Ok(found(&View::of(webhook.ok_or_else(Problem::not_found)?)))
}

pub(super) fn create(call: &mut Call<'_>) -> Result<Response, Problem> {
    let is_strict = call.state.strict_limits;
    if is_strict && call.state.webhooks.len() >= Webhook::MOST {
        // The text is ours.
        let detail = "You have reached the limit of webhooks".to_owned();
        return Err(Problem::Status(StatusCode::FORBIDDEN, detail));
    }
    let mut violations = Violations::default();
    let name = call.input.text("name")?.unwrap_or_default();
    check_name(call, &name, "", &mut violations);
    let secret = call.input.text("secret")?.unwrap_or_default();
    violations.check_text("secret", Some(&secret), usize::MAX);
    let url = call.input.text("url")?.unwrap_or_default();
    if url.trim().is_empty() {
        violations.add("url", BLANK);
    } else if !is_url(&url, is_strict) {
        violations.add("url", NO_URL);
    } else if call.state.webhooks.values().any(|one| one.url == url) {
        violations.add("url", USED);
    }
    let events = read_events(call, &mut violations)?;
    if events.is_none() {
        violations.add("subscriptions", BLANK);
    }
    let active = call.input.flag("active")?.unwrap_or(true);
    violations.check()?;

    let mut webhook = Webhook {
        id: call.state.ids.uuid(call.now),
        name,
        url,
        secret,
        active,
        subscriptions: vec![],
    };
    webhook.subscribe(events.unwrap_or_default(), &mut call.state.ids, call.now);
    let answer = created(&View::of(&webhook));
    call.state.webhooks.insert(webhook.id.clone(), webhook);
    Ok(answer)
}

pub(super) fn update(call: &mut Call<'_>) -> Result<Response, Problem> {
    let id = call.key(0).to_owned();
    let webhook = call.state.webhooks.get(&id).cloned();
    let mut webhook = webhook.ok_or_else(Problem::not_found)?;
    let mut violations = Violations::default();
    if let Some(name) = call.input.text("name")? {
        check_name(call, &name, &id, &mut violations);
        webhook.name = name;
    }
    if let Some(secret) = call.input.text("secret")? {
        violations.check_text("secret", Some(&secret), usize::MAX);
        webhook.secret = secret;
    }
    let events = read_events(call, &mut violations)?;
    webhook.active = call.input.flag("active")?.unwrap_or(webhook.active);
    violations.check()?;

    if let Some(events) = events {
        webhook.subscribe(events, &mut call.state.ids, call.now);
    }
    let answer = found(&View::of(&webhook));
    call.state.webhooks.insert(id, webhook);
    Ok(answer)
}

pub(super) fn delete(call: &mut Call<'_>) -> Result<Response, Problem> {
    let id = call.key(0).to_owned();
    deleted(call.state.webhooks.remove(&id).is_some())
}

/// Checks that no webhook but this one has the name.
fn check_name(call: &Call<'_>, name: &str, own: &str, violations: &mut Violations) {
    violations.check_text("name", Some(name), LONGEST);
    let mut others = call.state.webhooks.values().filter(|one| one.id != own);
    if others.any(|one| one.name == name) {
        violations.add("name", USED);
    }
}

/// Reads names of events, or objects with a name and the version of its schema.
fn read_events(
    call: &mut Call<'_>,
    violations: &mut Violations,
) -> Result<Option<Vec<String>>, Problem> {
    let Some(given) = call.input.list("subscriptions")? else {
        return Ok(None);
    };
    let mut events: Vec<String> = vec![];
    for (index, value) in given.iter().enumerate() {
        let name = match value {
            Value::Object(members) => members.get("event").and_then(Value::as_str),
            other => other.as_str(),
        };
        let Some(name) = name else {
            let path = format!("subscriptions[{index}]");
            return Err(Problem::bad_request(format!(
                r#"The type of the "{path}" attribute must be "string"."#
            )));
        };
        let listed = EventName::new(name).event();
        let is_event = listed.is_some_and(|event| event.mechanism() == Mechanism::Account);
        if !is_event {
            violations.add(format!("subscriptions[{index}]"), NO_CHOICE);
        } else if events.iter().any(|event| event == name) {
            violations.add("subscriptions", NOT_UNIQUE);
        }
        events.push(name.to_owned());
    }
    Ok(Some(events))
}
