//! Webhooks as they are printed.

use std::io;

use serde::Serialize;
use siohook_api::{DisabledReason, EventSubscription, Webhook};

use crate::Output;
use crate::output::{self, BAD, FAINT, GOOD};
use crate::table::{self, Cell};
use crate::text::{short, time};

#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    name: &'a str,
    url: &'a str,
    active: bool,
    subscriptions: Vec<SubscriptionView<'a>>,
}

#[derive(Serialize)]
struct SubscriptionView<'a> {
    id: &'a str,
    event: &'a str,
    disabled_at: Option<String>,
    disabled_reason: Option<&'a str>,
}

impl<'a> View<'a> {
    fn of(webhook: &'a Webhook) -> Self {
        let subscriptions = webhook.subscriptions.iter().map(|one| SubscriptionView {
            id: &one.id,
            event: &one.event,
            disabled_at: one.disabled_at.map(|at| at.to_string()),
            disabled_reason: one.disabled_reason.as_ref().map(DisabledReason::as_str),
        });
        Self {
            id: webhook.id.as_str(),
            name: &webhook.name,
            url: &webhook.url,
            active: webhook.active,
            subscriptions: subscriptions.collect(),
        }
    }
}

/// Writes webhooks as a table or as objects.
pub(super) fn write(output: Output, webhooks: &[Webhook]) -> io::Result<()> {
    if output.is_json {
        for webhook in webhooks {
            output::json("webhook", View::of(webhook))?;
        }
        return Ok(());
    }
    let rows = webhooks.iter().map(|webhook| {
        let id = webhook.id.as_str();
        let (state, style) = if webhook.active {
            ("active", GOOD)
        } else {
            ("inactive", BAD)
        };
        let events: Vec<_> = webhook.events().collect();
        // What the owner left out is no news.
        let broken = webhook.subscriptions.iter().filter(|one| is_broken(one));
        let broken: Vec<_> = broken
            .map(|one| format!("{}: {}", one.event, why(one)))
            .collect();
        vec![
            Cell::short(short(id), id).style(FAINT),
            Cell::new(&webhook.name),
            Cell::new(&webhook.url),
            Cell::new(state).style(style),
            Cell::new(events.join(",")),
            Cell::new(broken.join(", ")).style(BAD),
        ]
    });
    let heading = ["ID", "NAME", "URL", "STATE", "EVENTS", "DISABLED"];
    table::write(output, &heading, rows.collect())
}

/// Whether systeme.io disabled an event, and not the owner.
pub(super) fn is_broken(subscription: &EventSubscription) -> bool {
    let is_owner = subscription.disabled_reason == Some(DisabledReason::UserCanceled);
    !subscription.is_enabled() && !is_owner
}

/// Why an event is not sent, and since when.
pub(super) fn why(subscription: &EventSubscription) -> String {
    let why = match &subscription.disabled_reason {
        Some(DisabledReason::BadSuccessRate) => "too many deliveries failed",
        Some(other) => other.as_str(),
        None => "disabled",
    };
    match subscription.disabled_at {
        Some(at) => format!("{why}, since {}Z", time(&at.to_string())),
        None => why.to_owned(),
    }
}
