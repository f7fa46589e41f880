//! Which delivery is meant: an id, the beginning of one, `@1`, a file, or `-`.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use siohook_events::Shown;
use siohook_sender::Capture;

use super::{Entry, Store};
use crate::{Exit, Failure};

/// What the user wrote to name a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selector {
    /// The latest one is 1.
    Latest(usize),
    /// The id begins so, or it is a file.
    Named(String),
    /// The standard input has it.
    Stdin,
}

/// A delivery, which may lie outside of the store.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its id, or what the user called it.
    pub(crate) name: String,
    pub(crate) capture: Capture,
    pub(crate) entry: Option<Entry>,
}

impl FromStr for Selector {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix('@') {
            Some(number) => {
                let number = number.parse().ok().filter(|number| *number > 0);
                number
                    .map(Self::Latest)
                    .ok_or("`@1` is the latest delivery")
            }
            None if text.is_empty() => Err("write an id, a file, or `@1` for the latest delivery"),
            None if text == "-" => Ok(Self::Stdin),
            None => Ok(Self::Named(text.to_owned())),
        }
    }
}

impl Store {
    /// Finds a delivery, and reads it.
    pub(crate) fn find(&self, selector: &Selector) -> Result<Found, Failure> {
        let outside = |name: &str, capture| Found {
            name: name.to_owned(),
            capture,
            entry: None,
        };
        match selector {
            Selector::Stdin => {
                let mut bytes = vec![];
                let read = std::io::stdin().read_to_end(&mut bytes);
                read.map_err(|error| Failure::file("standard input", &error))?;
                let capture = super::parse("standard input", bytes)?;
                Ok(outside("-", capture))
            }
            // An id has neither.
            Selector::Named(name) if name.contains(['.', '/', '\\']) => {
                Ok(outside(name, super::read(Path::new(name))?))
            }
            selector => match self.find_entry(selector) {
                Ok(entry) => Ok(Found {
                    name: entry.id.clone(),
                    capture: entry.read()?,
                    entry: Some(entry),
                }),
                Err(failure) => match selector {
                    Selector::Named(name) if failure.code == NOT_FOUND && is_file(name) => {
                        Ok(outside(name, super::read(Path::new(name))?))
                    }
                    _ => Err(failure),
                },
            },
        }
    }

    /// Finds a delivery of the store.
    pub(crate) fn find_entry(&self, selector: &Selector) -> Result<Entry, Failure> {
        let mut entries = self.contents()?.entries;
        let start = match selector {
            Selector::Latest(number) => {
                let count = entries.len();
                let index = count.checked_sub(*number);
                return index
                    .map(|index| entries.swap_remove(index))
                    .ok_or_else(|| {
                        not_found(format!(
                            "there are {count} deliveries, so there is no @{number}"
                        ))
                    });
            }
            Selector::Named(start) => start,
            Selector::Stdin => {
                return Err(not_found(
                    "the standard input is not in the store".to_owned(),
                ));
            }
        };
        let start = start.to_ascii_lowercase();
        entries.retain(|entry| entry.id.starts_with(&start));
        match &mut *entries {
            [] => Err(not_found(format!(
                "no delivery has the id `{}`",
                Shown::value(&start)
            ))),
            [_] => Ok(entries.swap_remove(0)),
            several => {
                let ids: Vec<_> = several.iter().map(|entry| &*entry.id).take(10).collect();
                let message = format!(
                    "{} deliveries have an id that begins with `{}`",
                    several.len(),
                    Shown::value(&start)
                );
                Err(Failure::usage(message).hint(format!("write more of it: {}", ids.join(", "))))
            }
        }
    }
}

const NOT_FOUND: &str = "not_found";

fn not_found(message: String) -> Failure {
    Failure::new(Exit::Usage, NOT_FOUND, message).hint("`siohook deliveries list` lists them")
}

fn is_file(name: &str) -> bool {
    PathBuf::from(name).is_file()
}
