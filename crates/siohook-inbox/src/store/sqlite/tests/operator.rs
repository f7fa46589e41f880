//! What an operator's connections do to a file.

use std::path::Path;
use std::thread;
use std::time::Instant;

use super::super::records::SqliteRecords;
use super::*;
use crate::InboxError;
use crate::dead_reason::DeadReason;
use crate::store::{Change, DeadQuery, DeliveryQuery, Filter, Records, RunId};

const HOUR: Millis = 60 * 60 * 1000;

impl Folder {
    pub(super) fn records(&self) -> SqliteRecords {
        SqliteRecords::open(&self.settings()).unwrap()
    }

    /// Adds deliveries with one dead run each.
    pub(super) fn add_dead(&self, count: usize) {
        let shell = self.shell();
        shell
            .execute_batch(&format!(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
                 INSERT INTO siohook_delivery (key, event, received_at, meta, body)
                 SELECT CAST(i AS BLOB), 'SALE_NEW', i, '{{}}', x'7b7d' FROM n;
                 INSERT INTO siohook_run (delivery, handler, state, due_at, attempts, ended_at, reason)
                 SELECT id, 'grant', 'dead', 0, 3, id, 'exhausted' FROM siohook_delivery;"
            ))
            .unwrap();
    }
}

fn runs(count: i64, change: &Change) -> Vec<(RunId, Change)> {
    let run = |delivery| RunId {
        delivery,
        handler: "grant".into(),
    };
    (1..=count).map(|id| (run(id), change.clone())).collect()
}

#[track_caller]
fn assert_refused(folder: &Folder, settings: &SqliteSettings, parts: &[&str]) {
    let error = SqliteRecords::open(settings).err().expect("it is refused");
    assert_error(folder, &error, StoreErrorKind::Unavailable, parts);
}

#[test]
fn what_is_no_inbox_is_left_as_it_is() {
    let folder = Folder::new();
    let settings = folder.settings();
    assert_refused(
        &folder,
        &settings,
        &["does not exist", "has opened as its inbox"],
    );
    assert!(!folder.path().exists(), "nothing is created");

    folder
        .shell()
        .execute_batch("CREATE TABLE shop (id)")
        .unwrap();
    let before = fs::read(folder.path()).unwrap();
    assert_refused(&folder, &settings, &["is not the file of an inbox"]);
    assert_eq!(fs::read(folder.path()).unwrap(), before);
    fs::remove_file(folder.path()).unwrap();

    fs::create_dir(folder.path()).unwrap();
    assert_refused(&folder, &settings, &["is a folder"]);
}

#[test]
fn tables_of_another_version_are_refused_and_not_migrated() {
    let folder = Folder::new();
    folder.open().retire().unwrap();
    let latest = super::super::schema::VERSION;
    let set = |version: i64| {
        let sql = "UPDATE siohook_schema SET version = ?1";
        folder.shell().execute(sql, [version]).unwrap();
    };
    for (version, part) in [
        (latest - 1, "open it once with a program of this version"),
        (latest + 2, "update siohook-inbox in this program"),
    ] {
        set(version);
        assert_refused(
            &folder,
            &folder.settings(),
            &[&format!("version {version}"), part],
        );
        let found = folder
            .shell()
            .query_row("SELECT version FROM siohook_schema", [], |row| {
                row.get::<_, i64>(0)
            });
        assert_eq!(found.unwrap(), version);
    }
    set(latest + 1);
    assert_eq!(folder.records().stats(NOW).unwrap().dead(), 0);
}

#[test]
fn an_operator_is_not_registered() {
    let folder = Folder::new();
    let mut store = folder.open();
    let mut records = folder.records();
    assert_eq!(records.stats(NOW).unwrap().dead(), 0);
    assert_eq!(number(&store, "SELECT count(*) FROM siohook_worker"), 1);
    store.has_changed().unwrap();
    records.deliveries(&DeliveryQuery::default(), 10).unwrap();
    assert!(!store.has_changed().unwrap(), "a read changes nothing");
    let id = accept(&mut store, "m-1", false);
    store.has_changed().unwrap();
    records.erase(NOW, &[id]).unwrap();
    assert!(store.has_changed().unwrap(), "a worker sees a change");
}

#[test]
fn a_file_for_one_connection_is_an_operators_when_no_program_has_it() {
    let folder = Folder::new();
    let settings = SqliteSettings {
        exclusive: Some(true),
        ..folder.settings()
    };
    let mut store = SqliteStore::open(settings.clone()).unwrap();
    accept(&mut store, "m-1", false);
    let parts = ["allows one connection at a time", "stop the program"];
    assert_refused(&folder, &settings, &parts);
    store.retire().unwrap();
    drop(store);
    let mut records = SqliteRecords::open(&settings).unwrap();
    let found = records.deliveries(&DeliveryQuery::default(), 10).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(records.erase(NOW, &[1]).unwrap().runs_stopped, 2);
    records.wipe().unwrap();
    let copy = folder.beside("-copy");
    records.backup(&copy).unwrap();
    let refused = SqliteStore::open(settings.clone());
    assert!(refused.is_err(), "the operator has it");
    drop(records);
    SqliteStore::open(settings).unwrap();
}

/// A file that is there no more is not written to.
#[test]
fn a_file_that_was_replaced_is_not_changed() {
    let folder = Folder::new();
    drop(folder.open());
    folder.add_dead(1);
    let mut records = folder.records();
    fs::rename(folder.path(), folder.beside("-moved")).unwrap();
    let retry = runs(1, &Change::Purge);
    let errors = [
        records.change(NOW, &retry).unwrap_err(),
        records.stats(NOW).unwrap_err(),
    ];
    for error in errors {
        let parts = ["was moved, deleted or replaced"];
        assert_error(&folder, &error, StoreErrorKind::Unavailable, &parts);
    }
}

#[test]
fn what_was_erased_is_in_no_file() {
    let folder = Folder::new();
    let mut store = folder.open();
    let id = accept(&mut store, "m-1", true);
    let dead = Ending::Dead {
        reason: DeadReason::Permanent,
        error: Some("jane@example.com is unknown".to_owned()),
    };
    assert!(end(&mut store, &run(id, "grant", 1), dead));
    let meta = "UPDATE siohook_delivery SET meta = '{\"version\":1,\"query\":\"to=jane-doe\"}'";
    store.connection.execute(meta, []).unwrap();
    let body = delivery("m-1").delivery.body().clone();
    let holds = |part: &[u8]| folder.bytes().windows(part.len()).any(|it| it == part);
    let personal: [&[u8]; 3] = [&body[..64], b"jane@example.com", b"jane-doe"];
    assert!(personal.iter().all(|part| holds(part)));

    let mut records = folder.records();
    let erased = records.erase(NOW, &[id]).unwrap();
    assert_eq!((erased.deliveries.changed, erased.runs_stopped), (1, 1));
    records.wipe().unwrap();
    assert!(!personal.iter().any(|part| holds(part)));
    // The run that was in progress is not this worker's any more.
    assert!(!end(&mut store, &run(id, "mail", 1), Ending::Done));
    let (state, .., has_owner, reason, error) = row(&store, id, "mail");
    assert_eq!((&*state, has_owner, error), ("dead", false, None));
    assert_eq!(reason.unwrap(), "erased");
    let meta = "SELECT meta = '{\"version\":1}' FROM siohook_delivery";
    assert_eq!(number(&store, meta), 1);
}

/// A program that reads for long keeps what was erased in the WAL.
#[test]
fn a_wipe_waits_for_readers() {
    let folder = Folder::new();
    let mut store = folder.open();
    let id = accept(&mut store, "m-1", false);
    let mut records = folder.records();
    let shell = folder.shell();
    shell
        .execute_batch("BEGIN; SELECT * FROM siohook_delivery")
        .unwrap();
    records.erase(NOW, &[id]).unwrap();
    let error = records.wipe().unwrap_err();
    let parts = ["is still in the WAL", "call it again"];
    assert_error(&folder, &error, StoreErrorKind::Unavailable, &parts);
    shell.execute_batch("COMMIT").unwrap();
    records.wipe().unwrap();
}

#[test]
fn a_backup_is_whole_and_private() {
    let folder = Folder::new();
    let mut store = folder.open();
    accept(&mut store, "m-1", true);
    let mut records = folder.records();
    let copy = folder.beside("-copy");
    records.backup(&copy).unwrap();
    accept(&mut store, "m-2", false);
    assert!(!folder.beside("-copy.part").exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        let mode = fs::metadata(&copy).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // It can be opened, by an operator and by a worker, who takes back what was in progress.
    let settings = SqliteSettings {
        path: copy,
        ..folder.settings()
    };
    let mut copied = SqliteRecords::open(&settings).unwrap();
    let found = copied.deliveries(&DeliveryQuery::default(), 10).unwrap();
    assert_eq!(found.len(), 1);
    let worker = SqliteStore::open(settings).unwrap().others().unwrap();
    assert_eq!(worker.gone, [1]);
}

#[test]
fn a_backup_overwrites_nothing() {
    let folder = Folder::new();
    let mut store = folder.open();
    accept(&mut store, "m-1", false);
    let mut records = folder.records();
    let mut refused = |to: &Path, part: &str| match records.backup(to) {
        Err(InboxError::Request(text)) => assert!(text.contains(part), "{text}"),
        other => panic!("{other:?}"),
    };
    let before = fs::read(folder.path()).unwrap();
    refused(&folder.path(), "exists already");
    refused(&folder.beside("-wal"), "exists already");
    refused(folder.path().parent().unwrap(), "exists already");
    #[cfg(unix)]
    {
        let link = folder.beside("-link");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        refused(&link, "exists already");
    }
    fs::write(folder.beside("-copy.part"), "half").unwrap();
    refused(&folder.beside("-copy"), "was interrupted");
    assert_eq!(fs::read(folder.beside("-copy.part")).unwrap(), b"half");
    let missing = folder.beside("-no/copy.db");
    let error = records.backup(&missing).unwrap_err().to_string();
    assert!(error.contains("folder does not exist"), "{error}");
    assert_eq!(fs::read(folder.path()).unwrap(), before);
}

#[test]
fn a_change_of_many_is_made_in_parts() {
    let folder = Folder::new();
    let mut store = folder.open();
    folder.add_dead(20_000);
    let mut records = folder.records();
    let retry = runs(20_000, &Change::Retry { due: NOW });
    let (mut rest, mut parts, mut longest) = (&retry[..], 0, Duration::ZERO);
    while !rest.is_empty() {
        let started = Instant::now();
        let done = records.change(NOW, rest).unwrap();
        longest = longest.max(started.elapsed());
        assert_eq!(done.changed, done.taken as u64);
        rest = &rest[done.taken..];
        parts += 1;
        // Each part is right as it is.
        let broken = "SELECT count(*) FROM siohook_run WHERE
             (state = 'dead') <> (reason IS NOT NULL) OR (state = 'waiting') <> (attempts = 0)";
        assert_eq!(number(&store, broken), 0);
    }
    assert!(parts > 1, "{parts} parts");
    // With the pause before it, the check of a slow machine, and the sync.
    assert!(longest < Duration::from_millis(500), "{longest:?}");
    assert_eq!(claim(&mut store, NOW).len(), 100);
}

/// Others get the lock between two parts.
#[test]
fn deliveries_are_accepted_during_a_long_change() {
    let folder = Folder::new();
    let mut store = SqliteStore::open(SqliteSettings {
        busy: Duration::from_secs(2),
        ..folder.settings()
    })
    .unwrap();
    folder.add_dead(20_000);
    let mut records = folder.records();
    thread::scope(|scope| {
        let changed = scope.spawn(move || {
            let purge = runs(20_000, &Change::Purge);
            let mut rest = &purge[..];
            while !rest.is_empty() {
                rest = &rest[records.change(NOW, rest).unwrap().taken..];
            }
        });
        let mut accepted = 0;
        while !changed.is_finished() {
            accept(&mut store, &format!("m-{accepted}"), false);
            accepted += 1;
        }
        assert!(accepted > 10, "{accepted} deliveries");
    });
}

#[test]
fn times_are_found_by_halves() {
    let folder = Folder::new();
    let mut store = folder.open();
    let shell = folder.shell();
    shell
        .execute_batch(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
             INSERT INTO siohook_delivery (id, key, event, received_at, meta)
             SELECT i, CAST(i AS BLOB), 'SALE_NEW', i * 3600000, '{}' FROM n;
             DELETE FROM siohook_delivery WHERE id % 7 = 3 OR id < 100 OR id BETWEEN 500 AND 700;
             -- The clock was set back by an hour and a half.
             UPDATE siohook_delivery SET received_at = received_at - 5400000 WHERE id > 2000;",
        )
        .unwrap();
    let mut records = folder.records();
    let all = records.deliveries(&DeliveryQuery::default(), 9999).unwrap();
    for (since, before) in (0..3100).step_by(37).map(|at| (at, 3100 - at * 2 / 3)) {
        let (since, before) = (since * HOUR, before * HOUR);
        let query = DeliveryQuery {
            filter: Filter {
                since,
                before,
                ..Filter::default()
            },
            state: None,
        };
        let found = records.deliveries(&query, 9999).unwrap();
        let found = found.iter().map(|delivery| delivery.id);
        let is_in = |time: Millis| since <= time && time < before;
        let expected = all.iter().filter(|it| is_in(it.received_at));
        assert!(found.eq(expected.map(|it| it.id)), "{since} {before}");
    }
    assert!(store.check().is_ok());
}

/// Those of a delivery are not cut apart.
#[test]
fn a_page_of_letters_ends_with_a_delivery() {
    let folder = Folder::new();
    let mut store = folder.open();
    for message in ["m-1", "m-2", "m-3"] {
        let id = accept(&mut store, message, true);
        for handler in ["grant", "mail"] {
            let dead = Ending::Dead {
                reason: DeadReason::Exhausted,
                error: None,
            };
            assert!(end(&mut store, &run(id, handler, 1), dead));
        }
    }
    let mut records = folder.records();
    let mut page = |below, limit| {
        let mut query = DeadQuery::default();
        query.filter.below = below;
        let letters = records.letters(&query, limit).unwrap();
        letters
            .into_iter()
            .map(|it| (it.id, it.handler))
            .collect::<Vec<_>>()
    };
    let both = |id| [(id, "mail".into()), (id, "grant".into())];
    assert_eq!(page(DeliveryId::MAX, 1), both(3));
    assert_eq!(page(3, 3), [both(2), both(1)].concat());
    assert_eq!(page(3, 0), []);
    assert_eq!(page(1, 9), []);
}

/// A row that a shell has changed.
#[test]
fn what_was_changed_by_hand_is_unreadable_and_hinders_no_other() {
    let folder = Folder::new();
    let mut store = folder.open();
    for message in ["m-1", "m-2"] {
        accept(&mut store, message, false);
    }
    let shell = folder.shell();
    shell
        .execute_batch("UPDATE siohook_delivery SET body = 'a text' WHERE id = 1")
        .unwrap();
    let mut records = folder.records();
    let bodies = records.bodies(0).unwrap();
    let readable = bodies.iter().map(|(id, stored)| (*id, stored.is_some()));
    assert_eq!(readable.collect::<Vec<_>>(), [(1, false), (2, true)]);
    assert!(records.bodies(2).unwrap().is_empty());
}
