use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;
use siohook_api::{NewWebhook, Webhook};
use siohook_events::Shown;

use super::plan::{self, Change, Wanted};
use super::{Session, automations, events, view};
use crate::config::Config;
use crate::{Exit, Failure, input, prompt};

/// Make the account send what a program listens to
///
/// Prints what differs, asks, and changes it. With `--dry-run`, it only says whether something
/// differs: 1 if so. The secret is set when a webhook is created. Later it can't be compared, because
/// the API never returns it: `--set-secret` sets it again.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  siohook webhooks sync --url https://shop.example.com/systeme --from description.json
  siohook webhooks sync --url https://shop.example.com/systeme --from description.json --dry-run
  siohook webhooks sync --url https://shop.example.com/systeme --secret file:new.txt --set-secret

description.json is what the program writes: serde_json::to_string(&dispatcher.describe())")]
pub(super) struct Sync {
    /// Receiver
    #[arg(long)]
    url: String,
    /// Name of the webhook. By default the one it has, or `siohook`
    #[arg(long)]
    name: Option<String>,
    /// Where the secret is: `env:NAME`, `file:PATH`, `stdin` or `ask`. By default
    /// `SYSTEME_WEBHOOK_SECRET` if it is set, else the first of `[secrets]`
    #[arg(long, value_name = "SOURCE", env = "SIOHOOK_SECRET")]
    secret: Option<String>,
    /// Set the secret of a webhook that is there
    #[arg(long)]
    set_secret: bool,
    /// Events, with commas between them. By default all
    #[arg(long, value_name = "EVENTS", value_delimiter = ',', value_parser = events::parse)]
    events: Option<Vec<String>>,
    /// What the program listens to: the description of its dispatcher as JSON, `-` for the standard
    /// input
    #[arg(long, value_name = "FILE", conflicts_with = "events")]
    from: Option<PathBuf>,
    /// Change nothing. Exit code 1 if something differs
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// The part of a description that says what to set up.
#[derive(Deserialize)]
struct Description {
    setup: Setup,
}

#[derive(Deserialize)]
struct Setup {
    account_webhook: BTreeSet<String>,
    automations: Vec<String>,
}

impl Sync {
    pub(super) async fn run(self, session: &mut Session, config: &Config) -> Result<Exit, Failure> {
        let output = session.output;
        let setup = self.setup()?;
        automations::write(output, &self.url, &setup.automations)?;
        if setup.account_webhook.is_empty() {
            output.words("the program listens to no event of account webhooks");
            return Ok(Exit::Good);
        }
        let wanted = Wanted {
            url: self.url,
            name: self.name,
            events: setup.account_webhook,
            sets_secret: self.set_secret,
        };
        let webhook = wanted.find(session.client.webhooks().await?)?;
        let changes = wanted.changes(webhook.as_ref());
        plan::write(output, &changes)?;
        if changes.is_empty() {
            output.words("nothing differs");
            return Ok(Exit::Good);
        }
        if self.dry_run {
            output.words("nothing is changed: --dry-run");
            return Ok(Exit::Bad);
        }
        let needs_secret = changes.contains(&Change::SetSecret);
        let secret = needs_secret.then(|| session.secret(self.secret.as_deref(), config));
        let secret = secret.transpose()?;
        if !self.yes && !prompt::confirm(output, "make these changes at systeme.io")? {
            output.words("nothing is changed");
            return Ok(Exit::Good);
        }
        let webhook = apply(session, &wanted, webhook, secret).await?;
        view::write(output, std::slice::from_ref(&webhook))?;
        let wanted = Wanted {
            sets_secret: false,
            ..wanted
        };
        let left = wanted.changes(Some(&webhook));
        if left.is_empty() {
            return Ok(Exit::Good);
        }
        output.words("systeme.io did not take all of it: see Settings > Webhooks for");
        plan::write(output, &left)?;
        Ok(Exit::Bad)
    }

    fn setup(&self) -> Result<Setup, Failure> {
        let Some(path) = &self.from else {
            let events = self.events.as_ref();
            return Ok(Setup {
                account_webhook: events.map_or_else(events::all, |it| it.iter().cloned().collect()),
                automations: vec![],
            });
        };
        let (name, bytes) = input::read(path)?;
        let description: Description = serde_json::from_slice(&bytes).map_err(|error| {
            let why = Shown::text(error);
            let message = format!("{name} is not the description of a dispatcher: {why}");
            Failure::new(Exit::Usage, "no_description", message)
                .hint("write it with serde_json::to_string(&dispatcher.describe())")
        })?;
        Ok(description.setup)
    }
}

/// Creates the webhook or changes it, in one call.
async fn apply(
    session: &Session,
    wanted: &Wanted,
    webhook: Option<Webhook>,
    secret: Option<String>,
) -> Result<Webhook, Failure> {
    let client = &session.client;
    if let Some(webhook) = webhook {
        let edit = wanted.edit(secret);
        return Ok(client.edit_webhook(&webhook.id, &edit).await?);
    }
    let new = NewWebhook::new(wanted.name(), &wanted.url, secret.unwrap_or_default());
    let new = new.events(wanted.events.clone());
    Ok(client.create_webhook(&new).await?)
}
