//! Several stores on one file, as several processes have them.

use super::*;
use crate::store::{Others, TakenBack, crash_delay, runs};

fn others(gone: &[i64], is_alone: bool) -> Others {
    Others {
        gone: gone.to_vec(),
        is_alone,
    }
}

fn take_back(store: &mut SqliteStore, gone: i64, limit: u32) -> TakenBack {
    group(store, |store| store.take_back(NOW, gone, limit).unwrap())
}

#[test]
fn a_worker_that_lives_is_not_robbed() {
    let folder = Folder::new();
    let (mut first, mut second) = (folder.open(), folder.open());
    let id = accept(&mut first, "m-1", true);
    assert_eq!(second.others().unwrap(), others(&[], false));
    assert_eq!(take_back(&mut second, first.worker(), 3).waiting, 0);
    // Nor does a store take back its own runs.
    let own = first.worker();
    assert_eq!(take_back(&mut first, own, 3).waiting, 0);
    assert!(end(&mut first, &run(id, "grant", 1), Ending::Done));
    assert!(folder.beside("-worker1").exists());
}

#[test]
fn runs_of_a_worker_that_is_gone_are_taken_back() {
    let folder = Folder::new();
    let mut store = folder.open();
    for crashes in 1..=3 {
        let mut killed = folder.open();
        let gone = killed.worker();
        if crashes == 1 {
            accept(&mut killed, "m-1", true);
        } else {
            let claim = group(&mut killed, |killed| killed.claimed_crashed(i64::MAX));
            assert_eq!(
                claim.unwrap(),
                [Claimed {
                    run: run(1, "grant", crashes),
                    crashes: crashes - 1,
                    uncounted: 0,
                }]
            );
        }
        drop(killed);
        assert_eq!(store.others().unwrap(), others(&[gone], true));
        assert!(folder.beside(&format!("-worker{gone}")).exists());
        let taken = take_back(&mut store, gone, 3);
        assert!(!folder.beside(&format!("-worker{gone}")).exists());
        assert_eq!(store.others().unwrap(), others(&[], true));
        if crashes == 1 {
            assert_eq!(taken.waiting, 2);
            // Leaves one for the next rounds.
            store
                .connection
                .execute(
                    "UPDATE siohook_run SET state = 'done' WHERE handler = 'mail'",
                    [],
                )
                .unwrap();
        }
        let stored = row(&store, 1, "grant");
        if crashes < 3 {
            let due = NOW + crash_delay(crashes);
            assert_eq!(
                stored,
                ("waiting".into(), due, crashes, crashes, false, None, None)
            );
            assert_eq!(runs(taken.dead), []);
        } else {
            assert_eq!(
                runs(taken.dead),
                [Claimed {
                    run: run(1, "grant", 3),
                    crashes: 3,
                    uncounted: 0,
                }]
            );
            let error = "the process ended while the handler ran, 3 times".to_owned();
            assert_eq!((stored.0, stored.3, stored.4), ("dead".into(), 3, false));
            assert_eq!((stored.5, stored.6), (Some("crashed".into()), Some(error)));
        }
    }
}

#[test]
fn a_dead_run_of_a_handler_that_is_not_linked_is_taken_back() {
    let folder = Folder::new();
    let mut killed = folder.open();
    accept(&mut killed, "m-1", true);
    drop(killed);
    let mut store = folder.open_with(&[]);
    let dead = take_back(&mut store, 1, 1).dead;
    assert_eq!(
        runs(dead)
            .iter()
            .map(|dead| dead.run.handler)
            .collect::<Vec<_>>(),
        ["grant", "mail"]
    );
}

#[test]
fn a_take_back_that_is_undone_can_be_made_again() {
    let folder = Folder::new();
    let mut killed = folder.open();
    accept(&mut killed, "m-1", true);
    drop(killed);
    let mut store = folder.open();
    store.begin().unwrap();
    assert_eq!(store.take_back(NOW, 1, 3).unwrap().waiting, 2);
    store.rollback();
    assert!(folder.beside("-worker1").exists());
    assert_eq!(store.others().unwrap(), others(&[1], true));
    assert_eq!(take_back(&mut store, 1, 3).waiting, 2);
    assert_eq!(take_back(&mut store, 1, 3).waiting, 0);
}

/// Runs as a process of its own, for the test below.
#[test]
#[ignore = "it waits to be killed"]
fn a_process_to_kill() {
    let path = std::env::var_os("INBOX_TO_KILL").unwrap();
    let settings = SqliteSettings {
        path: path.into(),
        ..Folder::new().settings()
    };
    let mut store = SqliteStore::open(settings).unwrap();
    accept(&mut store, "m-1", true);
    eprintln!("accepted");
    std::thread::sleep(Duration::from_secs(600));
}

/// Ends its process with the test, however that ends.
#[cfg(unix)]
struct Child(std::process::Child);

#[cfg(unix)]
impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn a_process_is_robbed_when_it_is_killed_but_not_when_it_is_stopped() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};

    let folder = Folder::new();
    let process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture"])
        .arg("store::sqlite::tests::workers::a_process_to_kill")
        .env("INBOX_TO_KILL", folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut process = Child(process.unwrap());
    let lines = BufReader::new(process.0.stderr.take().unwrap()).lines();
    assert!(lines.map(Result::unwrap).any(|line| line == "accepted"));

    let mut store = folder.open();
    let stop = Command::new("kill")
        .arg("-STOP")
        .arg(process.0.id().to_string())
        .status();
    assert!(stop.unwrap().success());
    assert_eq!(store.others().unwrap(), others(&[], false));
    assert_eq!(take_back(&mut store, 1, 3).waiting, 0);
    drop(process);
    assert_eq!(store.others().unwrap(), others(&[1], true));
    assert_eq!(take_back(&mut store, 1, 3).waiting, 2);
    assert_eq!(store.read(1).unwrap().key, delivery("m-1").key);
}

#[test]
fn a_store_that_is_dropped_leaves_its_files() {
    let folder = Folder::new();
    let mut killed = folder.open();
    accept(&mut killed, "m-1", true);
    let before = folder.bytes();
    drop(killed);
    assert!(folder.bytes() == before);
    assert!(folder.beside("-worker1").exists());
}

#[test]
fn a_store_that_retires_gives_its_runs_back() {
    let folder = Folder::new();
    let mut store = folder.open();
    let id = accept(&mut store, "m-1", true);
    store.retire().unwrap();
    store.retire().unwrap();
    let wal = fs::metadata(folder.beside("-wal")).unwrap();
    assert_eq!(wal.len(), 0, "the file is whole without it");
    assert_eq!(
        row(&store, id, "grant"),
        ("waiting".into(), NOW, 1, 0, false, None, None)
    );
    assert_eq!(number(&store, "SELECT count(*) FROM siohook_worker"), 0);
    assert!(!folder.beside("-worker1").exists());
    // It can still accept, and an end that comes late is refused.
    accept(&mut store, "m-2", false);
    assert!(!end(&mut store, &run(id, "grant", 1), Ending::Done));
    assert_eq!(number(&store, "SELECT count(*) FROM siohook_worker"), 0);
    drop(store);
    assert_eq!(folder.open().worker(), 2, "ids are not used again");
}

/// Elsewhere, an open file can't be deleted.
#[cfg(unix)]
#[test]
fn a_worker_whose_lock_file_is_gone_registers_again() {
    let folder = Folder::new();
    let (mut first, mut second) = (folder.open(), folder.open());
    let id = accept(&mut first, "m-1", true);
    fs::remove_file(folder.beside("-worker1")).unwrap();
    assert_eq!(second.others().unwrap().gone, [1]);
    assert_eq!(take_back(&mut second, 1, 3).waiting, 2);

    assert!(
        !end(&mut first, &run(id, "grant", 1), Ending::Done),
        "it lost the run"
    );
    assert_eq!(second.others().unwrap(), others(&[], false));
    assert!(first.has_crashed(NOW + crash_delay(1)).unwrap());
    let one = group(&mut first, |first| {
        first.claimed_crashed(NOW + crash_delay(1))
    });
    assert_eq!(
        one.unwrap(),
        [Claimed {
            run: run(id, "grant", 2),
            crashes: 1,
            uncounted: 0,
        }]
    );
    assert_eq!(take_back(&mut second, 1, 3).waiting, 0);
    assert!(end(&mut first, &run(id, "grant", 2), Ending::Done));
}

#[test]
fn an_owner_without_a_row_is_gone() {
    let folder = Folder::new();
    let mut killed = folder.open();
    accept(&mut killed, "m-1", true);
    drop(killed);
    let mut store = folder.open();
    store
        .connection
        .execute("DELETE FROM siohook_worker WHERE id = 1", [])
        .unwrap();
    assert_eq!(store.others().unwrap().gone, [1]);
    assert_eq!(take_back(&mut store, 1, 3).waiting, 2);
}

/// Elsewhere, an open file can't be deleted.
#[cfg(unix)]
#[test]
fn a_lock_that_another_file_left_is_not_taken() {
    let folder = Folder::new();
    let old = folder.open();
    // The old process goes on with a file that has no name any more.
    for suffix in ["", "-wal", "-shm"] {
        fs::remove_file(folder.beside(suffix)).unwrap();
    }
    let new = folder.open();
    assert_eq!((old.worker(), new.worker()), (1, 2));
    assert_eq!(number(&new, "SELECT count(*) FROM siohook_worker"), 1);
}

#[test]
fn a_change_of_another_worker_is_seen_once() {
    let folder = Folder::new();
    let (mut first, mut second) = (folder.open(), folder.open());
    let _ = (first.has_changed(), second.has_changed());
    accept(&mut first, "m-1", false);
    assert!(!first.has_changed().unwrap());
    assert!(second.has_changed().unwrap());
    assert!(!second.has_changed().unwrap());
    let mut run = claim(&mut second, NOW).remove(0).run;
    assert!(first.has_changed().unwrap());
    run.attempt = 1;
    assert!(!end(&mut first, &run, Ending::Done));
    assert!(end(&mut second, &run, Ending::Done));
}

/// Elsewhere, an open file can't be deleted.
#[cfg(unix)]
#[test]
fn a_store_whose_file_was_replaced_leaves_the_new_one_alone() {
    let folder = Folder::new();
    let mut old = folder.open();
    accept(&mut old, "m-1", true);
    old.retire().unwrap();
    for suffix in ["", "-wal", "-shm"] {
        fs::remove_file(folder.beside(suffix)).unwrap();
    }
    let mut new = folder.open();
    let id = accept(&mut new, "m-2", true);
    drop(old);
    // What is not in the WAL is lost.
    drop(new);
    assert_eq!(folder.open().read(id).unwrap().key, delivery("m-2").key);
}
