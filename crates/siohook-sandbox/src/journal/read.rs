//! Reads the file.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

use serde::Deserialize;
use siohook_events::Timestamp;

use super::Record;
use crate::state::{Ids, StateFileError};

/// Version of the format that is written and read.
const VERSION: u64 = 1;

/// What a file says beside its messages.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The time that the clock showed.
    pub(crate) time: Option<Timestamp>,
    /// How far the source of ids was.
    pub(crate) ids: Option<Ids>,
    /// The number of a line at the end that was not written to its end.
    pub(crate) torn: Option<usize>,
}

/// The first line.
pub(super) fn head() -> Vec<u8> {
    format!("{{\"version\":{VERSION}}}\n").into_bytes()
}

/// Reads a file, and has each record applied. Without a file, there is none.
///
/// A last line without its end is left out: the process was killed while it was written. Any other
/// line that can't be read is an error.
pub(crate) fn read(
    path: &Path,
    mut apply: impl FnMut(Record<'_>) -> Result<(), String>,
) -> Result<Kept, StateFileError> {
    let mut kept = Kept::default();
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(kept),
        file => file.map_err(|error| StateFileError::read(path, error))?,
    };
    let (mut file, mut line) = (BufReader::new(file), vec![]);
    for number in 1.. {
        line.clear();
        let length = file.read_until(b'\n', &mut line);
        if length.map_err(|error| StateFileError::read(path, error))? == 0 {
            break;
        }
        let damaged = |why| StateFileError::damaged(path, number, why);
        // Another file is not to be taken for one whose first line was cut.
        let is_cut = line.last() != Some(&b'\n') && (number > 1 || head().starts_with(&line));
        if is_cut {
            kept.torn = Some(number);
            break;
        }
        if number == 1 {
            check_head(&line).map_err(damaged)?;
            continue;
        }
        let record = serde_json::from_slice(&line).map_err(|error| damaged(error.to_string()))?;
        match record {
            Record::Clock(time) => kept.time = Some(time),
            Record::Ids(ids) => kept.ids = Some(ids.into_owned()),
            record => apply(record).map_err(damaged)?,
        }
    }
    Ok(kept)
}

fn check_head(line: &[u8]) -> Result<(), String> {
    #[derive(Deserialize)]
    struct Head {
        version: u64,
    }
    match serde_json::from_slice(line) {
        Ok(Head { version: VERSION }) => Ok(()),
        Ok(Head { version }) => Err(format!(
            "it has version {version} of the format, and this sandbox reads version {VERSION}"
        )),
        Err(_) => Err(format!("it is not `{{\"version\":{VERSION}}}`")),
    }
}
