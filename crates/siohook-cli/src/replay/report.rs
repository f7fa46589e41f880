//! What came of deliveries that were sent once more.

use serde::Serialize;

use super::{As, FAILURES};
use crate::inbox::id_of;
use crate::output::{self, BAD, FAINT};
use crate::receiver::Answered;
use crate::store::Found;
use crate::table::{self, Cell};
use crate::text::{deliveries, millis};
use crate::{Exit, Failure, Output, reply};

/// A line of `--json`.
#[derive(Serialize)]
struct Replayed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inbox: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    event: Option<String>,
    r#as: As,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_ms: Option<u64>,
}

/// Writes what came of a delivery, or what would be sent.
pub(super) fn write(
    output: Output,
    found: &Found,
    r#as: As,
    answered: Option<&Result<Answered, Failure>>,
) -> Result<(), Failure> {
    let Found {
        name,
        capture,
        entry,
    } = found;
    if output.is_json {
        let ok = answered.and_then(|answered| answered.as_ref().ok());
        let error = answered.and_then(|answered| answered.as_ref().err());
        let of_inbox = entry.is_none().then(|| id_of(name)).flatten();
        output::json(
            if answered.is_some() {
                "replayed"
            } else {
                "would_replay"
            },
            Replayed {
                id: entry.as_ref().map(|entry| &*entry.id),
                inbox: of_inbox,
                file: (entry.is_none() && of_inbox.is_none()).then_some(&**name),
                event: capture.event(),
                r#as,
                status: ok.map(|answered| answered.status),
                outcome: ok.and_then(|answered| reply::outcome(&answered.body)),
                error: error.map(|failure| failure.code),
                elapsed_ms: ok.map(|answered| millis(answered.took)),
            },
        )?;
        return Ok(());
    }
    let mut row = vec![
        Cell::new(name).style(FAINT),
        Cell::new(capture.event().unwrap_or_default()),
    ];
    match answered {
        Some(Ok(answered)) => {
            let word = reply::word(answered.status, &answered.body);
            let ms = millis(answered.took);
            let style = reply::style(answered.status);
            row.push(Cell::short(format!("→ {word}"), &word).style(style));
            row.push(Cell::short(format!("{ms} ms"), ms.to_string()));
        }
        Some(Err(failure)) => {
            row.push(Cell::short(format!("→ {}", failure.code), failure.code).style(BAD));
        }
        None => {}
    }
    output::line(table::line(output, row))?;
    Ok(())
}

/// What came of all so far.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) answered: usize,
    good: usize,
    known: usize,
    pub(super) in_a_row: usize,
    sent: usize,
    pub(super) exit: Exit,
    /// Why there was no answer, the last time.
    pub(super) failure: Option<Failure>,
}

impl Tally {
    pub(super) fn add(&mut self, answered: &Result<Answered, Failure>) {
        self.sent += 1;
        let is_good = match answered {
            Ok(answered) => {
                self.answered += 1;
                let outcome = reply::outcome(&answered.body);
                self.known += usize::from(outcome.as_deref() == Some("done_before"));
                let is_good = reply::is_success(answered.status);
                if !is_good {
                    self.exit = self.exit.max(Exit::Bad);
                }
                is_good
            }
            Err(failure) => {
                self.exit = self.exit.max(failure.exit);
                self.failure = Some(failure.clone());
                false
            }
        };
        self.good += usize::from(is_good);
        self.in_a_row = if is_good { 0 } else { self.in_a_row + 1 };
    }

    pub(super) fn tell(&self, total: usize, r#as: As, output: Output) {
        output.words(format_args!("{} sent, {} ok", self.sent, self.good));
        if self.known > 0 && r#as == As::Same {
            output.words(
                "done_before: the receiver knows the message; `--as new` runs handlers again",
            );
        }
        if self.sent < total {
            let left = deliveries(total - self.sent);
            output.words(format_args!(
                "stopped after {FAILURES} failures in a row, {left} not sent: `--keep-going` goes on"
            ));
        }
    }
}
