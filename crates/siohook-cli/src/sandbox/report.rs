//! What came of a message: a line, and how the program ends because of it.

use clap::builder::styling::Style;
use siohook_events::Shown;

use super::message::{Attempt, Known, Message};
use crate::output::{self, BAD, FAINT, OPEN};
use crate::receiver::nothing_listens;
use crate::reply;
use crate::table::{self, Cell};
use crate::text::{short, size};
use crate::{Exit, Failure, Output};

/// Writes messages that were just sent, and returns how it went.
pub(super) fn write(output: Output, messages: &[Message]) -> Result<Exit, Failure> {
    if output.is_json {
        for message in messages {
            output::json("message", &message.json)?;
        }
    } else {
        let rows = messages.iter().map(|message| row(&message.known));
        table::write(output, &[], rows.collect())?;
    }
    let mut worst = Exit::Good;
    let mut hints: Vec<&str> = vec![];
    let mut silent: Vec<Failure> = vec![];
    for Message { known, .. } in messages {
        worst = worst.max(exit(known));
        let hint = match known.attempts.last() {
            Some(attempt) if attempt.outcome == "refused" => {
                let why = attempt
                    .error
                    .as_deref()
                    .unwrap_or("it accepts no connection");
                let failure = nothing_listens(known.destination(), Shown::text(why));
                if silent.iter().all(|known| known.message != failure.message) {
                    silent.push(failure);
                }
                None
            }
            Some(attempt) => attempt.hint.as_deref().or(attempt.error.as_deref()),
            None if known.status == "cancelled" => Some("its webhook was deleted or switched off"),
            None => Some("no answer yet: `siohook sandbox show @1` shows it when it is there"),
        };
        hints.extend(hint.filter(|hint| !hints.contains(hint)));
    }
    for hint in hints {
        output.words(format_args!("  {}", Shown::text(hint)));
    }
    for failure in &silent {
        output.failure(failure);
    }
    Ok(worst)
}

fn row(message: &Known) -> Vec<Cell> {
    let body = message.request.as_ref().map(|request| request.body.len());
    let ms = message.attempts.last().map(|attempt| attempt.ms);
    let (result, style) = result(message);
    vec![
        Cell::new(&message.event),
        Cell::short(short(&message.id), &message.id).style(FAINT),
        body.map_or(Cell::new(""), |bytes| {
            Cell::short(size(bytes), bytes.to_string())
        }),
        Cell::short(format!("→ {result}"), result).style(style),
        ms.map_or(Cell::new(""), |ms| {
            Cell::short(format!("{ms} ms"), ms.to_string())
        }),
        Cell::new(message.destination()).style(FAINT),
    ]
}

/// What came of the latest attempt of a message, and its colour.
pub(super) fn result(message: &Known) -> (String, Style) {
    match message.attempts.last() {
        Some(attempt) => answer(attempt),
        None => (message.status.clone(), OPEN),
    }
}

/// What came of an attempt, and its colour: `200 done`, `404 Not Found`, `refused`.
pub(super) fn answer(attempt: &Attempt) -> (String, Style) {
    let Some(status) = attempt.answered() else {
        return (attempt.outcome.clone(), BAD);
    };
    let word = reply::word(status, attempt.body.as_bytes());
    (word, reply::style(status))
}

/// How the program ends because of a message that was just sent.
fn exit(message: &Known) -> Exit {
    let Some(attempt) = message.attempts.last() else {
        let is_cancelled = message.status == "cancelled";
        return if is_cancelled {
            Exit::Bad
        } else {
            Exit::Unreached
        };
    };
    // An attempt that was asked for and fails leaves the status as it was.
    let is_delivered = message.status == "delivered";
    match attempt.answered() {
        Some(status) if is_delivered && (!attempt.resent || reply::is_success(status)) => {
            Exit::Good
        }
        Some(_) => Exit::Bad,
        None if attempt.outcome == "blocked" => Exit::Usage,
        None => Exit::Unreached,
    }
}
