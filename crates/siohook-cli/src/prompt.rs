//! Questions to a person.

use std::fmt::Display;
use std::io::{self, BufRead as _, Write as _};

use crate::{Failure, Output};

/// Asks whether to do what the words say. Without a terminal, this is an error: `--yes` is the answer
/// of a script.
pub(crate) fn confirm(output: Output, words: impl Display) -> Result<bool, Failure> {
    if !output.has_input {
        let message = format!("there is no terminal to ask at: {words}?");
        return Err(Failure::usage(message).hint("`--yes` does it without asking"));
    }
    let mut line = String::new();
    // In one piece, so that nothing gets between its words.
    let question = format!("{words}? [y/N] ");
    let asked = io::stderr()
        .write_all(question.as_bytes())
        .and_then(|()| io::stdin().lock().read_line(&mut line));
    asked.map_err(|error| Failure::file("terminal", &error))?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}
