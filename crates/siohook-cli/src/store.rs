//! The folder in which deliveries are kept: a file for each, and a log of what was done with it.

mod deed;
mod durable;
mod entry;
mod find;
mod place;
mod record;

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use siohook_events::Shown;
use siohook_sender::Capture;

use crate::global::Global;
use crate::{Exit, Failure};
pub(crate) use deed::{Deed, Exchange, Log};
pub(crate) use entry::{Entry, Stamp};
pub(crate) use find::{Found, Selector};

/// A folder of deliveries. It may not exist yet.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    /// Whether the user named the folder.
    is_given: bool,
    /// The ids that are taken. They are listed once, before the first delivery is recorded: that takes
    /// long in a folder of many thousands. Another process takes the same one with a chance of one in
    /// a billion.
    ids: Arc<Mutex<Option<HashSet<String>>>>,
}

/// What is in a folder.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// The oldest one first.
    pub(crate) entries: Vec<Entry>,
    /// What is left out, and why.
    pub(crate) skipped: Vec<String>,
}

impl Store {
    pub(crate) fn new(global: &Global) -> Result<Self, Failure> {
        let (folder, is_given) = match &global.store {
            Some(folder) => (folder.clone(), true),
            None => (place::usual()?, false),
        };
        Ok(Self {
            folder,
            is_given,
            ids: Arc::default(),
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lists the deliveries by their names, without reading their files.
    pub(crate) fn contents(&self) -> Result<Contents, Failure> {
        let files = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.is_given => {
                return Ok(Contents::default());
            }
            files => files.map_err(|error| self.unusable(&error))?,
        };
        let mut contents = Contents::default();
        for file in files {
            let path = file.map_err(|error| self.unusable(&error))?.path();
            if path.extension().is_none_or(|extension| extension != "http") {
                continue;
            }
            match Entry::of(&path) {
                Some(entry) => contents.entries.push(entry),
                None => contents.skipped.push(format!(
                    "{}: its name is not TIME_ID_EVENT.http",
                    shown(&path)
                )),
            }
        }
        contents
            .entries
            .sort_by(|one, other| one.path.cmp(&other.path));
        contents.skipped.sort();
        Ok(contents)
    }

    fn unusable(&self, error: &io::Error) -> Failure {
        let folder = shown(&self.folder);
        let message = format!("the store {folder} can't be used: {error}");
        Failure::new(Exit::Here, "store", message).hint("`--store DIR` names another folder")
    }
}

/// Reads the request in a file.
pub(crate) fn read(path: &Path) -> Result<Capture, Failure> {
    let file = fs::read(path).map_err(|error| Failure::file(shown(path), &error))?;
    parse(shown(path), file)
}

/// Reads the request in these bytes.
fn parse(name: impl std::fmt::Display, file: Vec<u8>) -> Result<Capture, Failure> {
    Capture::read(file)
        .map_err(|error| Failure::new(Exit::Usage, "not_a_delivery", format!("{name}: {error}")))
}

pub(crate) fn shown(path: &Path) -> String {
    Shown::value(path.display()).to_string()
}

#[cfg(test)]
mod tests;
