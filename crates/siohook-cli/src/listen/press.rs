//! What the keys do.

use std::sync::Arc;

use siohook_events::Shown;

use super::browser::Page;
use super::delivery::Endpoint;
use super::keys::Keyboard;
use super::log::Said;
use crate::Failure;
use crate::inspector::{Change, Changes};
use crate::replay::{self, As};
use crate::store::Selector;
use crate::text::without_query;

const HELP: &str =
    "o  open the inspector   r  replay the last   f  only failures   c  clear   q  end";

/// What the keys need.
pub(super) struct Desk {
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) page: Option<Page>,
    pub(super) changes: Changes,
}

impl Desk {
    /// Does what the keys say, up to the one that ends the program.
    pub(super) async fn attend(&self, keyboard: &mut Option<Keyboard>) {
        let Some(keyboard) = keyboard else {
            return std::future::pending().await;
        };
        loop {
            match keyboard.next().await {
                'q' => return,
                'o' => match &self.page {
                    Some(page) => page.open(&self.endpoint.log),
                    None => self.tell("there is no inspector: `--no-inspector` was given"),
                },
                'r' => match self.replay().await {
                    Ok(line) => self.tell(line),
                    Err(failure) => self.tell(failure.message),
                },
                'f' => self.endpoint.say(Said::Failures),
                'c' => self.endpoint.say(Said::Clear),
                '?' => self.tell(HELP),
                _ => {}
            }
        }
    }

    fn tell(&self, words: impl Into<String>) {
        self.endpoint.say(Said::Trouble(words.into()));
    }

    /// Sends the latest delivery to the receiver once more, byte for byte.
    async fn replay(&self) -> Result<String, Failure> {
        let Some(forward) = &self.endpoint.forward else {
            return Err(Failure::usage(
                "there is no receiver to replay to: add `--forward-to URL`",
            ));
        };
        let store = &self.endpoint.store;
        let entry = store.find_entry(&Selector::Latest(1))?;
        let deed = replay::one(&entry, As::Same, &forward.receiver, store).await?;
        self.changes.tell(Change::Delivery(entry.id.clone()));
        let exchange = deed.exchange();
        let status = exchange.and_then(|exchange| exchange.status);
        let words = [
            status.map(|status| status.to_string()),
            exchange.and_then(|exchange| exchange.outcome.clone()),
            exchange.and_then(|exchange| exchange.error.clone()),
        ];
        let words: Vec<_> = words.into_iter().flatten().collect();
        let to = without_query(forward.receiver.url());
        let line = format!("{} replayed to {to}  → {}", entry.id, words.join(" "));
        Ok(Shown::text(line).to_string())
    }
}
