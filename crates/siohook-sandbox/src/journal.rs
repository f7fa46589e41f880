//! Messages in a file: a line for each of them, and one for each thing that comes of it.
//!
//! A line is written before the change is seen outside of the process, so what the process has
//! said is there after it was killed. The system may write it to the disk later.

mod blob;
mod read;
mod record;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use siohook_events::Timestamp;

use crate::state::{Ids, StateFileError, replace};
use crate::{Clock, Message, Status};

pub(crate) use self::read::{Kept, read};
pub(crate) use self::record::{AttemptRecord, MessageRecord, Record, RouteRecord};

/// A smaller file is left alone, however much of it is dead.
const LEAST: u64 = 1 << 20;

/// The time before a file that could not be written is written again.
const PAUSE: Duration = Duration::from_secs(5);

/// The file of a log.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    clock: Clock,
    /// The last time of the clock in the file.
    time: Option<Timestamp>,
    ids: Option<Ids>,
    /// Bytes of the file, and those of the messages that are there.
    size: u64,
    live: u64,
    sizes: HashMap<u64, u64>,
    /// Why a line could not be written. The file is behind from then on.
    failure: Option<String>,
    /// When writing the file anew failed.
    failed_at: Option<Instant>,
}

impl Journal {
    /// Writes a file with these messages, and keeps it open for what follows.
    pub(crate) fn create(
        path: &Path,
        clock: Clock,
        ids: Option<Ids>,
        messages: &BTreeMap<u64, Arc<Message>>,
    ) -> Result<Self, StateFileError> {
        let (mut size, mut live, mut sizes) = (0, 0, HashMap::new());
        let time = clock.now();
        let file = replace(path, |file| {
            let mut write = |bytes: Vec<u8>| {
                size += length(&bytes);
                file.write_all(&bytes)
            };
            write(read::head())?;
            write(Record::Clock(time).to_line()?)?;
            if let Some(ids) = &ids {
                write(Record::Ids(Cow::Borrowed(ids)).to_line()?)?;
            }
            for (number, message) in messages {
                let record = Record::message(message).to_line()?;
                live += length(&record);
                sizes.insert(*number, length(&record));
                write(record)?;
            }
            Ok(())
        })?;
        Ok(Self {
            path: path.to_owned(),
            file,
            clock,
            time: Some(time),
            ids,
            size,
            live,
            sizes,
            failure: None,
            failed_at: None,
        })
    }

    /// Notes a message that is new.
    pub(crate) fn insert(&mut self, number: u64, message: &Message) {
        self.write(Some(number), &Record::message(message));
    }

    /// Notes what has come of a message, which had these attempts, and this status and next attempt
    /// before.
    pub(crate) fn update(
        &mut self,
        number: u64,
        message: &Message,
        attempts: usize,
        was: (Status, Option<Timestamp>),
    ) {
        let made = message.attempts.get(attempts..).unwrap_or_default();
        for attempt in made {
            self.write(Some(number), &Record::attempt(message, attempt));
        }
        // One that is queued or under way when the process ends is sent again.
        let is_open = matches!(message.status, Status::Queued | Status::Delivering);
        if made.is_empty() && (message.status, message.next_attempt_at) != was && !is_open {
            self.write(Some(number), &Record::status(message));
        }
    }

    /// Notes that a message is removed.
    pub(crate) fn remove(&mut self, number: u64, message: &Message) {
        self.live -= self.sizes.remove(&number).unwrap_or_default();
        self.write(None, &Record::Removed(message.id.as_ref().into()));
    }

    /// Notes that all messages are removed.
    pub(crate) fn clear(&mut self) {
        if let Err(error) = self.rewrite(&BTreeMap::new()) {
            self.failure = Some(error.to_string());
        }
    }

    /// Notes the time of the clock.
    pub(crate) fn note_time(&mut self) {
        if self.time != Some(self.clock.now()) {
            self.append(vec![]);
        }
    }

    /// Notes how far the source of ids is.
    pub(crate) fn note_ids(&mut self, ids: &Ids) {
        if self.ids.as_ref() != Some(ids) {
            self.ids = Some(ids.clone());
            self.write(None, &Record::Ids(Cow::Borrowed(ids)));
        }
    }

    /// Whether the file is to be written anew: half of it is dead, or a line is missing.
    pub(crate) fn is_due(&self) -> bool {
        let is_half_dead = self.size > LEAST && self.live < self.size / 2;
        let is_paused = self.failed_at.is_some_and(|at| at.elapsed() < PAUSE);
        (is_half_dead || self.failure.is_some()) && !is_paused
    }

    /// Writes the file anew.
    pub(crate) fn rewrite(
        &mut self,
        messages: &BTreeMap<u64, Arc<Message>>,
    ) -> Result<(), StateFileError> {
        match Self::create(&self.path, self.clock.clone(), self.ids.clone(), messages) {
            Ok(anew) => {
                *self = anew;
                Ok(())
            }
            Err(error) => {
                self.failed_at = Some(Instant::now());
                Err(error)
            }
        }
    }

    /// Why the file lacks something, if it does.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Has the system write everything to the disk.
    pub(crate) fn sync(&mut self) -> Result<(), StateFileError> {
        self.note_time();
        let synced = self.file.sync_all();
        synced.map_err(|error| StateFileError::write(&self.path, error))
    }

    fn write(&mut self, number: Option<u64>, record: &Record<'_>) {
        match record.to_line() {
            Ok(line) => {
                if let Some(number) = number {
                    self.live += length(&line);
                    *self.sizes.entry(number).or_default() += length(&line);
                }
                self.append(line);
            }
            Err(error) => self.fail(error),
        }
    }

    /// Appends lines, behind the time if it has changed.
    fn append(&mut self, mut lines: Vec<u8>) {
        // A part of a line may be at the end, so nothing may follow it.
        if self.failure.is_some() {
            return;
        }
        let now = self.clock.now();
        if self.time != Some(now)
            && let Ok(time) = Record::Clock(now).to_line()
        {
            lines.splice(..0, time);
            self.time = Some(now);
        }
        self.size += length(&lines);
        if let Err(error) = self.file.write_all(&lines) {
            self.fail(error);
        }
    }

    fn fail(&mut self, error: io::Error) {
        self.failed_at = Some(Instant::now());
        self.failure = Some(StateFileError::write(&self.path, error).to_string());
    }
}

fn length(line: &[u8]) -> u64 {
    u64::try_from(line.len()).unwrap_or(u64::MAX)
}
