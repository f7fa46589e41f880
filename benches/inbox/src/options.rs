//! The arguments.

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;
use std::{fs, io};

use crate::PARTS;

/// What to measure, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// The parts to measure.
    pub(crate) parts: Vec<String>,
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
            parts: vec![],
            rounds: 5,
            time: Duration::from_secs(2),
            kept: 1_000_000,
            data: concat!(env!("CARGO_MANIFEST_DIR"), "/target/data").into(),
        };
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--rounds" => options.rounds = value()?.parse()?,
                "--seconds" => options.time = Duration::from_secs_f64(value()?.parse()?),
                "--kept" => options.kept = value()?.parse()?,
                "--data" => options.data = std::path::absolute(value()?)?,
                "--write" => {} // read by `siohook_benches::section`
                part if PARTS.contains(&part) => options.parts.push(argument),
                unknown => {
                    let parts = PARTS.join(", ");
                    return Err(format!("unknown argument {unknown}; the parts are {parts}").into());
                }
            }
        }
        if options.parts.is_empty() {
            options.parts = PARTS.map(str::to_owned).to_vec();
        }
        Ok(options)
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
