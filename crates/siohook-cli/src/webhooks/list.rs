use clap::Args;

use super::{Session, view};
use crate::{Exit, Failure};

/// List the account's webhooks
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook webhooks list
  siohook webhooks list --json | jq '.subscriptions[] | select(.disabled_at)'")]
pub(super) struct List {}

impl List {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let webhooks = session.client.webhooks().await?;
        if webhooks.is_empty() {
            session.output.words("the account has no webhook");
        }
        view::write(session.output, &webhooks)?;
        Ok(Exit::Good)
    }
}
