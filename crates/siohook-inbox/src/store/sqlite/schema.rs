//! The tables, and how those of an earlier version become them.

use std::path::Path;

use rusqlite::Connection;

use super::errors;
use crate::store::{Migrate, Result, StoreError};

/// Each step makes a version of the one before it, and sets its number. It adds, and changes nothing,
/// so that programs of the version before go on working.
const STEPS: [(i64, &str); 2] = [(1, VERSION_1), (2, VERSION_2)];

/// The version that this program works with.
pub(super) const VERSION: i64 = STEPS[STEPS.len() - 1].0;

/// Times are milliseconds since 1970, except in the views.
///
/// Each index has one state: the planner does not use `state IN ('waiting', 'running')` for
/// `state = 'waiting'`.
///
/// The states are checked without `IN`, for which SQLite would build a temporary table whenever a
/// run changes.
const VERSION_1: &str = "
CREATE TABLE siohook_schema (version INTEGER NOT NULL);
INSERT INTO siohook_schema VALUES (1);

CREATE TABLE siohook_worker (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  pid        INTEGER NOT NULL,
  host       TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  handlers   TEXT NOT NULL DEFAULT '[]'
);

CREATE TABLE siohook_delivery (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  key         BLOB NOT NULL UNIQUE,
  event       TEXT NOT NULL,
  message_id  TEXT,
  received_at INTEGER NOT NULL,
  meta        TEXT NOT NULL,
  body        BLOB
);

CREATE TABLE siohook_run (
  delivery INTEGER NOT NULL REFERENCES siohook_delivery (id) ON DELETE CASCADE,
  handler  TEXT NOT NULL,
  state    TEXT NOT NULL CHECK (
    state = 'done' OR state = 'running' OR state = 'waiting' OR state = 'dead' OR state = 'behind'),
  due_at   INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  crashes  INTEGER NOT NULL DEFAULT 0,
  uncounted INTEGER NOT NULL DEFAULT 0,
  owner    INTEGER,
  lane     TEXT,
  ended_at INTEGER,
  reason   TEXT,
  error    TEXT,
  CHECK ((state = 'running') = (owner IS NOT NULL)),
  PRIMARY KEY (delivery, handler)
) WITHOUT ROWID;

CREATE INDEX siohook_run_waiting ON siohook_run (due_at) WHERE state = 'waiting';
CREATE INDEX siohook_run_crashed ON siohook_run (due_at) WHERE state = 'waiting' AND crashes > 0;
CREATE INDEX siohook_run_running ON siohook_run (owner) WHERE state = 'running';
CREATE INDEX siohook_run_dead ON siohook_run (ended_at) WHERE state = 'dead';
CREATE INDEX siohook_run_behind ON siohook_run (handler, lane, delivery) WHERE state = 'behind';

CREATE TABLE siohook_lane (
  handler TEXT NOT NULL,
  lane    TEXT NOT NULL,
  PRIMARY KEY (handler, lane)
) WITHOUT ROWID;

CREATE VIEW siohook_runs AS
SELECT
  run.delivery, delivery.event, lower(hex(delivery.key)) AS key, delivery.message_id,
  strftime('%Y-%m-%dT%H:%M:%fZ', delivery.received_at / 1000.0, 'unixepoch') AS received_at,
  run.handler, run.state,
  strftime('%Y-%m-%dT%H:%M:%fZ', run.due_at / 1000.0, 'unixepoch') AS due_at,
  run.attempts, run.crashes, run.owner, run.lane,
  strftime('%Y-%m-%dT%H:%M:%fZ', run.ended_at / 1000.0, 'unixepoch') AS ended_at,
  run.reason, run.error
FROM siohook_run AS run JOIN siohook_delivery AS delivery ON delivery.id = run.delivery;

CREATE VIEW siohook_dead AS
SELECT
  delivery, event, key, message_id, received_at, handler, attempts, crashes, ended_at, reason,
  error
FROM siohook_runs
WHERE state = 'dead' AND reason <> 'purged';
";

/// Runs that are done can run again, if an operator says so: how often that was said. Dead runs are
/// listed by delivery, and the index has what most lists ask for.
const VERSION_2: &str = "
UPDATE siohook_schema SET version = 2;

ALTER TABLE siohook_run ADD COLUMN replays INTEGER NOT NULL DEFAULT 0;

DROP INDEX siohook_run_dead;
CREATE INDEX siohook_run_dead ON siohook_run (delivery, handler, ended_at, reason)
  WHERE state = 'dead';

DROP VIEW siohook_dead;
DROP VIEW siohook_runs;
CREATE VIEW siohook_runs AS
SELECT
  run.delivery, delivery.event, lower(hex(delivery.key)) AS key, delivery.message_id,
  strftime('%Y-%m-%dT%H:%M:%fZ', delivery.received_at / 1000.0, 'unixepoch') AS received_at,
  run.handler, run.state,
  strftime('%Y-%m-%dT%H:%M:%fZ', run.due_at / 1000.0, 'unixepoch') AS due_at,
  run.attempts, run.crashes, run.replays, run.owner, run.lane,
  strftime('%Y-%m-%dT%H:%M:%fZ', run.ended_at / 1000.0, 'unixepoch') AS ended_at,
  run.reason, run.error
FROM siohook_run AS run JOIN siohook_delivery AS delivery ON delivery.id = run.delivery;

CREATE VIEW siohook_dead AS
SELECT
  delivery, event, key, message_id, received_at, handler, attempts, crashes, replays, ended_at,
  reason, error
FROM siohook_runs
WHERE state = 'dead' AND reason <> 'purged';
";

/// The statements that make a version of the one before it.
pub(crate) fn step(version: u32) -> Option<&'static str> {
    let step = STEPS.iter().find(|step| step.0 == i64::from(version));
    step.map(|(_, sql)| *sql)
}

/// Makes the schema one that this program works with, or says why it can't be.
pub(super) fn prepare(connection: &Connection, path: &Path, migrate: Migrate) -> Result<()> {
    let wrap = |error| errors::store_error(path, &error);
    let found = version(connection).map_err(wrap)?;
    if found < VERSION && migrate == Migrate::Never {
        return Err(StoreError::unavailable(format!(
            "{} has version {found} of the inbox's schema, and this program needs {VERSION}: \
             run the statements of `siohook_inbox::schema::sqlite`, or open it once with \
             `Migrate::Auto`",
            errors::shown(path)
        )));
    }
    let found = if found < VERSION {
        upgrade(connection).map_err(wrap)?
    } else {
        found
    };
    if found > VERSION + 1 {
        return Err(too_new(&errors::shown(path), found));
    }
    Ok(())
}

fn too_new(path: &str, found: i64) -> StoreError {
    StoreError::unavailable(format!(
        "{path} has version {found} of the inbox's schema, and this program knows {VERSION}: \
         update siohook-inbox in this program"
    ))
}

/// Fails unless an operator can work with the tables of a version as they are.
pub(super) fn check(found: i64, path: &Path) -> Result<()> {
    let path = errors::shown(path);
    let text = match found {
        0 => format!(
            "{path} is not the file of an inbox: set the path of one that a program has opened"
        ),
        ..VERSION => format!(
            "{path} has version {found} of the inbox's schema, and an operator needs {VERSION}: \
             open it once with a program of this version of siohook-inbox"
        ),
        _ if found > VERSION + 1 => return Err(too_new(&path, found)),
        _ => return Ok(()),
    };
    Err(StoreError::unavailable(text))
}

/// Runs the steps that are missing, and returns the version there is afterwards.
fn upgrade(connection: &Connection) -> rusqlite::Result<i64> {
    connection.execute_batch("BEGIN EXCLUSIVE")?;
    let upgraded = run_steps(connection).and_then(|version| {
        connection.execute_batch("COMMIT")?;
        Ok(version)
    });
    if !connection.is_autocommit() {
        let _ = connection.execute_batch("ROLLBACK");
    }
    upgraded
}

fn run_steps(connection: &Connection) -> rusqlite::Result<i64> {
    // Another process may have been faster.
    let found = version(connection)?;
    for (version, step) in STEPS {
        if version > found {
            connection.execute_batch(step)?;
        }
    }
    Ok(found.max(VERSION))
}

/// The version of the schema, or 0 without tables.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'siohook_schema'";
    let tables: i64 = connection.query_row(tables, [], |row| row.get(0))?;
    if tables == 0 {
        return Ok(0);
    }
    connection.query_row("SELECT version FROM siohook_schema", [], |row| row.get(0))
}
