//! Deliveries of an inbox. It keeps neither signature nor token, so they are signed anew.

use std::str::FromStr;

use siohook_inbox::{Operator, State};

use super::Replay;
use crate::choice::{Choice, Chosen};
use crate::config::Config;
use crate::inbox::{capture, failure, id_of};
use crate::output::Output;
use crate::store::{Found, Selector, Store};
use crate::{Failure, runtime};

/// Deliveries that are read at a time.
const PAGE: usize = 100;

/// What the user wrote to name a delivery.
#[derive(Clone, Debug)]
pub(super) enum Which {
    Recorded(Selector),
    Inbox(i64),
}

impl FromStr for Which {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match id_of(text) {
            Some(id) => Ok(Self::Inbox(id)),
            None if text.starts_with("inbox:") => Err("`inbox list` shows the number: `inbox:118`"),
            None => text.parse().map(Self::Recorded),
        }
    }
}

impl Replay {
    /// Finds what the user named, in that order.
    pub(super) fn find_named(
        &self,
        store: &Store,
        output: Output,
        config: &Config,
    ) -> Result<Vec<Found>, Failure> {
        runtime()?.block_on(async {
            let mut inbox = None;
            let mut found = vec![];
            for which in &self.which {
                found.push(match which {
                    Which::Recorded(selector) => store.find(selector)?,
                    Which::Inbox(id) => {
                        let open = match inbox.take() {
                            Some(open) => open,
                            None => self.place.open(output, config).await?,
                        };
                        read(inbox.insert(open), *id).await?
                    }
                });
            }
            Ok(found)
        })
    }

    /// Reads the deliveries of the inbox with a dead run, the oldest first.
    pub(super) fn dead(&self, output: Output, config: &Config) -> Result<Chosen, Failure> {
        runtime()?.block_on(async {
            let inbox = self.place.open(output, config).await?;
            dead(&inbox, &self.choice).await
        })
    }
}

async fn dead(inbox: &Operator, choice: &Choice) -> Result<Chosen, Failure> {
    let mut all = inbox.deliveries().state(State::Dead);
    if let Some(event) = &choice.event {
        all = all.event(event);
    }
    if let Some(since) = choice.since {
        all = all.since(since);
    }
    if let Some(until) = choice.until {
        all = all.before(until);
    }
    let mut chosen = Chosen::default();
    let mut page = all.clone().list(PAGE).await.map_err(failure)?;
    while let Some(last) = page.last().map(siohook_inbox::DeliverySummary::id) {
        for delivery in page {
            match read(inbox, delivery.id()).await {
                Ok(found) => chosen.found.push(found),
                Err(failure) => chosen.skipped.push(failure.message),
            }
        }
        page = all.clone().below(last).list(PAGE).await.map_err(failure)?;
    }
    chosen.found.reverse();
    Ok(chosen)
}

async fn read(inbox: &Operator, id: i64) -> Result<Found, Failure> {
    Ok(Found {
        name: format!("inbox:{id}"),
        capture: capture(inbox, id).await?,
        entry: None,
    })
}
