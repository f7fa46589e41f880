//! What was done with a delivery: lines of its log.

use std::fs;
use std::io::{self, Write as _};

use serde::{Deserialize, Serialize};

use super::{Entry, Store, durable, shown};
use crate::Failure;

/// A line of a log.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Deed {
    /// It was passed on to a receiver when it came.
    Forward(Exchange),
    /// It was sent to a receiver again.
    Replayed {
        r#as: String,
        #[serde(flatten)]
        exchange: Exchange,
    },
    /// Its sender was answered.
    Answered { at: String, status: u16 },
}

/// A request to a receiver, and what came back.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Exchange {
    pub(crate) at: String,
    /// The URL, with its token.
    pub(crate) to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// What siohook says in its answers: `done`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<String>,
    /// Code of why there was no answer: `receiver_unreachable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    pub(crate) elapsed_ms: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) body: String,
}

/// All lines of a log.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) deeds: Vec<Deed>,
    /// What is left out, and why.
    pub(crate) skipped: Vec<String>,
}

impl Deed {
    pub(crate) fn exchange(&self) -> Option<&Exchange> {
        match self {
            Self::Forward(exchange) | Self::Replayed { exchange, .. } => Some(exchange),
            Self::Answered { .. } => None,
        }
    }
}

impl Exchange {
    pub(crate) fn is_good(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

impl Log {
    /// The last request to a receiver.
    pub(crate) fn last(&self) -> Option<&Exchange> {
        self.deeds.iter().rev().find_map(Deed::exchange)
    }
}

impl Entry {
    /// Reads its log. A line that can't be read is left out.
    pub(crate) fn deeds(&self) -> Log {
        let mut log = Log::default();
        let path = self.log();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return log,
            Err(error) => {
                log.skipped.push(format!("{}: {error}", shown(&path)));
                return log;
            }
        };
        let lines = bytes.split(|byte| *byte == b'\n').enumerate();
        for (index, line) in lines.filter(|(_, line)| !line.is_empty()) {
            match serde_json::from_slice(line) {
                Ok(deed) => log.deeds.push(deed),
                Err(_) => log.skipped.push(format!(
                    "{}: line {} is damaged, or of a newer version",
                    shown(&path),
                    index + 1
                )),
            }
        }
        log
    }
}

impl Store {
    /// Adds a line to the log of a delivery. When it returns, the line is synced.
    pub(crate) fn log(&self, entry: &Entry, deed: &Deed) -> Result<(), Failure> {
        let append = || -> io::Result<()> {
            let path = entry.log();
            let is_new = !path.exists();
            let mut line = serde_json::to_vec(deed)?;
            line.push(b'\n');
            let mut file = durable::private().append(true).create(true).open(&path)?;
            file.write_all(&line)?;
            file.sync_all()?;
            if is_new {
                durable::sync_folder(&self.folder)?;
            }
            Ok(())
        };
        append().map_err(|error| self.unusable(&error))
    }
}
