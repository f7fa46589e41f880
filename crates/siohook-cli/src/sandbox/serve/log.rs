//! A line for each attempt.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use serde_json::json;
use siohook_sandbox::Message as Change;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::args::LogForm;
use crate::Failure;
use crate::output::{self, FAINT, Output};
use crate::sandbox::message::Message;
use crate::sandbox::report::answer;
use crate::table::{self, Cell};
use crate::text::{short, time};

pub(super) struct Log {
    output: Output,
    is_json: bool,
    changes: Receiver<Arc<Change>>,
    /// How many attempts of the messages that are not finished have their line.
    written: HashMap<Arc<str>, usize>,
}

impl Log {
    pub(super) fn new(output: Output, form: LogForm, changes: Receiver<Arc<Change>>) -> Self {
        Self {
            output,
            is_json: output.is_json || form == LogForm::Json,
            changes,
            written: HashMap::new(),
        }
    }

    /// Writes what happens until the sandbox ends. It can be dropped and called again.
    pub(super) async fn follow(&mut self) -> Result<(), Failure> {
        loop {
            match self.changes.recv().await {
                Ok(change) => self.write(&change)?,
                Err(RecvError::Lagged(missed)) => self.lag(missed),
                Err(RecvError::Closed) => return Ok(()),
            }
        }
    }

    /// Writes what has happened and was not written.
    pub(super) fn rest(&mut self) -> Result<(), Failure> {
        loop {
            match self.changes.try_recv() {
                Ok(change) => self.write(&change)?,
                Err(TryRecvError::Lagged(missed)) => self.lag(missed),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Ok(()),
            }
        }
    }

    fn lag(&self, missed: u64) {
        self.output
            .words(format_args!("{missed} changes came too fast to be logged"));
    }

    /// Writes the attempts that are new. A message that was finished and is sent again is known
    /// from when it is queued.
    fn write(&mut self, change: &Change) -> Result<(), Failure> {
        let count = change.attempts.len();
        let is_finished = change.status.is_finished();
        let written = match self.written.remove(&change.id) {
            Some(written) => written,
            None if is_finished => count.saturating_sub(1),
            None => count,
        };
        if !is_finished {
            self.written.insert(Arc::clone(&change.id), count);
        }
        if written < count {
            let message = serde_json::to_value(change).map_err(io::Error::from)?;
            let message = Message::new(message)?;
            for index in written..count {
                self.write_attempt(&message, index)?;
            }
        }
        Ok(())
    }

    fn write_attempt(
        &self,
        Message { known, json }: &Message,
        index: usize,
    ) -> Result<(), Failure> {
        if self.is_json {
            output::json(
                "attempt",
                json!({
                    "message": known.id,
                    "mechanism": known.mechanism,
                    "event": known.event,
                    "to": known.destination(),
                    "status": known.status,
                    "next_attempt_at": known.next_attempt_at,
                    "attempt": json["attempts"][index],
                }),
            )?;
            return Ok(());
        }
        let attempt = &known.attempts[index];
        let (answer, style) = answer(attempt);
        let next = known.next_attempt_at.as_deref().unwrap_or_default();
        let shown_next = match next {
            "" => String::new(),
            next => format!("next {}", time(next)),
        };
        let chaos = attempt.chaos(known);
        let error = attempt.error.as_deref().unwrap_or_default();
        let why = chaos
            .as_deref()
            .or(attempt.hint.as_deref())
            .unwrap_or(error);
        let row = vec![
            Cell::short(time(&attempt.at), &attempt.at).style(FAINT),
            // Most names are as wide as this or less.
            Cell::short(format!("{:<20}", known.event), &known.event),
            Cell::short(short(&known.id), &known.id).style(FAINT),
            Cell::new(known.destination()).style(FAINT),
            Cell::short(format!("→ {answer}"), answer).style(style),
            Cell::short(format!("{} ms", attempt.ms), attempt.ms.to_string()),
            Cell::short(shown_next, next),
            Cell::new(why).style(FAINT),
        ];
        output::line(table::line(self.output, row))?;
        Ok(())
    }
}
