use std::time::Duration;

use rusqlite::{Connection, Row as SqlRow};
use tempfile::TempDir;

use super::world::Disk;
use crate::DeadReason;
use crate::store::{DeliveryId, Row, SqliteSettings, SqliteStore, State, Store};

/// A folder with a file of SQLite.
pub(crate) struct SqliteDisk(TempDir);

impl SqliteDisk {
    pub(crate) fn new() -> Self {
        let disk = Self(TempDir::new().unwrap());
        // The tables are there from the beginning.
        disk.open(vec![]).retire().unwrap();
        disk
    }

    fn settings(&self, handlers: Vec<&'static str>) -> SqliteSettings {
        SqliteSettings {
            handlers,
            // Machines that run tests have their temporary files wherever they like.
            accept_volatile: true,
            busy: Duration::from_millis(100),
            // All processes of a test are one process.
            exclusive: Some(false),
            ..SqliteSettings::new(self.0.path().join("inbox.db"))
        }
    }
}

impl Disk for SqliteDisk {
    fn open(&self, handlers: Vec<&'static str>) -> Box<dyn Store> {
        Box::new(SqliteStore::open(self.settings(handlers)).unwrap())
    }

    fn runs(&self) -> Vec<(DeliveryId, [u8; 38], String, Row)> {
        let connection = Connection::open(self.0.path().join("inbox.db")).unwrap();
        let mut runs = connection
            .prepare(
                "SELECT delivery, key, handler, state, owner, reason, due_at, attempts, crashes,
                   ended_at, error, uncounted
                 FROM siohook_run JOIN siohook_delivery ON id = delivery
                 ORDER BY delivery, handler",
            )
            .unwrap();
        let runs = runs.query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, run(row)?))
        });
        runs.unwrap().map(Result::unwrap).collect()
    }
}

fn run(row: &SqlRow<'_>) -> rusqlite::Result<Row> {
    let reason: Option<String> = row.get(5)?;
    let state: String = row.get(3)?;
    Ok(Row {
        state: match state.as_str() {
            "waiting" => State::Waiting,
            "running" => State::Running(row.get(4)?),
            "done" => State::Done,
            "dead" => State::Dead(DeadReason::parse(&reason.unwrap()).unwrap()),
            other => panic!("no test has a run that is {other}"),
        },
        due_at: row.get(6)?,
        attempts: row.get(7)?,
        crashes: row.get(8)?,
        uncounted: row.get(11)?,
        ended_at: row.get(9)?,
        error: row.get(10)?,
    })
}
