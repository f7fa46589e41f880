//! What an operator does with a file.

mod backup;
mod changes;
pub(super) mod lent;
mod lists;
pub(super) mod statements;
mod windows;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use self::lent::LentRecords;
use super::place::Place;
use super::statements::{BEGIN, CHECKPOINT, COMMIT, ROLLBACK};
use super::{SqliteSettings, connection, counts, errors, schema, sweep};
use crate::InboxError;
use crate::dead_letter::DeadLetter;
use crate::operator::DeliverySummary;
use crate::stats::Stats;
use crate::store::{
    Change, Changed, DeadQuery, DeliveryId, DeliveryQuery, ErasedBatch, Millis, Records, Result,
    Retention, RunId, StoreError, Stored, Swept,
};

/// How long other processes can take the lock between two changes, at least. They look for it every
/// few milliseconds.
const PAUSE: Duration = Duration::from_millis(10);
/// How long a wipe waits for others that read.
const WIPE: Duration = Duration::from_secs(5);

/// Opens a file that an inbox has created. The operator of an inbox that has it in exclusive mode gets
/// the connection of the worker.
pub(crate) fn open(settings: &SqliteSettings) -> Result<Box<dyn Records>> {
    Ok(match settings.lending.lent() {
        Some(lent) => Box::new(LentRecords::new(lent.clone())),
        None => Box::new(SqliteRecords::open(settings)?),
    })
}

/// An operator's connections to a file.
pub(super) struct SqliteRecords {
    place: Place,
    writer: Connection,
    /// Reads without holding up a checkpoint. `None` if the file is for one connection.
    reader: Option<Connection>,
    /// When the last change ended.
    changed: Option<Instant>,
}

impl SqliteRecords {
    pub(super) fn open(settings: &SqliteSettings) -> Result<Self> {
        let version = rusqlite::version_number();
        connection::check_version(version)?;
        let is_exclusive = settings
            .exclusive
            .unwrap_or_else(|| connection::loses_commits(version));
        let path = find(&settings.path)?;
        let wrap = |error: rusqlite::Error| {
            if errors::is_busy(&error) {
                connection::in_use(&path, is_exclusive)
            } else {
                errors::store_error(&path, &error)
            }
        };
        // Before anything is written: it may be the file of another program.
        let reader = connection::reader(&path).map_err(wrap)?;
        schema::check(schema::version(&reader).map_err(wrap)?, &path)?;
        let reader = (!is_exclusive).then_some(reader);
        #[allow(
            unused_mut,
            reason = "with an older rusqlite, `busy_handler` takes `&self`"
        )]
        let mut writer = connection::open(&path, settings.busy, is_exclusive)?;
        writer.busy_handler(Some(wait_for_lock)).map_err(wrap)?;
        // The first read creates the WAL.
        schema::version(&writer).map_err(wrap)?;
        Ok(Self {
            place: Place::new(&path)?,
            writer,
            reader,
            changed: None,
        })
    }

    fn reader(&self) -> &Connection {
        self.reader.as_ref().unwrap_or(&self.writer)
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        self.place.check()?;
        read(self.reader()).map_err(|error| self.error(&error))
    }

    /// Changes the file in a transaction, and leaves the lock to others before the next one.
    fn write<T>(&mut self, change: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        if let Some(changed) = self.changed {
            thread::sleep(PAUSE.saturating_sub(changed.elapsed()));
        }
        self.place.check()?;
        let changed = in_transaction(&self.writer, change);
        self.changed = Some(Instant::now());
        changed.map_err(|error| self.error(&error))
    }

    fn error(&self, error: &rusqlite::Error) -> StoreError {
        errors::store_error(self.place.path(), error)
    }
}

/// Changes the file, or leaves it as it was.
fn in_transaction<T>(
    connection: &Connection,
    change: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let changed = connection.execute_batch(BEGIN).and_then(|()| {
        let changed = change(connection)?;
        connection.execute_batch(COMMIT)?;
        Ok(changed)
    });
    if !connection.is_autocommit() {
        let _ = connection.execute_batch(ROLLBACK);
    }
    changed
}

/// Moves what is in the WAL to the file, and empties it. Returns whether something hinders that.
fn checkpoint(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(CHECKPOINT, [], |row| row.get(0))
}

/// Calls `checkpoint` until nothing hinders it.
fn wipe(place: &Place, checkpoint: impl Fn() -> Result<bool>) -> Result<()> {
    let started = Instant::now();
    while checkpoint()? {
        if started.elapsed() > WIPE {
            return Err(StoreError::unavailable(format!(
                "what was erased is still in the WAL of {}, because another program reads or \
                 locks it for long: call it again when that has ended",
                errors::shown(place.path())
            )));
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Waits a moment for the lock, which a busy worker leaves for parts of a millisecond only. Gives up
/// after 10 seconds and more.
fn wait_for_lock(tries: i32) -> bool {
    thread::sleep(Duration::from_millis(1));
    tries < 10_000
}

/// Finds a file that exists, and returns its path without links.
fn find(path: &Path) -> Result<PathBuf> {
    if path.as_os_str().is_empty() {
        return Err(StoreError::unavailable(
            "no file is named: name that of an inbox, or give a URL to `Inbox::postgres`",
        ));
    }
    if !path.exists() {
        return Err(StoreError::unavailable(format!(
            "{} does not exist: set the path of a file that a program has opened as its inbox",
            errors::shown(path)
        )));
    }
    let found = fs::canonicalize(path).map_err(|error| errors::file_error(path, &error))?;
    if found.is_dir() {
        let error = std::io::ErrorKind::IsADirectory.into();
        return Err(errors::file_error(path, &error));
    }
    #[cfg(target_os = "linux")]
    super::place::check_access(&found).map_err(|error| errors::file_error(path, &error))?;
    Ok(found)
}

impl Records for SqliteRecords {
    fn stats(&mut self, now: Millis) -> Result<Stats> {
        self.read(|connection| counts::stats(connection, now, &[]))
    }

    fn count_done(&mut self) -> Result<u64> {
        self.read(|connection| lists::count_done(connection, lists::ALL))
    }

    fn deliveries(&mut self, query: &DeliveryQuery, limit: usize) -> Result<Vec<DeliverySummary>> {
        self.read(|connection| lists::deliveries(connection, query, limit))
    }

    fn delivery(&mut self, id: DeliveryId) -> Result<Option<(DeliverySummary, Stored)>> {
        self.read(|connection| lists::delivery(connection, id))
    }

    fn letters(&mut self, query: &DeadQuery, limit: usize) -> Result<Vec<DeadLetter>> {
        self.read(|connection| lists::letters(connection, query, query.ids(), limit))
    }

    fn dead_runs(
        &mut self,
        query: &DeadQuery,
        after: Option<&RunId>,
        limit: usize,
    ) -> Result<Vec<RunId>> {
        let ids = lists::behind(query, after);
        self.read(|connection| lists::dead_runs(connection, query, ids, after, limit))
    }

    fn runs_of(&mut self, handler: &str, after: DeliveryId, limit: usize) -> Result<Vec<RunId>> {
        self.read(|connection| lists::runs_of(connection, handler, lists::above(after), limit))
    }

    fn bodies(&mut self, after: DeliveryId) -> Result<Vec<(DeliveryId, Option<Stored>)>> {
        self.read(|connection| lists::bodies(connection, lists::above(after)))
    }

    fn change(&mut self, now: Millis, runs: &[(RunId, Change)]) -> Result<Changed> {
        self.write(|connection| changes::change(connection, now, runs))
    }

    fn erase(&mut self, now: Millis, deliveries: &[DeliveryId]) -> Result<ErasedBatch> {
        self.write(|connection| changes::erase(connection, now, deliveries))
    }

    fn wipe(&mut self) -> Result<()> {
        wipe(&self.place, || {
            checkpoint(&self.writer).map_err(|error| self.error(&error))
        })
    }

    fn add_runs(
        &mut self,
        now: Millis,
        delivery: DeliveryId,
        handlers: &[String],
    ) -> Result<Option<u64>> {
        self.write(|connection| changes::add_runs(connection, now, delivery, handlers))
    }

    fn sweep(&mut self, now: Millis, retention: &Retention, after: DeliveryId) -> Result<Swept> {
        self.write(|connection| sweep::sweep(connection, now, retention, after))
    }

    fn backup(&mut self, to: &Path) -> std::result::Result<(), InboxError> {
        self.place.check()?;
        backup::backup(self.reader(), self.place.path(), to)
    }
}
