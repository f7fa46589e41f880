use clap::Args;
use siohook_api::NewWebhook;

use super::{Session, events, view};
use crate::config::Config;
use crate::{Exit, Failure};

/// Create a webhook
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  siohook webhooks create --name shop --url https://shop.example.com/systeme --events SALE_NEW")]
pub(super) struct Create {
    /// Name that no other webhook has
    #[arg(long)]
    name: String,
    /// Receiver
    #[arg(long)]
    url: String,
    /// Where the secret is: `env:NAME`, `file:PATH`, `stdin` or `ask`. By default
    /// `SYSTEME_WEBHOOK_SECRET` if it is set, else the first of `[secrets]`
    #[arg(long, value_name = "SOURCE", env = "SIOHOOK_SECRET")]
    secret: Option<String>,
    /// Events that it sends, with commas between them. By default all
    #[arg(long, value_name = "EVENTS", value_delimiter = ',', value_parser = events::parse)]
    events: Option<Vec<String>>,
    /// Leave it switched off
    #[arg(long)]
    disabled: bool,
}

impl Create {
    pub(super) async fn run(self, session: &mut Session, config: &Config) -> Result<Exit, Failure> {
        let secret = session.secret(self.secret.as_deref(), config)?;
        let events = self.events.map(|events| events.into_iter().collect());
        let webhook = NewWebhook::new(self.name, self.url, secret)
            .events(events.unwrap_or_else(events::all))
            .active(!self.disabled);
        let made = session.client.create_webhook(&webhook).await?;
        view::write(session.output, &[made])?;
        Ok(Exit::Good)
    }
}
