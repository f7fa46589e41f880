//! Pages that were overwritten.

use std::io::{Seek as _, SeekFrom, Write as _};

use super::super::integrity::Background;
use super::*;

const PAGE: usize = 4096;

/// Leaves a file with many deliveries, as a process does that is killed, and overwrites pages of
/// the older ones. A check reads the newest first.
fn damaged() -> Folder {
    let folder = Folder::new();
    let store = folder.open();
    store
        .connection
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             INSERT INTO siohook_delivery (key, event, received_at, meta, body)
             SELECT i, 'SALE_NEW', i, '{}', zeroblob(1000) FROM n;",
        )
        .unwrap();
    number(&store, "PRAGMA wal_checkpoint(TRUNCATE)");
    let pages = number(&store, "PRAGMA page_count").unsigned_abs();
    drop(store);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(folder.path())
        .unwrap();
    for page in pages / 8..pages / 2 {
        file.seek(SeekFrom::Start(page * PAGE as u64)).unwrap();
        file.write_all(&[0xaa; PAGE]).unwrap();
    }
    folder
}

#[test]
fn damage_is_found_when_the_process_before_was_killed() {
    let folder = damaged();
    let error = SqliteStore::open(folder.settings()).unwrap_err();
    assert_error(
        &folder,
        &error,
        StoreErrorKind::Damaged,
        &["is damaged", "restore a backup"],
    );
    assert!(!folder.beside("-worker2").exists());
}

#[test]
fn damage_that_is_found_later_stops_the_store() {
    let folder = damaged();
    let store = SqliteStore::open(SqliteSettings {
        check_for: Duration::ZERO,
        ..folder.settings()
    });
    let mut store = store.unwrap();
    let [warning] = &store.warnings[..] else {
        panic!("{:?}", store.warnings)
    };
    assert!(
        warning.contains("inbox.db") && warning.contains("is checked now"),
        "{warning}"
    );
    store.background.as_mut().unwrap().wait();
    let parts = ["is damaged", "restore a backup"];
    assert_error(
        &folder,
        &store.check().unwrap_err(),
        StoreErrorKind::Damaged,
        &parts,
    );
    assert_error(
        &folder,
        &store.begin().unwrap_err(),
        StoreErrorKind::Damaged,
        &parts,
    );
}

#[test]
fn damage_that_is_met_stops_the_store() {
    let folder = damaged();
    let store = SqliteStore::open(SqliteSettings {
        skip_check: true,
        ..folder.settings()
    });
    let mut store = store.unwrap();
    assert!(store.warnings.is_empty() && store.background.is_none());
    store.check().unwrap();
    let error = store.read(500).unwrap_err();
    assert_error(&folder, &error, StoreErrorKind::Damaged, &["is damaged"]);
    assert_eq!(store.begin().unwrap_err().kind, StoreErrorKind::Damaged);
}

#[test]
fn an_exclusive_file_is_not_checked_in_the_background() {
    let folder = damaged();
    let store = SqliteStore::open(SqliteSettings {
        check_for: Duration::ZERO,
        exclusive: Some(true),
        ..folder.settings()
    });
    let store = store.unwrap();
    assert!(store.background.is_none());
    assert!(
        store
            .warnings
            .iter()
            .any(|warning| warning.contains("PRAGMA quick_check"))
    );
}

#[test]
fn a_file_that_was_closed_is_not_checked() {
    let folder = damaged();
    let shell = folder.shell();
    shell.execute("DELETE FROM siohook_worker", []).unwrap();
    drop(shell);
    folder.open();
}

#[test]
fn a_sound_file_passes() {
    let folder = Folder::new();
    drop(folder.open());
    let mut store = folder.open();
    assert!(store.warnings.is_empty());
    let mut background = Background::start(folder.path(), store.damage.clone());
    background.wait();
    store.check().unwrap();
}

#[test]
fn a_first_page_that_is_overwritten_is_damage() {
    let folder = Folder::new();
    let mut store = folder.open();
    accept(&mut store, "m-1", false);
    store.retire().unwrap();
    drop(store);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .open(folder.path())
        .unwrap();
    file.write_all(&[0xaa; 100]).unwrap();
    let error = SqliteStore::open(folder.settings()).unwrap_err();
    assert_error(
        &folder,
        &error,
        StoreErrorKind::Damaged,
        &["its first page is damaged"],
    );
}
