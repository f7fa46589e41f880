//! The conformance kit on files of another version.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use siohook_inbox::Inbox;
use siohook_inbox::conformance::{Subject, check};
use siohook_inbox::schema;

use crate::fixture::{create, newest};
use crate::support;

/// Runs all cases, each on a file that `prepare` has made.
fn keeps_its_promises(name: &str, prepare: fn(&Path)) {
    let folder = support::folder();
    let (path, number) = (folder.path().to_owned(), AtomicU64::new(0));
    let subject = Subject::new(name, move || {
        let number = number.fetch_add(1, Ordering::Relaxed);
        let path = path.join(format!("{number}.db"));
        prepare(&path);
        Inbox::sqlite(path).accept_volatile()
    });
    let report = check(&support::shared(subject));
    println!("{report}");
    assert!(report.is_ok(), "{report}");
}

#[test]
fn a_file_of_version_1_keeps_its_promises() {
    keeps_its_promises("sqlite, upgraded from version 1", |path| {
        create(path);
        let file = Connection::open(path).unwrap();
        file.execute_batch(
            "DELETE FROM siohook_run; DELETE FROM siohook_delivery; DELETE FROM siohook_lane;
             DELETE FROM siohook_worker; DELETE FROM sqlite_sequence;",
        )
        .unwrap();
    });
}

/// What a later version may do: it adds, so that this one goes on working.
#[test]
fn a_file_of_the_next_version_keeps_its_promises() {
    keeps_its_promises("sqlite, upgraded to the next version", |path| {
        let known: String = (1..).map_while(schema::sqlite).collect();
        let file = Connection::open(path).unwrap();
        file.execute_batch(&known).unwrap();
        file.execute_batch(&format!(
            "ALTER TABLE siohook_worker ADD COLUMN next TEXT;
             ALTER TABLE siohook_delivery ADD COLUMN next TEXT;
             ALTER TABLE siohook_run ADD COLUMN next INTEGER NOT NULL DEFAULT 0;
             CREATE TABLE siohook_next (delivery INTEGER PRIMARY KEY, next TEXT NOT NULL);
             CREATE INDEX siohook_run_next ON siohook_run (handler, due_at)
             WHERE state = 'waiting';
             UPDATE siohook_schema SET version = {}",
            newest() + 1
        ))
        .unwrap();
    });
}
