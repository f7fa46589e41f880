use std::num::NonZeroUsize;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;
use siohook_inbox::{DeliverySummary, Operator, State, Stats};

use super::failure;
use super::summary::{StateFlag, Summary, style, utc, why};
use crate::choice::{moment, pattern};
use crate::output::{self, FAINT, Output};
use crate::table::{self, Cell};
use crate::text::minute;
use crate::{Exit, Failure};

/// List deliveries with the runs of their handlers, the latest last
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook inbox list --state dead
  siohook inbox list --event 'SALE_*' --since 2h --json")]
pub(super) struct List {
    /// Only those with a run in this state
    #[arg(long)]
    state: Option<StateFlag>,
    /// Only this event, or those with this prefix: `SALE_*`
    #[arg(long, value_name = "GLOB", value_parser = pattern)]
    event: Option<String>,
    /// Only those received since then: `2h`, `2026-11-26T11:00:00Z`
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Timestamp>,
    /// The most deliveries: the latest ones
    #[arg(short = 'n', long, value_name = "N", default_value = "20")]
    limit: NonZeroUsize,
}

impl List {
    pub(super) async fn run(self, inbox: &Operator, output: Output) -> Result<Exit, Failure> {
        let mut chosen = inbox.deliveries();
        let state = self.state.map(State::from);
        if let Some(state) = state {
            chosen = chosen.state(state);
        }
        if let Some(event) = &self.event {
            chosen = chosen.event(event);
        }
        if let Some(since) = self.since {
            chosen = chosen.since(since);
        }
        let limit = self.limit.get();
        let mut found = chosen
            .list(limit.saturating_add(1))
            .await
            .map_err(failure)?;
        let has_more = found.len() > limit;
        found.truncate(limit);
        found.reverse();
        let numbers = inbox.stats().await.map_err(failure)?;
        // It reads all runs that are kept, which takes a moment.
        let is_about_done = state.is_none_or(|state| state == State::Done);
        let done = if output.is_json || is_about_done {
            inbox.count_done().await.map_err(failure)?
        } else {
            0
        };
        let counts = counts(&numbers, done);
        if output.is_json {
            for delivery in &found {
                output::json("inbox", Summary::new(delivery))?;
            }
            output::json(
                "counts",
                counts
                    .into_iter()
                    .map(|(state, count)| (state.as_str().to_owned(), json!(count)))
                    .collect::<serde_json::Map<_, _>>(),
            )?;
            return Ok(Exit::Good);
        }
        write(output, &found, state)?;
        if has_more {
            output.words(format_args!(
                "there are more: --limit {}",
                limit.saturating_mul(2)
            ));
        } else if found.is_empty() {
            output.words("no delivery of the inbox is such");
        }
        tell(output, counts, state);
        Ok(Exit::Good)
    }
}

fn write(output: Output, found: &[DeliverySummary], state: Option<State>) -> Result<(), Failure> {
    let mut heading = vec![
        "ID", "EVENT", "RECEIVED", "HANDLER", "STATE", "TRIES", "WHY",
    ];
    let mut rows = vec![];
    for delivery in found {
        let received = utc(delivery.received_at());
        let start = || {
            vec![
                Cell::new(delivery.id().to_string()).style(FAINT),
                Cell::new(delivery.event()),
                Cell::short(minute(&received), &received),
            ]
        };
        let runs = delivery.runs().iter();
        let runs = runs.filter(|run| state.is_none_or(|state| run.state() == state));
        let before = rows.len();
        rows.extend(runs.map(|run| {
            let mut row = start();
            row.extend([
                Cell::new(run.handler()),
                Cell::new(run.state().as_str()).style(style(run.state())),
                Cell::new(run.attempts().to_string()),
                Cell::new(why(run)),
            ]);
            row
        }));
        if rows.len() == before {
            let mut row = start();
            row.extend(["", "", "", "no handler"].map(Cell::new));
            rows.push(row);
        }
    }
    if state.is_some() {
        heading.remove(4);
        for row in &mut rows {
            row.remove(4);
        }
    }
    table::write(output, &heading, rows)?;
    Ok(())
}

/// The runs of the whole inbox.
fn counts(stats: &Stats, done: u64) -> [(State, u64); 5] {
    [
        (State::Behind, stats.behind()),
        (State::Waiting, stats.waiting()),
        (State::Running, stats.running()),
        (State::Done, done),
        (State::Dead, stats.dead()),
    ]
}

fn tell(output: Output, counts: [(State, u64); 5], state: Option<State>) {
    let told = counts
        .into_iter()
        .filter(|(of, count)| *count > 0 && state.is_none_or(|state| state == *of));
    let has_dead = told.clone().any(|(of, _)| of == State::Dead);
    let counts: Vec<_> = told
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    if counts.is_empty() {
        return;
    }
    let hint = if has_dead {
        ". `siohook inbox retry --dead --dry-run`"
    } else {
        ""
    };
    output.words(format_args!("{}{hint}", counts.join(", ")));
}
