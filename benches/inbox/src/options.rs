//! The arguments.

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;
use std::{fs, io};

use crate::{PARTS, POSTGRES, SQLITE};

const DATABASES: [&str; 2] = [SQLITE, POSTGRES];

/// What to measure, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// The databases to measure, and the parts in each of them.
    pub(crate) databases: Vec<&'static str>,
    pub(crate) parts: Vec<&'static str>,
    pub(crate) rounds: usize,
    /// The time of one measurement.
    pub(crate) time: Duration,
    /// How many finished deliveries are kept.
    pub(crate) kept: u64,
    data: PathBuf,
}

impl Options {
    /// Reads the arguments.
    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        let mut options = Self {
            databases: vec![],
            parts: vec![],
            rounds: 5,
            time: Duration::from_secs(2),
            kept: 1_000_000,
            data: concat!(env!("CARGO_MANIFEST_DIR"), "/target/data").into(),
        };
        let (mut named, mut arguments) = (vec![], env::args().skip(1));
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--rounds" => options.rounds = value()?.parse()?,
                "--seconds" => options.time = Duration::from_secs_f64(value()?.parse()?),
                "--kept" => options.kept = value()?.parse()?,
                "--data" => options.data = std::path::absolute(value()?)?,
                "--write" => {} // read by `siohook_benches::section`
                name if DATABASES.contains(&name) || PARTS.contains(&name) => named.push(argument),
                unknown => {
                    let [databases, parts] = [&DATABASES[..], &PARTS].map(|all| all.join(", "));
                    return Err(format!(
                        "unknown argument {unknown}; the databases are {databases}, the parts {parts}"
                    )
                    .into());
                }
            }
        }
        options.databases = chosen(&DATABASES, &named);
        options.parts = chosen(&PARTS, &named);
        Ok(options)
    }

    pub(crate) fn has_all_parts(&self) -> bool {
        self.parts.len() == PARTS.len()
    }

    /// Whether nothing is left out.
    pub(crate) fn is_everything(&self) -> bool {
        self.databases.len() == DATABASES.len() && self.has_all_parts()
    }

    /// The folder of all files, which is deleted at the end.
    pub(crate) fn data(&self) -> PathBuf {
        self.data.join("siohook-inbox-benches")
    }

    /// The file of a new SQLite database. What others left to be written is written first.
    pub(crate) fn fresh(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.data().join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        rustix::fs::sync();
        Ok(folder.join("inbox.db"))
    }
}

/// Those of all that are named, or all if none is.
fn chosen(all: &[&'static str], named: &[String]) -> Vec<&'static str> {
    let is_named = |one: &&str| named.iter().any(|name| name == one);
    let chosen: Vec<_> = all.iter().copied().filter(is_named).collect();
    if chosen.is_empty() {
        all.to_vec()
    } else {
        chosen
    }
}
