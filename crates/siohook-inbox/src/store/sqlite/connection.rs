//! One connection, and the settings that durability rests on.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::errors;
use crate::store::{Result, StoreError};

/// Opens the connection of a worker. The file is there already.
pub(super) fn open(path: &Path, busy: Duration, is_exclusive: bool) -> Result<Connection> {
    let started = Instant::now();
    loop {
        match connect(path, busy, is_exclusive) {
            Ok(connection) => return check_journal(path, connection),
            Err(error) if errors::is_busy(&error) && started.elapsed() < busy => {
                thread::sleep(Duration::from_millis(10));
            }
            Err(error) if errors::is_busy(&error) => return Err(in_use(path, is_exclusive)),
            Err(error) => return Err(errors::store_error(path, &error)),
        }
    }
}

fn connect(path: &Path, busy: Duration, is_exclusive: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // `open` waits: SQLite does not in all cases, while the journal changes or is recovered.
    connection.busy_timeout(Duration::ZERO)?;
    if is_exclusive {
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    }
    for (pragma, value) in [
        ("journal_mode", "WAL"),
        ("synchronous", "FULL"),
        // What FULL means on macOS.
        ("fullfsync", "ON"),
        ("checkpoint_fullfsync", "ON"),
        ("foreign_keys", "ON"),
        ("secure_delete", "ON"),
    ] {
        connection.pragma_update(None, pragma, value)?;
    }
    connection.busy_timeout(busy)?;
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.set_prepared_statement_cache_capacity(64);
    // A close that is the last one would delete the WAL by its name, which may be that of another
    // file by then.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// Opens a connection that can't write and never checkpoints.
pub(super) fn reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.busy_timeout(Duration::from_secs(2))?;
    Ok(connection)
}

/// SQLite keeps the old journal without an error where it can't have a WAL.
pub(super) fn check_journal(path: &Path, connection: Connection) -> Result<Connection> {
    let mode = connection.query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0));
    match mode {
        Ok(mode) if mode == "wal" => Ok(connection),
        Ok(_) => Err(StoreError::unavailable(format!(
            "{} is on a file system without shared memory: set a path on a local disk",
            errors::shown(path)
        ))),
        Err(error) => Err(errors::store_error(path, &error)),
    }
}

pub(super) fn in_use(path: &Path, is_exclusive: bool) -> StoreError {
    let path = errors::shown(path);
    StoreError::unavailable(if is_exclusive {
        format!(
            "{path} is open already, and SQLite {} allows one connection at a time: stop the \
             program that has it open, or link SQLite 3.51.3 or later in all programs",
            rusqlite::version()
        )
    } else {
        format!(
            "{path} is locked by another process: close the shell or the program that holds it; \
             a program with SQLite before 3.51.3 keeps the file to itself"
        )
    })
}

/// Whether several connections to one file can lose what was committed: while one restarts the
/// WAL, a checkpoint of another may skip its newest frames. See <https://sqlite.org/wal.html>.
pub(super) fn loses_commits(version: i32) -> bool {
    match version {
        3_044_000..3_045_000 => version < 3_044_006,
        3_050_000..3_051_000 => version < 3_050_007,
        _ => (3_007_000..3_051_003).contains(&version),
    }
}

/// What to tell the user if such an SQLite is linked.
pub(super) fn exclusive_warning(path: &Path) -> String {
    format!(
        "the linked SQLite {} can lose commits of several processes, so {} is open for this \
         process alone: link 3.51.3 or later (rusqlite 0.39 with `bundled`) to share it",
        rusqlite::version(),
        errors::shown(path)
    )
}

/// Refuses an SQLite that lacks something the statements need.
pub(super) fn check_version(version: i32) -> Result<()> {
    // `json_each` is built in from this version, `RETURNING` from 3.35.
    if version < 3_038_000 {
        return Err(StoreError::unavailable(format!(
            "the linked SQLite is {}, and the inbox needs 3.38 or later: enable the feature \
             `bundled`",
            rusqlite::version()
        )));
    }
    Ok(())
}
