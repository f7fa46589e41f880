use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::json;
use siohook::Timestamp;
use siohook_inbox::{DAY, DeadReason, DeliverySummary, Operator, State};

use super::{Consent, count, failure};
use crate::output::{self, Output};
use crate::{Exit, Failure, duration};

/// Deliveries that are read at a time.
const PAGE: usize = 1000;

/// As long as copies of a delivery can come, its key is kept.
const REMEMBERED: Duration = DAY.saturating_mul(6);

/// Erase the bodies of deliveries that are done, or give dead runs up
///
/// What tells a copy of a delivery from a new one is kept for 6 days.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook inbox purge --state done --older 7d
  siohook inbox purge --state dead --older 30d --yes")]
pub(super) struct Purge {
    /// What is purged
    #[arg(long)]
    state: Ended,
    /// Only what ended longer ago
    #[arg(long, value_name = "AGE", value_parser = duration::parse)]
    older: Duration,
    #[command(flatten)]
    consent: Consent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Ended {
    /// Deliveries whose handlers are all done
    Done,
    /// Dead runs
    Dead,
}

impl Purge {
    pub(super) async fn run(self, inbox: &Operator, output: Output) -> Result<Exit, Failure> {
        let before = ago(self.older)?;
        let (member, one, several) = match self.state {
            Ended::Done => ("deliveries", "delivery", "deliveries"),
            Ended::Dead => ("runs", "run", "runs"),
        };
        let dead = inbox.dead().before(before);
        let mut purged = match self.state {
            Ended::Done => done(inbox, before).await?,
            Ended::Dead => dead.clone().dry_run().purge().await.map_err(failure)?,
        };
        let what = count(purged, one, several);
        if purged == 0 {
            output.words("nothing of the inbox is such");
        } else if self.consent.has(output, "purge", &what)? {
            let changed = match self.state {
                Ended::Done => inbox.purge_done(before).await,
                Ended::Dead => dead.purge().await,
            };
            purged = changed.map_err(failure)?;
            output.words(format_args!("{} purged", count(purged, one, several)));
        } else if !self.consent.dry_run {
            return Ok(Exit::Good);
        }
        if output.is_json {
            let kind = if self.consent.dry_run {
                "would_purge"
            } else {
                "purged"
            };
            output::json(kind, json!({ member: purged }))?;
        }
        Ok(Exit::Good)
    }
}

fn ago(age: Duration) -> Result<Timestamp, Failure> {
    let time = jiff::Timestamp::now().checked_sub(age);
    let time = time.ok().and_then(|time| Timestamp::try_from(time).ok());
    time.ok_or_else(|| Failure::usage("--older: that is before all times"))
}

/// Counts what [`Operator::purge_done`] would clear away.
async fn done(inbox: &Operator, before: Timestamp) -> Result<u64, Failure> {
    let forgotten = ago(REMEMBERED)?.min(before);
    // What ended before then was received before then.
    let all = inbox.deliveries().before(before);
    let (mut number, mut page) = (0, all.clone().list(PAGE).await.map_err(failure)?);
    while let Some(last) = page.last().map(DeliverySummary::id) {
        for delivery in &page {
            // A body is erased once; what is left goes later.
            let before = if delivery.has_body() {
                before
            } else {
                forgotten
            };
            number += u64::from(has_ended(delivery, before));
        }
        page = all.clone().below(last).list(PAGE).await.map_err(failure)?;
    }
    Ok(number)
}

/// Whether all runs are done or given up, and ended before a time.
fn has_ended(delivery: &DeliverySummary, before: Timestamp) -> bool {
    let mut ended_at = None;
    for run in delivery.runs() {
        let is_purged = run.reason() == Some(DeadReason::Purged);
        if run.state() != State::Done && !is_purged {
            return false;
        }
        ended_at = ended_at.max(run.ended_at());
    }
    ended_at.unwrap_or(delivery.received_at()) <= before
}
