//! Pages of the file that were overwritten.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use siohook::ReplyOutcome;
use siohook_inbox::InboxBuilder;

use crate::process::{Process, acknowledged};
use crate::program::{Program, is_shared, stored, wait_until};

/// Overwrites every second page, except the first ones with the schema.
fn overwrite_pages(folder: &Path) {
    let file = OpenOptions::new()
        .write(true)
        .open(folder.join("inbox.db"))
        .unwrap();
    let pages = file.metadata().unwrap().len() / 4096;
    assert!(pages > 30, "{pages}");
    for page in (20..pages).step_by(2) {
        file.write_all_at(&[0xa5; 4096], page * 4096).unwrap();
    }
}

/// Moves what is committed from the WAL to the database.
fn checkpoint(folder: &Path) {
    let file = rusqlite::Connection::open(folder.join("inbox.db")).unwrap();
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    file.query_row(checkpoint, [], |_| Ok(())).unwrap();
}

#[test]
fn damage_while_the_file_is_open_ends_the_acknowledgements() {
    if !is_shared() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = Program::open(folder.path(), &["a", "b", "c"]);
    for n in 0..400 {
        program.accept(n);
    }
    checkpoint(folder.path());
    let sound = fs::read(folder.path().join("inbox.db")).unwrap();
    overwrite_pages(folder.path());
    // Pages in memory are sound until another process changes the file.
    let shell = rusqlite::Connection::open(folder.path().join("inbox.db")).unwrap();
    shell
        .execute_batch("UPDATE siohook_schema SET version = version")
        .unwrap();
    drop(shell);
    let mut acknowledged: Vec<_> = (0..400).collect();
    wait_until("the damage is met", || {
        let n = acknowledged.len() as u64;
        let is_stored = program.send(n).outcome() == ReplyOutcome::Accepted;
        acknowledged.extend(is_stored.then_some(n));
        !is_stored
    });
    for n in 1000..1100 {
        let health = program.refuse(n);
        assert!(
            health.contains("inbox.db` is damaged; stop the program"),
            "{health}"
        );
        assert!(health.contains("restore a backup"), "{health}");
    }
    drop(program);

    // Those that were acknowledged after the damage are in the WAL.
    let file = OpenOptions::new()
        .write(true)
        .open(folder.path().join("inbox.db"))
        .unwrap();
    file.write_all_at(&sound, 0).unwrap();
    assert_eq!(stored(folder.path()), acknowledged);
}

#[test]
fn damage_is_found_when_a_killed_process_is_followed_by_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut killed = Process::start(folder.path(), "a,b");
    killed.ask("work");
    killed.ask("load");
    wait_until("there are many deliveries", || {
        acknowledged(folder.path()).len() > 1000
    });
    drop(killed);
    // A copy is whole with its WAL only.
    let whole = tempfile::tempdir().unwrap();
    for name in ["inbox.db", "inbox.db-wal"] {
        fs::copy(folder.path().join(name), whole.path().join(name)).unwrap();
    }
    checkpoint(folder.path());
    overwrite_pages(folder.path());
    let error = Program::try_open(folder.path(), &["a"], InboxBuilder::accept_volatile);
    let error = error.err().expect("it can't be opened").to_string();
    assert!(
        error.contains("inbox.db` is damaged; stop the program, and restore a backup"),
        "{error}"
    );

    Program::open(whole.path(), &["a", "b"]).accept(u64::MAX >> 2);
    let stored = stored(whole.path());
    let is_stored = |n: &u64| stored.binary_search(n).is_ok();
    assert!(acknowledged(folder.path()).iter().all(is_stored));
}
