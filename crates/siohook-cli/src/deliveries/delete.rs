use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use crate::output::{self, Output};
use crate::store::{Entry, Selector, Store};
use crate::text::deliveries;
use crate::{Exit, Failure, duration, prompt};

/// Delete deliveries, and what is known of them
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook deliveries delete k3f9qa
  siohook deliveries delete --older 30d --yes")]
pub(super) struct Delete {
    #[command(flatten)]
    which: Which,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Which {
    /// Ids, beginnings of ids, or @1 for the latest
    #[arg(value_name = "ID")]
    ids: Vec<Selector>,
    /// Those that were received longer ago
    #[arg(long, value_name = "AGE", value_parser = duration::parse)]
    older: Option<Duration>,
    /// All of them
    #[arg(long)]
    all: bool,
}

impl Delete {
    pub(super) fn run(self, store: &Store, output: Output) -> Result<Exit, Failure> {
        let entries = self.which.find(store)?;
        let deliveries = deliveries(entries.len());
        if entries.is_empty() {
            output.words("no recorded delivery is such");
            return Ok(Exit::Good);
        }
        if !self.yes && !prompt::confirm(output, format_args!("delete {deliveries}"))? {
            output.words("nothing is deleted");
            return Ok(Exit::Good);
        }
        if self.which.ids.is_empty() {
            store.sweep()?;
        }
        for entry in entries {
            store.delete(&entry)?;
            if output.is_json {
                output::json("deleted", json!({"id": entry.id}))?;
            }
        }
        output.words(format_args!("{deliveries} deleted"));
        Ok(Exit::Good)
    }
}

impl Which {
    fn find(&self, store: &Store) -> Result<Vec<Entry>, Failure> {
        if !self.ids.is_empty() {
            let mut entries: Vec<Entry> = vec![];
            for id in &self.ids {
                let entry = store.find_entry(id)?;
                if !entries.contains(&entry) {
                    entries.push(entry);
                }
            }
            return Ok(entries);
        }
        let mut entries = store.contents()?.entries;
        if let Some(age) = self.older {
            let since = Timestamp::now().checked_sub(age);
            let since = since.map_err(|error| Failure::usage(format!("--older: {error}")))?;
            entries.retain(|entry| entry.time < since);
        }
        Ok(entries)
    }
}
