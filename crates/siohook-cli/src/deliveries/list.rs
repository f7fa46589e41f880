use std::collections::VecDeque;
use std::num::NonZeroUsize;

use clap::Args;

use super::search::Search;
use super::summary::{Attempts, Summary};
use crate::choice::Choice;
use crate::config::Config;
use crate::output::{self, BAD, FAINT, GOOD, Output, PLAIN};
use crate::store::{Exchange, Store};
use crate::table::{self, Cell};
use crate::text::{size, time};
use crate::verify::Credentials;
use crate::{Exit, Failure};

/// List what was recorded, the latest first
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook deliveries list --event 'SALE_*' --since 2h
  siohook deliveries list --failed --search ada@example.com --json")]
pub(super) struct List {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    credentials: Credentials,
    /// Only those with this text in their head or body, in any case
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// The most deliveries
    #[arg(short = 'n', long, value_name = "N", default_value = "20")]
    limit: NonZeroUsize,
}

struct Row {
    summary: Summary,
    last: Option<Exchange>,
}

impl List {
    pub(super) fn run(
        self,
        store: &Store,
        output: Output,
        config: &Config,
    ) -> Result<Exit, Failure> {
        let explainer = self.credentials.explainer(output, config)?;
        self.choice.check(explainer.as_ref())?;
        let contents = store.contents()?;
        let is_empty = contents.entries.is_empty();
        let search = self.search.as_deref().map(Search::new);
        let mut skipped = contents.skipped;
        let mut attempts = Attempts::default();
        let mut rows = VecDeque::new();
        let mut has_more = false;
        for entry in contents.entries {
            let capture = match entry.read() {
                Ok(capture) => capture,
                Err(failure) => {
                    skipped.push(failure.message);
                    continue;
                }
            };
            let attempt = attempts.next(&capture);
            let log = entry.deeds();
            let is_meant = self.choice.has(&entry, &capture, &log, explainer.as_ref())
                && search.as_ref().is_none_or(|search| search.fits(&capture));
            if !is_meant {
                continue;
            }
            let last = log.last().cloned();
            skipped.extend(log.skipped);
            let summary = Summary::new(&capture, Some(&entry), attempt);
            rows.push_back(Row { summary, last });
            if rows.len() > self.limit.get() {
                rows.pop_front();
                has_more = true;
            }
        }
        let is_none = rows.is_empty();
        write(output, rows.into_iter().rev())?;
        for skipped in skipped {
            output::must(format_args!("skipped {skipped}"));
        }
        if has_more {
            let more = self.limit.get().saturating_mul(2);
            output.words(format_args!("there are more: --limit {more}"));
        } else if is_empty {
            output.words("no deliveries are recorded here");
        } else if is_none {
            output.words("no recorded delivery is such");
        }
        Ok(Exit::Good)
    }
}

/// Writes deliveries, those of a person as a table.
fn write(output: Output, rows: impl Iterator<Item = Row>) -> Result<(), Failure> {
    if output.is_json {
        for row in rows {
            output::json("delivery", row.summary)?;
        }
        return Ok(());
    }
    let heading = [
        "ID", "RECEIVED", "EVENT", "SIZE", "ATTEMPT", "ANSWER", "MARKS",
    ];
    let cells = |Row { summary, last }: Row| {
        let at = summary.received_at.unwrap_or_default();
        let attempt = summary.attempt.map(|attempt| attempt.to_string());
        let (answer, style) = last.as_ref().map_or((String::new(), PLAIN), answer);
        vec![
            Cell::new(summary.id.unwrap_or_default()).style(FAINT),
            Cell::short(time(&at), &at),
            Cell::new(summary.event.unwrap_or_default()),
            Cell::short(size(summary.bytes), summary.bytes.to_string()),
            Cell::new(attempt.unwrap_or_default()),
            Cell::new(answer).style(style),
            Cell::new(summary.marks.join(",")),
        ]
    };
    table::write(output, &heading, rows.map(cells).collect())?;
    Ok(())
}

/// What a receiver answered: `200 done`.
pub(super) fn answer(exchange: &Exchange) -> (String, clap::builder::styling::Style) {
    let style = if exchange.is_good() { GOOD } else { BAD };
    let status = exchange.status.map(|status| status.to_string());
    let words = [
        status.as_ref(),
        exchange.outcome.as_ref(),
        exchange.error.as_ref(),
    ];
    let words: Vec<_> = words.into_iter().flatten().map(String::as_str).collect();
    (words.join(" "), style)
}
