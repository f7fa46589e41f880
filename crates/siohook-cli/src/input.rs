//! Files that are read, and the standard input.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use siohook_events::Shown;

use crate::Failure;

/// Reads a file, `-` from the standard input. Returns its name, to be printed, and its bytes.
pub(crate) fn read(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    let mut bytes = vec![];
    let (name, read) = if path.as_os_str() == "-" {
        let read = io::stdin().read_to_end(&mut bytes).map(|_| ());
        ("the standard input".to_owned(), read)
    } else {
        let read = fs::read(path).map(|file| bytes = file);
        (Shown::value(path.display()).to_string(), read)
    };
    read.map_err(|error| Failure::file(&name, &error))?;
    Ok((name, bytes))
}

/// Reads a text.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    let (name, bytes) = read(path)?;
    String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{name} is not UTF-8")))
}
