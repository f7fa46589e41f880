//! An explanation as text.

use std::fmt;

use siohook_events::Shown;

use super::explanation::Explanation;
use super::step::Step;
use crate::delivery::Trust;

/// The column at which lines end.
const WIDTH: usize = 98;

/// The column at which sentences of steps begin, unless a label is longer.
const SENTENCES: usize = 16;

impl fmt::Display for Explanation {
    /// Writes its lines, without a line break at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in self.steps() {
            writeln!(f, "{step}")?;
        }
        f.write_str("\n")?;
        match self.verdict() {
            Ok(delivery) => match delivery.trust() {
                Trust::Signed { secret } => {
                    write!(f, "verified: signed with {}", Shown::value(secret))
                }
                Trust::Token { label } => {
                    let label = label.unwrap_or_default();
                    write!(f, "verified: the URL has {}", Shown::value(label))
                }
                other => write!(f, "verified: {other:?}"),
            },
            Err(rejection) => {
                let (code, status) = (rejection.code(), rejection.status());
                let verdict = format!("not verified: {code} ({status}).");
                let hint = self.hint().unwrap_or_default();
                // What to do begins on a line of its own.
                let (cause, remedy) = match hint.split_once(". ") {
                    Some((cause, remedy)) => (format!("{verdict} {cause}."), remedy),
                    None => (format!("{verdict} {hint}"), ""),
                };
                words(f, &cause, 0, 2)?;
                if remedy.is_empty() {
                    return Ok(());
                }
                f.write_str("\n  ")?;
                words(f, remedy, 2, 2)
            }
        }
    }
}

impl fmt::Display for Step {
    /// Writes its lines, without a line break at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.ok {
            Some(true) => '✔',
            Some(false) => '✘',
            None => '–',
        };
        let name = self.label.as_deref().unwrap_or(self.name);
        let start = format!("  {mark} {name} ");
        let column = start.chars().count().max(SENTENCES);
        write!(f, "{start:SENTENCES$}")?;
        words(f, &self.sentence, column, SENTENCES)?;
        let Some(difference) = &self.difference else {
            return Ok(());
        };
        let at = format!("     byte {} ", difference.offset);
        let (received, signed) = (&difference.received, &difference.signed);
        write!(f, "\n{at:SENTENCES$}received {received}   signed {signed}")
    }
}

/// Writes words from a column on, and further lines from another column on.
fn words(f: &mut fmt::Formatter<'_>, text: &str, mut column: usize, indent: usize) -> fmt::Result {
    for (at, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if at > 0 && column + 1 + length > WIDTH {
            write!(f, "\n{:indent$}", "")?;
            column = indent;
        } else if at > 0 {
            f.write_str(" ")?;
            column += 1;
        }
        f.write_str(word)?;
        column += length;
    }
    Ok(())
}
