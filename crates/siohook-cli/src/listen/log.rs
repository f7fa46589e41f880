//! A line for each delivery, and the line at the end.

use std::io::{self, Write as _};

use serde::Serialize;
use tokio::sync::mpsc::UnboundedReceiver;

use super::happening::{Forwarded, Happening, Recorded};
use super::row::{Rows, is_good};
use super::tunnel::report::Report;
use crate::output::{self, Output};
use crate::text::deliveries;
use crate::{Failure, reply, table};

/// What is to be written.
#[derive(Debug)]
pub(super) enum Said {
    Happened(Happening),
    /// All that is done with a delivery is done. The status is what its sender was answered.
    Settled(Box<(Recorded, Option<Forwarded>, u16)>),
    Trouble(String),
    /// The tunnel was tested.
    Tunnel(Box<Report>),
    /// The user wants to see only failures, or again all.
    Failures,
    /// The user wants an empty screen.
    Clear,
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
pub(super) fn write(
    output: Output,
    mut rows: Rows,
    mut said: UnboundedReceiver<Said>,
) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    let mut has_all = true;
    let mut tested = None;
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
                let is_shown = has_all || is_failure(&recorded, forwarded.as_ref(), status);
                if !output.is_json && is_shown {
                    let row = rows.row(&recorded, forwarded.as_ref(), status);
                    output::line(table::line(output, row))?;
                }
            }
            Said::Trouble(words) => output::must(words),
            Said::Tunnel(report) if output.is_json => output::json("tunnel", report)?,
            Said::Tunnel(report) => {
                // What is as before is not said again.
                let found = (report.faults.clone(), report.adds.clone());
                if tested.replace(found.clone()) != Some(found) {
                    output::must(siohook_events::Shown::text(report.line()));
                }
            }
            Said::Failures => {
                has_all = !has_all;
                let words = if has_all {
                    "all are shown"
                } else {
                    "only failures are shown"
                };
                output::must(words);
            }
            // Its scroll-back stays. There may be no one to see it.
            Said::Clear => drop(io::stderr().write_all(b"\x1b[2J\x1b[H")),
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

/// Whether a delivery is not trusted, failed at the receiver, or was answered so.
fn is_failure(recorded: &Recorded, forwarded: Option<&Forwarded>, status: u16) -> bool {
    let mut tally = Tally::default();
    tally.add(recorded, forwarded);
    tally.refused + tally.failed > 0 || !reply::is_success(status)
}
