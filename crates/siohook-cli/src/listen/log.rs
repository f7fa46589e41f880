//! A line for each delivery, and the line at the end.

use serde::Serialize;
use tokio::sync::mpsc::UnboundedReceiver;

use super::happening::{Forwarded, Happening, Recorded, Verdict};
use crate::output::{self, BAD, FAINT, GOOD, Output, PLAIN};
use crate::table::{self, Cell};
use crate::text::{deliveries, short, size};
use crate::{Failure, reply};

/// What is to be written.
#[derive(Debug)]
pub(super) enum Said {
    Happened(Happening),
    /// All that is done with a delivery is done. The status is what its sender was answered.
    Settled(Box<(Recorded, Option<Forwarded>, u16)>),
    Trouble(String),
}

/// Counts what came.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Tally {
    pub(super) deliveries: u64,
    /// Those that are not trusted.
    refused: u64,
    /// Others that the receiver answered with another status than 2xx, or not at all.
    failed: u64,
}

/// Writes until no one has anything to say any more.
pub(super) fn write(output: Output, mut said: UnboundedReceiver<Said>) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    while let Some(said) = said.blocking_recv() {
        match said {
            Said::Happened(happening) if output.is_json => match happening {
                Happening::Delivery(recorded) => output::json("delivery", recorded)?,
                Happening::Forward(forwarded) => output::json("forward", forwarded)?,
                Happening::Answered { .. } => {}
            },
            Said::Happened(_) => {}
            Said::Settled(settled) => {
                let (recorded, forwarded, status) = *settled;
                tally.add(&recorded, forwarded.as_ref());
                if !output.is_json {
                    let row = row(&recorded, forwarded.as_ref(), status);
                    output::line(table::line(output, row))?;
                }
            }
            Said::Trouble(words) => output::must(words),
        }
    }
    Ok(tally)
}

impl Tally {
    fn add(&mut self, recorded: &Recorded, forwarded: Option<&Forwarded>) {
        self.deliveries += 1;
        if recorded
            .verdict
            .as_ref()
            .is_some_and(|verdict| !verdict.trusted)
        {
            self.refused += 1;
        } else if forwarded.is_some_and(|forwarded| !is_good(forwarded)) {
            self.failed += 1;
        }
    }

    /// Writes the line at the end.
    pub(super) fn tell(self, output: Output, to: Option<&str>) -> Result<(), Failure> {
        if output.is_json {
            output::json("end", self)?;
            return Ok(());
        }
        let counts = [(self.refused, "refused"), (self.failed, "failed")].into_iter();
        let counts = counts.filter(|(count, _)| *count > 0);
        let counts: String = counts
            .map(|(count, word)| format!(", {count} {word}"))
            .collect();
        let deliveries = deliveries(self.deliveries);
        // The query may hold a token.
        let to = to.map(|to| if to.contains('?') { "URL" } else { to });
        let again = to
            .filter(|_| self.failed > 0)
            .map(|to| format!(" `siohook replay --failed --to {to}` sends the failed ones again."));
        let words = format!("{deliveries}{counts}.{}", again.unwrap_or_default());
        output.words(siohook_events::Shown::text(words));
        Ok(())
    }
}

fn is_good(forwarded: &Forwarded) -> bool {
    forwarded.status.is_some_and(reply::is_success)
}

/// `11:02:13  k3f9qa  SALE_NEW  1.1 kB  ✔ main  → 200 done  14 ms`
fn row(recorded: &Recorded, forwarded: Option<&Forwarded>, status: u16) -> Vec<Cell> {
    let Recorded { summary, verdict } = recorded;
    let at = summary.received_at.as_deref().unwrap_or_default();
    let event = summary.event.as_deref().unwrap_or_default();
    let bytes = summary.bytes.to_string();
    let (shown_event, shown_size) = match (summary.attempt, &summary.message_id) {
        (Some(attempt), Some(message)) if attempt > 1 => {
            let message = short(message);
            (
                format!("{event} again"),
                format!("attempt {attempt} of {message}"),
            )
        }
        _ => (event.to_owned(), format!("{:>7}", size(summary.bytes))),
    };
    let (verdict, style) = verdict.as_ref().map_or((String::new(), PLAIN), shown);
    let (arrow, answer, style_of_answer) = match forwarded {
        Some(forwarded) if is_good(forwarded) => ("→ ", answer(forwarded), GOOD),
        Some(forwarded) => ("→ ", answer(forwarded), BAD),
        None if reply::is_success(status) => ("", String::new(), PLAIN),
        None => ("", format!("answered {status}"), PLAIN),
    };
    let ms = forwarded.and_then(|forwarded| forwarded.elapsed_ms);
    vec![
        Cell::short(at.get(11..19).unwrap_or(at), at).style(FAINT),
        Cell::new(summary.id.as_deref().unwrap_or_default()).style(FAINT),
        // Most names are as wide as this or less.
        Cell::short(format!("{shown_event:<17}"), event),
        Cell::short(shown_size, bytes),
        Cell::new(verdict).style(style),
        Cell::short(format!("{arrow}{answer}"), &answer).style(style_of_answer),
        Cell::short(
            ms.map_or(String::new(), |ms| format!("{ms} ms")),
            ms.map_or(String::new(), |ms| ms.to_string()),
        ),
    ]
}

/// `✔ main`, `✔ token hook`, `✘ signature_wrong: Something …`
fn shown(verdict: &Verdict) -> (String, clap::builder::styling::Style) {
    let label = verdict.label.as_deref().unwrap_or_default();
    if verdict.trusted {
        let by = verdict.by.filter(|by| *by == "token");
        let words = [Some("✔"), by, Some(label)];
        let words: Vec<_> = words.into_iter().flatten().collect();
        return (words.join(" "), GOOD);
    }
    let hint = verdict.hint.as_deref().unwrap_or_default();
    let cause = hint.split(". ").next().unwrap_or_default();
    let code = verdict.code.unwrap_or_default();
    (format!("✘ {code}: {}", cause.trim_end_matches('.')), BAD)
}

/// `200 done`, `500`, `receiver_unreachable, answered 502`
fn answer(forwarded: &Forwarded) -> String {
    let status = forwarded.status.map(|status| status.to_string());
    let answered = forwarded
        .answered
        .map(|status| format!("answered {status}"));
    let words = [
        status.as_deref(),
        forwarded.outcome.as_deref(),
        forwarded.error,
        answered.as_deref(),
    ];
    let words: Vec<_> = words.into_iter().flatten().collect();
    words.join(" ")
}
