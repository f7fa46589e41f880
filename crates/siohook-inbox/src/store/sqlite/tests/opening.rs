//! Where a file may lie, and what `open` says about it.

use std::io;
use std::path::Path;

use rusqlite::ffi;

use super::super::{connection, errors, place, schema};
use super::*;
use crate::store::{Migrate, Result};

fn open_error(settings: SqliteSettings) -> StoreError {
    match SqliteStore::open(settings) {
        Ok(_) => panic!("it opens"),
        Err(error) => error,
    }
}

#[cfg(unix)]
#[test]
fn only_this_user_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    let mut store = folder.open();
    accept(&mut store, "m-1", true);
    for suffix in ["", "-wal", "-shm", "-worker1"] {
        let mode = fs::metadata(folder.beside(suffix))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "inbox.db{suffix}");
    }
}

#[test]
fn a_connection_is_durable_and_discreet() {
    let folder = Folder::new();
    let store = folder.open();
    for (pragma, value) in [
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("wal_autocheckpoint", 4000),
        ("journal_size_limit", 64 << 20),
        ("cache_size", -16_384),
        ("busy_timeout", 100),
    ] {
        assert_eq!(
            number(&store, &format!("PRAGMA {pragma}")),
            value,
            "{pragma}"
        );
    }
    let mode: String = store
        .connection
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn what_is_deleted_is_overwritten() {
    let folder = Folder::new();
    let mut store = folder.open();
    let id = accept(&mut store, "m-1", false);
    let secret = b"a-text-that-is-erased";
    let body = [&secret[..], &[b'x'; 1000]].concat();
    store
        .connection
        .execute("UPDATE siohook_delivery SET body = ?1", [body])
        .unwrap();
    let checkpoint = |store: &SqliteStore| {
        number(store, "PRAGMA wal_checkpoint(TRUNCATE)");
        folder
            .bytes()
            .windows(secret.len())
            .any(|window| window == secret)
    };
    assert!(checkpoint(&store), "the test looks at the right place");
    store
        .connection
        .execute("DELETE FROM siohook_delivery WHERE id = ?1", [id])
        .unwrap();
    assert!(!checkpoint(&store));
    assert_eq!(number(&store, "SELECT count(*) FROM siohook_run"), 0);
}

#[test]
fn a_folder_that_is_missing_is_named() {
    let folder = Folder::new();
    for accept_volatile in [true, false] {
        let path = folder.path().join("missing").join("inbox.db");
        fs::create_dir_all(folder.path()).unwrap();
        let error = open_error(SqliteSettings {
            path,
            accept_volatile,
            ..folder.settings()
        });
        assert_error(
            &folder,
            &error,
            StoreErrorKind::Unavailable,
            &["create the folder"],
        );
    }
    let error = open_error(folder.settings());
    assert_error(
        &folder,
        &error,
        StoreErrorKind::Unavailable,
        &["is a folder"],
    );
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let folder = Folder::new();
    fs::write(
        folder.path(),
        "a text of some length that is no database at all".repeat(99),
    )
    .unwrap();
    let before = fs::read(folder.path()).unwrap();
    let error = open_error(folder.settings());
    let parts = ["is not an SQLite database", "set the path of another file"];
    assert_error(&folder, &error, StoreErrorKind::Damaged, &parts);
    assert!(
        fs::read(folder.path()).unwrap() == before,
        "it is left as it is"
    );
}

#[cfg(unix)]
#[test]
fn a_folder_or_file_without_rights_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::new();
    fs::set_permissions(folder.0.path(), fs::Permissions::from_mode(0o500)).unwrap();
    // The superuser may do anything.
    if fs::write(folder.beside("-probe"), "").is_err() {
        let error = open_error(folder.settings());
        assert_error(
            &folder,
            &error,
            StoreErrorKind::Unavailable,
            &["needs the right"],
        );
    }
    fs::set_permissions(folder.0.path(), fs::Permissions::from_mode(0o700)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_link_leads_to_the_file() {
    let folder = Folder::new();
    let real = folder.0.path().canonicalize().unwrap().join("real.db");
    std::os::unix::fs::symlink(&real, folder.path()).unwrap();
    fs::write(&real, "").unwrap();
    let mut store = folder.open();
    accept(&mut store, "m-1", false);
    assert!(place::beside(&real, "-wal").exists());
    assert!(place::beside(&real, "-worker1").exists());
}

#[test]
fn every_error_of_a_file_says_what_to_do() {
    use io::ErrorKind::*;

    let path = Path::new("/data/inbox.db");
    for (kind, what) in [
        (NotFound, "create the folder"),
        (
            PermissionDenied,
            "needs the right to read and write it, and its folder",
        ),
        (ReadOnlyFilesystem, "mount it read-write"),
        (StorageFull, "free some space"),
        (QuotaExceeded, "free some space"),
        (IsADirectory, "set the path of a file"),
        (NotADirectory, "set another path"),
        (Unsupported, "set a path on a local disk"),
        (Other, "check its disk"),
    ] {
        let text = errors::file_error(path, &kind.into()).to_string();
        assert!(text.starts_with("`/data/inbox.db` "), "{text}");
        assert!(text.contains(what), "{text}");
    }
}

#[test]
fn every_error_of_sqlite_says_what_to_do() {
    use StoreErrorKind::{Damaged, Unavailable};

    let path = Path::new("/data/inbox.db");
    for (code, kind, what) in [
        (
            ffi::SQLITE_BUSY,
            Unavailable,
            "close the shell or the program",
        ),
        (
            ffi::SQLITE_BUSY_RECOVERY,
            Unavailable,
            "close the shell or the program",
        ),
        (ffi::SQLITE_FULL, Unavailable, "free some space"),
        (
            ffi::SQLITE_READONLY,
            Unavailable,
            "needs the right to write it",
        ),
        (ffi::SQLITE_READONLY_DBMOVED, Unavailable, "put it back"),
        (ffi::SQLITE_IOERR_WRITE, Unavailable, "check its disk"),
        (
            ffi::SQLITE_CANTOPEN,
            Unavailable,
            "needs the right to read and write it",
        ),
        (
            ffi::SQLITE_PERM,
            Unavailable,
            "needs the right to read and write it",
        ),
        (ffi::SQLITE_NOMEM, Unavailable, "memory"),
        (ffi::SQLITE_CORRUPT, Damaged, "restore a backup"),
        (ffi::SQLITE_NOTADB, Damaged, "restore a backup"),
        (ffi::SQLITE_INTERRUPT, Unavailable, "try again"),
    ] {
        let secret = Some("a@example.com".to_owned());
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), secret);
        let error = errors::store_error(path, &error);
        let text = error.to_string();
        assert_eq!(error.kind, kind, "{text}");
        assert!(text.starts_with("`/data/inbox.db` "), "{text}");
        assert!(text.contains(what), "{text}");
        assert!(!text.contains("example.com"), "{text}");
    }
}

#[test]
fn no_error_of_a_row_holds_a_value() {
    let path = Path::new("/data/inbox.db");
    let folder = Folder::new();
    let store = folder.open();
    let wrong = |sql| {
        store
            .connection
            .query_row(sql, [], |row| row.get::<_, u32>(0))
            .unwrap_err()
    };
    for error in [
        wrong("SELECT 'a@example.com'"),
        wrong("SELECT 12345678901"),
        wrong("SELECT -12345678901"),
        wrong("SELECT 1 WHERE 0"),
        wrong("SELECT name FROM siohook_missing"),
    ] {
        let text = errors::store_error(path, &error).to_string();
        assert!(text.starts_with("`/data/inbox.db` "), "{text}");
        assert!(
            !text.contains("example.com") && !text.contains("12345678901"),
            "{text}"
        );
    }
    for (code, what) in [
        (ffi::SQLITE_TOOBIG, "larger"),
        (ffi::SQLITE_CONSTRAINT_CHECK, "constraint"),
    ] {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some("a value".into()));
        let error = errors::row_error(path, &error).unwrap();
        assert_eq!(error.kind, StoreErrorKind::Row);
        let text = error.to_string();
        assert!(
            text.contains("/data/inbox.db") && text.contains(what),
            "{text}"
        );
        assert!(!text.contains("a value"), "{text}");
    }
}

#[test]
fn memory_layers_and_networks_are_refused() {
    let path = Path::new("/data/inbox.db");
    for (magic, what) in [
        (0x0102_1994, "tmpfs"),
        (0x8584_58f6, "ramfs"),
        (0x794c_7630, "mount a volume"),
        (0x6969, "NFS"),
        (0xfe53_4d42, "SMB"),
        (0xff53_4d42, "CIFS"),
        (0x0102_1997, "9p"),
        (0x6573_5546, "FUSE"),
    ] {
        let text = place::refuse(path, magic).unwrap_err().to_string();
        assert!(text.starts_with("`/data/inbox.db` is on "), "{text}");
        assert!(
            text.contains(what) && text.contains("`accept_volatile()`"),
            "{text}"
        );
    }
    // ext4, XFS, Btrfs, ZFS, F2FS.
    for magic in [0xef53, 0x5846_5342, 0x9123_683e, 0x2fc1_2fc1, 0xf2f5_2010] {
        place::refuse(path, magic).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_in_memory_is_refused_unless_it_is_accepted() {
    let memory = Path::new("/dev/shm");
    let Ok(folder) = TempDir::new_in(memory).map(Folder) else {
        return;
    };
    let settings = |accept_volatile| SqliteSettings {
        accept_volatile,
        ..folder.settings()
    };
    if let Err(error) = SqliteStore::open(settings(false)) {
        assert_error(
            &folder,
            &error,
            StoreErrorKind::Unavailable,
            &["is on tmpfs"],
        );
        assert!(!folder.path().exists(), "nothing is left there");
    }
    accept(
        &mut SqliteStore::open(settings(true)).unwrap(),
        "m-1",
        false,
    );
}

#[test]
fn versions_of_sqlite_that_lose_commits_are_known() {
    for (version, loses) in [
        (3_006_023, false),
        (3_007_000, true),
        (3_040_001, true),
        (3_043_002, true),
        (3_044_000, true),
        (3_044_005, true),
        (3_044_006, false),
        (3_044_009, false),
        (3_045_000, true),
        (3_046_000, true),
        (3_049_002, true),
        (3_050_000, true),
        (3_050_006, true),
        (3_050_007, false),
        (3_051_000, true),
        (3_051_002, true),
        (3_051_003, false),
        (3_052_000, false),
        (4_000_000, false),
    ] {
        assert_eq!(connection::loses_commits(version), loses, "{version}");
    }
    assert!(connection::check_version(3_037_002).is_err());
    assert!(connection::check_version(3_038_000).is_ok());
}

#[test]
fn an_exclusive_file_is_for_one_process() {
    let folder = Folder::new();
    let exclusive = SqliteSettings {
        exclusive: Some(true),
        ..folder.settings()
    };
    let mut store = SqliteStore::open(exclusive.clone()).unwrap();
    accept(&mut store, "m-1", true);
    assert_eq!(
        store.others().unwrap(),
        crate::store::Others {
            gone: vec![],
            is_alone: true
        }
    );
    assert!(!store.has_changed().unwrap());
    assert!(!folder.beside("-shm").exists());

    let error = open_error(folder.settings());
    let parts = ["is locked by another process", "before 3.51.3"];
    assert_error(&folder, &error, StoreErrorKind::Unavailable, &parts);
    let error = open_error(exclusive.clone());
    let parts = [
        "is open already",
        "stop the program that has it open",
        rusqlite::version(),
    ];
    assert_error(&folder, &error, StoreErrorKind::Unavailable, &parts);

    drop(store);
    let mut store = SqliteStore::open(exclusive).unwrap();
    assert_eq!(store.others().unwrap().gone, [1]);
    accept(&mut store, "m-2", true);
}

/// A process that opens and closes a file by itself gives up the locks of its connections.
#[cfg(target_os = "linux")]
#[test]
fn open_leaves_the_locks_of_other_connections() {
    use std::os::unix::fs::MetadataExt as _;

    let folder = Folder::new();
    let exclusive = SqliteSettings {
        exclusive: Some(true),
        ..folder.settings()
    };
    let _store = SqliteStore::open(exclusive.clone()).unwrap();
    let inode = format!(":{} ", fs::metadata(folder.path()).unwrap().ino());
    let locks = || {
        let locks = fs::read_to_string("/proc/locks").unwrap();
        let ours = locks
            .lines()
            .filter(|line| line.contains("POSIX") && line.contains(&inode));
        ours.count()
    };
    let before = locks();
    assert!(before > 0);
    open_error(exclusive);
    // The list of all locks is not read at once, so it may miss one while others change.
    let is_as_before = || (0..50).any(|_| locks() == before);
    assert!(is_as_before());
}

#[test]
fn a_journal_other_than_the_wal_is_refused() {
    let folder = Folder::new();
    let memory = rusqlite::Connection::open_in_memory().unwrap();
    let error = connection::check_journal(&folder.path(), memory).unwrap_err();
    assert_error(
        &folder,
        &error,
        StoreErrorKind::Unavailable,
        &["set a path on a local disk"],
    );
}

#[test]
fn the_linked_version_decides_and_warns() {
    let folder = Folder::new();
    let store = SqliteStore::open(SqliteSettings {
        exclusive: None,
        ..folder.settings()
    });
    let store = store.unwrap();
    let is_affected = connection::loses_commits(rusqlite::version_number());
    assert_eq!(
        store.warnings.len(),
        usize::from(is_affected),
        "{:?}",
        store.warnings
    );
    assert_eq!(folder.beside("-shm").exists(), !is_affected);
    let warning = connection::exclusive_warning(&folder.path());
    assert!(
        warning.contains("inbox.db") && warning.contains("3.51.3"),
        "{warning}"
    );
}

#[test]
fn open_waits_for_a_lock() {
    let folder = Folder::new();
    drop(folder.open());
    let patient = SqliteSettings {
        busy: Duration::from_secs(10),
        ..folder.settings()
    };
    let shell = folder.shell();
    shell.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = open_error(folder.settings());
    assert_error(
        &folder,
        &error,
        StoreErrorKind::Unavailable,
        &["locked", "close the shell"],
    );
    let opened = std::thread::spawn(|| SqliteStore::open(patient).map(drop));
    std::thread::sleep(Duration::from_millis(300));
    shell.execute_batch("COMMIT").unwrap();
    opened.join().unwrap().unwrap();
}

#[test]
fn open_waits_until_the_journal_can_change() {
    let folder = Folder::new();
    let patient = SqliteSettings {
        busy: Duration::from_secs(10),
        ..folder.settings()
    };
    // The journal can't change while a file that has no WAL yet is read.
    let shell = folder.shell();
    shell
        .execute_batch("CREATE TABLE other (a); BEGIN; SELECT * FROM other")
        .unwrap();
    let opened = std::thread::spawn(|| SqliteStore::open(patient).map(drop));
    std::thread::sleep(Duration::from_millis(300));
    shell.execute_batch("COMMIT").unwrap();
    opened.join().unwrap().unwrap();
}

#[test]
fn many_processes_create_one_file() {
    let folder = Folder::new();
    let open = || -> Result<SqliteStore> {
        SqliteStore::open(SqliteSettings {
            busy: Duration::from_secs(10),
            ..folder.settings()
        })
    };
    let stores = std::thread::scope(|scope| {
        let opening = [(); 8].map(|()| scope.spawn(open));
        opening.map(|opening| opening.join().unwrap().unwrap())
    });
    let mut workers = stores.each_ref().map(SqliteStore::worker);
    workers.sort_unstable();
    assert_eq!(workers, [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn migrate_never_needs_the_tables() {
    let folder = Folder::new();
    let never = SqliteSettings {
        migrate: Migrate::Never,
        ..folder.settings()
    };
    let error = open_error(never.clone());
    let parts = ["does not exist", "`Migrate::Auto`"];
    assert_error(&folder, &error, StoreErrorKind::Unavailable, &parts);
    assert!(!folder.path().exists());
    fs::write(folder.path(), "").unwrap();
    let error = open_error(never.clone());
    let needs = format!("needs {}", schema::VERSION);
    let parts = ["has version 0", &needs, "`Migrate::Auto`"];
    assert_error(&folder, &error, StoreErrorKind::Unavailable, &parts);
    drop(folder.open());
    accept(&mut SqliteStore::open(never).unwrap(), "m-1", false);
}
