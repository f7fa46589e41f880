use std::collections::BTreeSet;

use clap::Args;
use siohook_api::WebhookEdit;

use super::{Session, events, find, view};
use crate::{Exit, Failure};

/// Change a webhook. systeme.io does not let its URL be changed
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook webhooks edit shop --events SALE_NEW,SALE_CANCELED
  siohook webhooks edit shop --secret file:/run/secrets/systeme_new")]
pub(super) struct Edit {
    /// Name, id, or the beginning of an id
    #[arg(value_name = "WEBHOOK")]
    which: String,
    #[command(flatten)]
    changes: Changes,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
struct Changes {
    /// Name that no other webhook has
    #[arg(long)]
    name: Option<String>,
    /// Where the new secret is: `env:NAME`, `file:PATH`, `stdin` or `ask`
    #[arg(long, value_name = "SOURCE")]
    secret: Option<String>,
    /// Events that it sends from now on, with commas between them
    #[arg(long, value_name = "EVENTS", value_delimiter = ',', value_parser = events::parse)]
    events: Option<Vec<String>>,
    /// Switch it on
    #[arg(long)]
    enable: bool,
    /// Switch it off
    #[arg(long, conflicts_with = "enable")]
    disable: bool,
}

impl Edit {
    pub(super) async fn run(self, session: &mut Session) -> Result<Exit, Failure> {
        let changes = self.changes;
        let mut edit = WebhookEdit::new();
        if let Some(name) = changes.name {
            edit = edit.name(name);
        }
        if let Some(source) = &changes.secret {
            edit = edit.secret(session.reader.read("--secret", source)?.value);
        }
        if let Some(events) = changes.events {
            edit = edit.events(BTreeSet::from_iter(events));
        }
        if changes.enable || changes.disable {
            edit = edit.active(changes.enable);
        }
        let webhooks = session.client.webhooks().await?;
        let webhook = find::find(&webhooks, &self.which)?;
        let edited = session.client.edit_webhook(&webhook.id, &edit).await?;
        view::write(session.output, &[edited])?;
        Ok(Exit::Good)
    }
}
