mod damage;
mod failures;
mod group;
mod lent;
mod opening;
mod operator;
mod plans;
mod sweeps;
mod tables;
mod workers;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use siohook::testing::{self, Sample};
use tempfile::TempDir;

use super::{SqliteSettings, SqliteStore};
use crate::store::{
    Accept, Accepted, Claimed, DeliveryId, End, Ending, Millis, RunKey, Shorthand as _, Store,
    StoreError, StoreErrorKind,
};

/// The time at which most tests begin.
const NOW: Millis = 1_800_000_000_000;

/// A folder for a file that any number of stores open.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().canonicalize().unwrap().join("inbox.db")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        super::place::beside(&self.path(), suffix)
    }

    fn settings(&self) -> SqliteSettings {
        SqliteSettings {
            // Machines that run tests have their temporary files wherever they like.
            accept_volatile: true,
            busy: Duration::from_millis(100),
            // Whatever SQLite is linked: tests do not meet its race.
            exclusive: Some(false),
            handlers: vec!["grant", "mail"],
            ..SqliteSettings::new(self.path())
        }
    }

    fn open(&self) -> SqliteStore {
        SqliteStore::open(self.settings()).unwrap()
    }

    fn open_with(&self, handlers: &[&'static str]) -> SqliteStore {
        let handlers = handlers.to_vec();
        SqliteStore::open(SqliteSettings {
            handlers,
            ..self.settings()
        })
        .unwrap()
    }

    /// A connection of another program, such as the shell.
    fn shell(&self) -> rusqlite::Connection {
        let shell = rusqlite::Connection::open(self.path()).unwrap();
        shell.busy_timeout(Duration::from_millis(100)).unwrap();
        shell.pragma_update(None, "foreign_keys", "OFF").unwrap();
        shell
    }

    /// The contents of the database and its WAL.
    fn bytes(&self) -> Vec<u8> {
        let wal = fs::read(self.beside("-wal")).unwrap_or_default();
        [fs::read(self.path()).unwrap(), wal].concat()
    }
}

fn delivery(message_id: &str) -> Accept {
    let sample = Sample::of("SALE_NEW").with_message_id(message_id);
    let delivery = testing::delivery(&sample);
    Accept {
        key: delivery.key().stored(),
        meta: "{\"version\":1}".to_owned(),
        delivery,
        handlers: vec!["grant", "mail"],
    }
}

/// Runs changes in a group of their own.
fn group<T>(store: &mut SqliteStore, change: impl FnOnce(&mut SqliteStore) -> T) -> T {
    store.begin().unwrap();
    let changed = change(store);
    store.commit().unwrap();
    changed
}

fn accept(store: &mut SqliteStore, message_id: &str, is_running: bool) -> DeliveryId {
    let accepted = group(store, |store| {
        store.accept(NOW, &delivery(message_id), is_running)
    });
    match accepted.unwrap() {
        Accepted::Fresh { id, .. } => id,
        Accepted::Before => panic!("{message_id} was accepted before"),
    }
}

fn claim(store: &mut SqliteStore, now: Millis) -> Vec<Claimed> {
    group(store, |store| store.claimed(now, 100).unwrap())
}

fn end(store: &mut SqliteStore, run: &RunKey, ending: Ending) -> bool {
    let end = End { run: *run, ending };
    group(store, |store| store.end(NOW, &[end]).unwrap())[0]
}

fn run(delivery: DeliveryId, handler: &'static str, attempt: u32) -> RunKey {
    RunKey {
        delivery,
        handler,
        attempt,
    }
}

/// A run as it is stored: state, due, attempts, crashes, whether it has an owner, reason, error.
type Row = (
    String,
    Millis,
    u32,
    u32,
    bool,
    Option<String>,
    Option<String>,
);

fn row(store: &SqliteStore, delivery: DeliveryId, handler: &str) -> Row {
    let sql = "SELECT state, due_at, attempts, crashes, owner IS NOT NULL, reason, error
               FROM siohook_run WHERE delivery = ?1 AND handler = ?2";
    let columns = |row: &rusqlite::Row<'_>| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
            row.get(6)?,
        ))
    };
    store
        .connection
        .query_row(sql, rusqlite::params![delivery, handler], columns)
        .unwrap()
}

fn number(store: &SqliteStore, sql: &str) -> i64 {
    store
        .connection
        .query_row(sql, [], |row| row.get(0))
        .unwrap()
}

/// Asserts that an error names the file, and says each of `parts`.
#[track_caller]
fn assert_error(folder: &Folder, error: &StoreError, kind: StoreErrorKind, parts: &[&str]) {
    let text = error.to_string();
    assert_eq!(error.kind, kind, "{text}");
    let path = folder.path().display().to_string();
    assert!(text.contains(&path), "{text}");
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
}
