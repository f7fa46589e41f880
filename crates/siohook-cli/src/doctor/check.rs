//! What was found, one line each.

use clap::builder::styling::Style;
use serde::Serialize;
use siohook_events::Shown;

use crate::output::{self, BAD, FAINT, GOOD, OPEN};
use crate::table::{self, Cell};
use crate::{Exit, Failure, Output};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Warn,
    Fail,
    /// It was not checked, or the answers do not tell.
    Skip,
}

/// What was found about one thing.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    #[serde(rename = "check")]
    name: &'static str,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Check {
    fn new(
        name: &'static str,
        status: Status,
        code: Option<&'static str>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            name,
            status,
            code,
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, None, message)
    }

    pub(super) fn warn(name: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Status::Warn, Some(code), message)
    }

    pub(super) fn fail(name: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Status::Fail, Some(code), message)
    }

    pub(super) fn skip(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Status::Skip, None, message)
    }

    /// There was no answer to this, but to others.
    pub(super) fn unanswered(name: &'static str, failure: &Failure) -> Self {
        Self::fail(name, failure.code, &*failure.message)
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn write(&self, output: Output) -> Result<(), Failure> {
        if output.is_json {
            output::json("check", self)?;
            return Ok(());
        }
        let (word, mark, style) = match self.status {
            Status::Ok => ("ok", "✔", GOOD),
            Status::Warn => ("warn", "!", OPEN),
            Status::Fail => ("fail", "✘", BAD),
            Status::Skip => ("skip", "–", FAINT),
        };
        if output.is_terminal {
            self.write_for_person(mark, style)?;
        } else {
            let hint = self.hint.as_deref().unwrap_or_default();
            let row = [self.name, word, &self.message, hint].map(Cell::new);
            output::line(table::line(output, row.into()))?;
        }
        Ok(())
    }

    fn write_for_person(&self, mark: &str, style: Style) -> std::io::Result<()> {
        let message = Shown::text(&self.message);
        let name = self.name;
        output::line(format_args!("{style}{mark}{style:#} {name:<10} {message}"))?;
        for line in self.hint.iter().flat_map(|hint| hint.lines()) {
            let line = Shown::text(line);
            output::line(format_args!("{FAINT}{:13}{line}{FAINT:#}", ""))?;
        }
        Ok(())
    }
}

/// All checks of a run.
#[derive(Debug)]
pub(super) struct Sheet {
    output: Output,
    good: usize,
    judged: usize,
    exit: Exit,
}

impl Sheet {
    pub(super) fn new(output: Output) -> Self {
        Self {
            output,
            good: 0,
            judged: 0,
            exit: Exit::Good,
        }
    }

    /// Writes what was found.
    pub(super) fn add(&mut self, check: Check) -> Result<(), Failure> {
        check.write(self.output)?;
        self.good += usize::from(check.status == Status::Ok);
        self.judged += usize::from(check.status != Status::Skip);
        if check.status == Status::Fail {
            self.exit = Exit::Bad;
        }
        Ok(())
    }

    pub(super) fn end(self) -> Exit {
        self.output
            .words(format_args!("{} of {} ok", self.good, self.judged));
        self.exit
    }

    /// Ends without an answer of the receiver.
    pub(super) fn unreached(mut self) -> Exit {
        self.exit = Exit::Unreached;
        self.end()
    }
}
