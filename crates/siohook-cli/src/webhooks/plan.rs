//! What has to change so that an account sends what a program listens to.

use std::collections::BTreeSet;
use std::io;

use serde::Serialize;
use siohook_api::{Webhook, WebhookEdit};
use siohook_events::Shown;

use super::view;
use crate::output::{self, BAD, GOOD, OPEN};
use crate::table::{self, Cell};
use crate::{Failure, Output};

/// The name of a webhook that is created without one.
const NAME: &str = "siohook";

/// What is wanted of a webhook.
pub(super) struct Wanted {
    pub(super) url: String,
    /// `None` if any name is right.
    pub(super) name: Option<String>,
    pub(super) events: BTreeSet<String>,
    /// Whether the secret has to be set. It can't be read, so nothing tells whether it is the right
    /// one.
    pub(super) sets_secret: bool,
}

/// A difference between what is there and what is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub(super) enum Change {
    CreateWebhook {
        name: String,
        url: String,
    },
    RenameWebhook {
        from: String,
        to: String,
    },
    ActivateWebhook,
    AddEvent {
        event: String,
    },
    RemoveEvent {
        event: String,
    },
    /// An event that systeme.io disabled.
    EnableEvent {
        event: String,
        why: String,
    },
    SetSecret,
}

impl Wanted {
    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(NAME)
    }

    /// Finds the webhook of the URL.
    pub(super) fn find(&self, webhooks: Vec<Webhook>) -> Result<Option<Webhook>, Failure> {
        let is_new = webhooks.iter().all(|one| one.url != self.url);
        let name = if is_new {
            Some(self.name())
        } else {
            self.name.as_deref()
        };
        let other = |one: &&Webhook| one.url != self.url && Some(&*one.name) == name;
        if let Some(other) = webhooks.iter().find(other) {
            let (name, url) = (Shown::value(&other.name), Shown::value(&other.url));
            let message = format!("the webhook `{name}` sends to {url}");
            return Err(Failure::usage(message).hint(format!(
                "systeme.io does not let the URL of a webhook be changed: delete it first,\n\
                 siohook webhooks delete '{name}'\n\
                 or give the new one another name: --name"
            )));
        }
        Ok(webhooks.into_iter().find(|one| one.url == self.url))
    }

    /// The differences to a webhook, or to none.
    pub(super) fn changes(&self, webhook: Option<&Webhook>) -> Vec<Change> {
        let mut changes = vec![];
        match webhook {
            None => changes.push(Change::CreateWebhook {
                name: self.name().to_owned(),
                url: self.url.clone(),
            }),
            Some(webhook) => {
                if let Some(name) = self.name.as_ref().filter(|name| **name != webhook.name) {
                    let (from, to) = (webhook.name.clone(), name.clone());
                    changes.push(Change::RenameWebhook { from, to });
                }
                if !webhook.active {
                    changes.push(Change::ActivateWebhook);
                }
            }
        }
        let subscriptions = webhook.map_or(&[][..], |webhook| &webhook.subscriptions);
        for event in &self.events {
            let there = subscriptions.iter().find(|one| one.event == *event);
            let event = event.clone();
            match there {
                Some(one) if one.is_enabled() => {}
                Some(one) if view::is_broken(one) => {
                    let why = view::why(one);
                    changes.push(Change::EnableEvent { event, why });
                }
                _ => changes.push(Change::AddEvent { event }),
            }
        }
        let there = subscriptions.iter().filter(|one| one.is_enabled());
        let needless = there.filter(|one| !self.events.contains(&one.event));
        changes.extend(needless.map(|one| Change::RemoveEvent {
            event: one.event.clone(),
        }));
        if self.sets_secret || webhook.is_none() {
            changes.push(Change::SetSecret);
        }
        changes
    }

    /// The change of a webhook that is there.
    pub(super) fn edit(&self, secret: Option<String>) -> WebhookEdit {
        let mut edit = WebhookEdit::new().events(self.events.clone()).active(true);
        if let Some(name) = &self.name {
            edit = edit.name(name);
        }
        if let Some(secret) = secret {
            edit = edit.secret(secret);
        }
        edit
    }
}

impl Change {
    fn row(&self) -> Vec<Cell> {
        let (sign, style, what, detail) = match self {
            Self::CreateWebhook { name, url } => ("+", GOOD, "webhook", format!("{name} → {url}")),
            Self::RenameWebhook { from, to } => ("~", OPEN, "name", format!("{from} → {to}")),
            Self::ActivateWebhook => ("~", OPEN, "webhook", "switched on".to_owned()),
            Self::AddEvent { event } => ("+", GOOD, &**event, String::new()),
            Self::RemoveEvent { event } => ("-", BAD, &**event, String::new()),
            Self::EnableEvent { event, why } => {
                ("~", OPEN, &**event, format!("enabled again: {why}"))
            }
            Self::SetSecret => ("~", OPEN, "secret", "set".to_owned()),
        };
        vec![
            Cell::new(sign).style(style),
            Cell::new(what),
            Cell::new(detail),
        ]
    }
}

/// Writes the differences.
pub(super) fn write(output: Output, changes: &[Change]) -> io::Result<()> {
    if output.is_json {
        for change in changes {
            output::json("change", change)?;
        }
        return Ok(());
    }
    table::write(output, &[], changes.iter().map(Change::row).collect())
}
