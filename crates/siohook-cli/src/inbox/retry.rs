use std::collections::BTreeSet;

use clap::Args;
use serde_json::json;
use siohook_inbox::{DeadLetters, Operator};

use super::{Consent, count, failure};
use crate::choice::pattern;
use crate::output::{self, Output};
use crate::{Exit, Failure};

/// Let dead runs be tried again. The receiver's process runs them
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook inbox retry 118
  siohook inbox retry --dead --handler shop::grant --dry-run")]
pub(super) struct Retry {
    #[command(flatten)]
    which: Which,
    /// Only this event, or those with this prefix: `SALE_*`
    #[arg(long, value_name = "GLOB", value_parser = pattern)]
    event: Option<String>,
    /// Only the runs of this handler
    #[arg(long, value_name = "NAME")]
    handler: Option<String>,
    #[command(flatten)]
    consent: Consent,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Which {
    /// Numbers of deliveries
    #[arg(value_name = "ID")]
    ids: Vec<i64>,
    /// All that are dead
    #[arg(long)]
    dead: bool,
}

impl Retry {
    pub(super) async fn run(self, inbox: &Operator, output: Output) -> Result<Exit, Failure> {
        let mut letters = vec![];
        for id in BTreeSet::from_iter(&self.which.ids) {
            // An unknown one is an error before anything is changed.
            inbox.delivery(*id).await.map_err(failure)?;
            letters.push(self.letters(inbox).delivery(*id));
        }
        if self.which.dead {
            letters.push(self.letters(inbox));
        }
        let mut runs = 0;
        for letters in &letters {
            runs += letters.clone().dry_run().retry().await.map_err(failure)?;
        }
        if runs == 0 {
            output.words("no dead run with a body is such");
        } else if self
            .consent
            .has(output, "retry", count(runs, "run", "runs"))?
        {
            runs = 0;
            for letters in letters {
                runs += letters.retry().await.map_err(failure)?;
            }
            let runs = count(runs, "run waits", "runs wait");
            output.words(format_args!("{runs} for the receiver's process"));
        } else if !self.consent.dry_run {
            return Ok(Exit::Good);
        }
        if output.is_json {
            let kind = if self.consent.dry_run {
                "would_retry"
            } else {
                "retried"
            };
            output::json(kind, json!({ "runs": runs }))?;
        }
        Ok(Exit::Good)
    }

    fn letters(&self, inbox: &Operator) -> DeadLetters {
        let mut letters = inbox.dead();
        if let Some(event) = &self.event {
            letters = letters.event(event);
        }
        if let Some(handler) = &self.handler {
            letters = letters.handler(handler);
        }
        letters
    }
}
