//! Data on the standard output, words on the standard error.

use std::fmt::{Display, Write as _};
use std::io::{self, IsTerminal as _, Write as _};

use clap::builder::styling::{AnsiColor, Style};
use serde::Serialize;
use siohook_events::Shown;

use crate::global::Global;
use crate::{Exit, Failure};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
pub(crate) const OPEN: Style = AnsiColor::Yellow.on_default();
pub(crate) const FAINT: Style = Style::new().dimmed();
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const PLAIN: Style = Style::new();

/// Where and how a command writes.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the user")]
pub(crate) struct Output {
    pub(crate) is_json: bool,
    /// Whether the data goes to a person.
    pub(crate) is_terminal: bool,
    /// Whether the user may be asked.
    pub(crate) has_input: bool,
    is_quiet: bool,
    is_verbose: bool,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        Self {
            is_json: global.json,
            is_terminal: io::stdout().is_terminal(),
            has_input: !global.no_input && io::stdin().is_terminal(),
            is_quiet: global.quiet,
            is_verbose: global.verbose,
        }
    }

    /// Writes words, unless the user wants none.
    pub(crate) fn words(self, words: impl Display) {
        if !self.is_quiet {
            must(words);
        }
    }

    /// Writes words for those who want to see more.
    pub(crate) fn details(self, words: impl Display) {
        if self.is_verbose {
            must(words);
        }
    }

    /// Writes why the command failed.
    pub(crate) fn failure(self, failure: &Failure) -> Exit {
        write_failure(failure, self.is_json);
        failure.exit
    }
}

/// Writes a line of data.
pub(crate) fn line(line: impl Display) -> io::Result<()> {
    writeln!(anstream::stdout(), "{line}")
}

/// Writes a line of data as JSON, with its type.
pub(crate) fn json(kind: &str, value: impl Serialize) -> io::Result<()> {
    #[derive(Serialize)]
    struct Line<'a, T> {
        r#type: &'a str,
        #[serde(flatten)]
        value: T,
    }
    let line = Line {
        r#type: kind,
        value,
    };
    let line = serde_json::to_string(&line)?;
    writeln!(io::stdout(), "{}", escaped(&line))
}

/// Escapes what JSON allows in its texts, and what could steer a terminal.
pub(crate) fn escaped(json: &str) -> String {
    let mut escaped = String::new();
    for letter in json.chars() {
        let is_plain = matches!(letter, '\n' | ' '..='~');
        if is_plain || Shown::value(letter).to_string().starts_with(letter) {
            escaped.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

/// Writes data as it is.
pub(crate) fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Writes words that `--quiet` does not silence. They can get lost: there may be no one to read
/// them.
pub(crate) fn must(words: impl Display) {
    let _ = writeln!(anstream::stderr(), "{words}");
}

pub(crate) fn write_failure(failure: &Failure, is_json: bool) {
    // A reader that has seen enough.
    if failure.exit == Exit::Good {
        return;
    }
    let hint = failure.hint.as_deref().unwrap_or_default();
    let hint: String = hint.lines().map(|line| format!("\n  {line}")).collect();
    let message = failure.message.replace('\n', "\n       ");
    let style = BAD.bold();
    if is_json {
        must(failure.to_json());
    } else {
        must(format_args!("{style}error:{style:#} {message}{hint}"));
    }
}
