//! What a store does when its file can't be written.

use std::time::Instant;

use super::*;
use crate::store::Result;

#[test]
fn a_file_that_stays_locked_is_unavailable() {
    let folder = Folder::new();
    let mut store = folder.open();
    let shell = folder.shell();
    shell.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = Instant::now();
    let error = store.begin().unwrap_err();
    let waited = started.elapsed();
    let parts = ["is locked by another process", "close the shell"];
    assert_error(&folder, &error, StoreErrorKind::Unavailable, &parts);
    assert!(
        waited >= Duration::from_millis(90) && waited < Duration::from_secs(2),
        "{waited:?}"
    );
    assert!(store.check().is_err());
    store.rollback();
    // A reader blocks no writer.
    shell
        .execute_batch("COMMIT; BEGIN; SELECT count(*) FROM siohook_run")
        .unwrap();
    store.check().unwrap();
    accept(&mut store, "m-1", false);
}

#[test]
fn a_check_writes_nothing_and_leaves_no_lock() {
    let folder = Folder::new();
    let mut store = folder.open();
    let before = folder.bytes();
    store.check().unwrap();
    assert!(folder.bytes() == before);
    folder
        .shell()
        .execute_batch("BEGIN IMMEDIATE; COMMIT")
        .unwrap();
}

#[cfg(unix)]
#[test]
fn a_file_that_is_moved_is_unavailable_until_it_is_back() {
    for suffix in ["", "-wal"] {
        let folder = Folder::new();
        let mut store = folder.open();
        let (path, away) = (folder.beside(suffix), folder.beside("-away"));
        fs::rename(&path, &away).unwrap();
        let parts = ["was moved, deleted or replaced", "put it back"];
        assert_error(
            &folder,
            &store.begin().unwrap_err(),
            StoreErrorKind::Unavailable,
            &parts,
        );
        assert_error(
            &folder,
            &store.check().unwrap_err(),
            StoreErrorKind::Unavailable,
            &parts,
        );
        // Another file in its place is not it.
        fs::copy(&away, &path).unwrap();
        assert!(store.begin().is_err());
        store.rollback();
        fs::rename(&away, &path).unwrap();
        accept(&mut store, "m-1", false);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_is_deleted_takes_no_delivery() {
    let folder = Folder::new();
    let mut store = folder.open();
    fs::remove_file(folder.path()).unwrap();
    let error = store.begin().unwrap_err();
    assert_error(
        &folder,
        &error,
        StoreErrorKind::Unavailable,
        &["was moved, deleted"],
    );
    assert!(store.retire().is_err());
}

#[test]
fn a_disk_that_is_full_takes_no_delivery_until_there_is_space() {
    let folder = Folder::new();
    let mut store = folder.open();
    let pages = number(&store, "PRAGMA page_count");
    store
        .connection
        .pragma_update(None, "max_page_count", pages + 4)
        .unwrap();
    let mut stored = 0;
    let error = loop {
        let fill = |store: &mut SqliteStore| -> Result<()> {
            store.begin()?;
            store.accept(NOW, &delivery(&format!("m-{stored}")), true)?;
            store.commit()
        };
        match fill(&mut store) {
            Ok(()) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 100, "it never fills");
    };
    store.rollback();
    assert_error(
        &folder,
        &error,
        StoreErrorKind::Unavailable,
        &["its disk is full", "free some"],
    );
    assert!(stored > 0);
    assert_eq!(
        number(&store, "SELECT count(*) FROM siohook_delivery"),
        stored
    );
    assert!(
        end(&mut store, &run(1, "grant", 1), Ending::Done),
        "an end needs no space"
    );
    store
        .connection
        .pragma_update(None, "max_page_count", pages + 100)
        .unwrap();
    accept(&mut store, &format!("m-{stored}"), false);
}

#[test]
fn a_file_that_can_only_be_read_is_unavailable() {
    let folder = Folder::new();
    let mut store = folder.open();
    store
        .connection
        .pragma_update(None, "query_only", "ON")
        .unwrap();
    let error = store.begin().unwrap_err();
    store.rollback();
    let parts = ["can't be written", "needs the right to write it"];
    assert_error(&folder, &error, StoreErrorKind::Unavailable, &parts);
}

#[test]
fn a_delivery_that_is_refused_leaves_the_others() {
    let folder = Folder::new();
    let mut store = folder.open();
    store
        .connection
        .execute_batch(
            "CREATE TRIGGER poison BEFORE INSERT ON siohook_delivery WHEN new.message_id = 'm-2'
             BEGIN SELECT raise(ABORT, 'a@example.com'); END",
        )
        .unwrap();
    let twice = Accept {
        handlers: vec!["grant", "mail", "grant"],
        ..delivery("m-3")
    };
    let answers = group(&mut store, |store| {
        [
            store.accept(NOW, &delivery("m-1"), false),
            store.accept(NOW, &delivery("m-2"), false),
            store.accept(NOW, &twice, false),
            store.accept(NOW, &delivery("m-4"), false),
        ]
    });
    let [first, poisoned, twice, last] = answers;
    assert!(first.is_ok() && last.is_ok());
    for refused in [poisoned, twice] {
        let error = refused.unwrap_err();
        assert_error(
            &folder,
            &error,
            StoreErrorKind::Row,
            &["can't store this delivery"],
        );
        assert!(!error.to_string().contains("example.com"));
    }
    assert_eq!(number(&store, "SELECT count(*) FROM siohook_delivery"), 2);
    assert_eq!(number(&store, "SELECT count(*) FROM siohook_run"), 4);
}

#[test]
fn a_constraint_that_ends_the_transaction_concerns_all() {
    let folder = Folder::new();
    let mut store = folder.open();
    store
        .connection
        .execute_batch(
            "CREATE TRIGGER poison BEFORE INSERT ON siohook_delivery
             BEGIN SELECT raise(ROLLBACK, 'all of it'); END",
        )
        .unwrap();
    store.begin().unwrap();
    let error = store.accept(NOW, &delivery("m-1"), false).unwrap_err();
    assert_eq!(error.kind, StoreErrorKind::Unavailable);
    store.rollback();
    store.check().unwrap();
}
