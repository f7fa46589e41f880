use clap::Args;
use serde_json::json;
use siohook_events::Shown;

use super::{Session, find};
use crate::output;
use crate::{Exit, Failure, prompt};

/// Delete webhooks
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  siohook webhooks delete shop --yes")]
pub(super) struct Delete {
    /// Names, ids, or beginnings of ids
    #[arg(value_name = "WEBHOOK", required = true)]
    which: Vec<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Delete {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let all = session.client.webhooks().await?;
        let mut webhooks = vec![];
        for which in &self.which {
            let webhook = find::find(&all, which)?;
            if !webhooks.contains(&webhook) {
                webhooks.push(webhook);
            }
        }
        let names = webhooks.iter().map(|webhook| {
            let (name, url) = (Shown::value(&webhook.name), Shown::value(&webhook.url));
            format!("`{name}` ({url})")
        });
        let names = names.collect::<Vec<_>>().join(", ");
        let output = session.output;
        if !self.yes && !prompt::confirm(output, format_args!("delete {names}"))? {
            output.words("nothing is deleted");
            return Ok(Exit::Good);
        }
        for webhook in &webhooks {
            session.client.delete_webhook(&webhook.id).await?;
            if output.is_json {
                output::json(
                    "deleted",
                    json!({"id": webhook.id.as_str(), "name": webhook.name}),
                )?;
            }
        }
        output.words(format_args!("{names} deleted"));
        Ok(Exit::Good)
    }
}
