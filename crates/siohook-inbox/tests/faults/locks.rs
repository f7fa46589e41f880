//! Other processes that hold a lock, or that are stopped.

use std::thread::sleep;
use std::time::{Duration, Instant};

use siohook::ReplyOutcome;

use crate::process::{Process, acknowledged};
use crate::program::{Ledger, Program, is_shared, stored, wait_until};

/// What a sender waits at most, and some time for a machine that is busy.
const PATIENCE: Duration = Duration::from_millis(3500);

#[test]
fn a_file_that_another_process_locks_takes_nothing_until_it_is_free() {
    if !is_shared() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger(folder.path().to_owned());
    let program = Program::open(folder.path(), &["a"]);
    program.work();
    ledger.hold();
    program.accept(1);
    wait_until("a handler runs", || ledger.started().len() == 1);

    let mut shell = Process::start(folder.path(), "a");
    assert_eq!(shell.ask("lock"), "locked");
    let started = Instant::now();
    ledger.release();
    wait_until("it ends", || ledger.ended().len() == 1);
    let health = program.refuse(2);
    assert!(
        started.elapsed() > Duration::from_secs(1),
        "it waits for the lock for a while"
    );
    assert!(
        health.contains("inbox.db` is locked by another process; close the shell"),
        "{health}"
    );
    sleep(Duration::from_secs(3).saturating_sub(started.elapsed()));
    assert_eq!(program.stats().running(), 1, "the end is not recorded yet");
    shell.ask("unlock");

    wait_until("the probe succeeds", || program.health().is_ok());
    program.accept(2);
    program.wait_until_idle();
    let ended: Vec<_> = ledger
        .ended()
        .into_iter()
        .map(|it| (it.n, it.attempt))
        .collect();
    assert_eq!(ended, [(1, 1), (2, 1)], "each ran once");
    drop((program, shell));
    assert_eq!(stored(folder.path()), [1, 2]);
}

#[test]
fn a_refusal_does_not_take_longer_when_there_is_more_to_do() {
    if !is_shared() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger(folder.path().to_owned());
    ledger.hold();
    let mut killed = Process::start(folder.path(), "a");
    killed.ask("work");
    assert_eq!(killed.ask("send 1"), "accepted");
    wait_until("a handler runs", || ledger.started().len() == 1);
    let program = Program::open(folder.path(), &["a"]);
    program.work();
    let mut shell = Process::start(folder.path(), "a");
    assert_eq!(shell.ask("lock"), "locked");
    // What it ran can't be taken back while the file is locked.
    drop(killed);
    for n in 2..5 {
        let started = Instant::now();
        assert_eq!(program.send(n).outcome(), ReplyOutcome::NotStored);
        assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
        sleep(Duration::from_millis(400));
    }
    shell.ask("unlock");
    ledger.release();
    wait_until("the run is taken back and ends", || {
        program.stats().waiting() + program.stats().running() == 0
    });
    assert_eq!(ledger.ended().len(), 1);
    assert_eq!(ledger.ended()[0].attempt, 2);
}

#[test]
fn a_process_that_is_stopped_is_not_robbed() {
    if !is_shared() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger(folder.path().to_owned());
    ledger.hold();
    let mut stopped = Process::start(folder.path(), "a");
    stopped.ask("work");
    assert_eq!(stopped.ask("send 1"), "accepted");
    wait_until("a handler runs", || ledger.started().len() == 1);
    let program = Program::open(folder.path(), &["a", "b"]);
    program.work();
    stopped.signal("STOP");
    ledger.release();
    // The other process looks for those that are gone each second.
    sleep(Duration::from_millis(2500));
    program.accept(2);
    wait_until("the other process goes on", || ledger.ended().len() == 2);
    wait_until("only the other one is left", || {
        program.stats().running() == 1
    });
    stopped.signal("CONT");
    program.wait_until_idle();
    let runs = |n| ledger.started().into_iter().filter(move |it| it.n == n);
    let processes: Vec<_> = runs(1).map(|it| (it.process, it.attempt)).collect();
    assert_eq!(processes, [(stopped.id(), 1)], "it ran once, where it was");
    assert_eq!(runs(2).count(), 2);
    assert_eq!(ledger.ended(), ledger.started());
}

#[test]
fn a_process_that_is_stopped_in_a_commit_holds_up_the_others_until_it_goes_on() {
    if !is_shared() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = Program::open(folder.path(), &["a"]);
    let mut stopped = Process::start(folder.path(), "a");
    assert_eq!(stopped.ask("load"), "loading");
    wait_until("it is under load", || {
        acknowledged(folder.path()).len() > 100
    });
    let shell = rusqlite::Connection::open(folder.path().join("inbox.db")).unwrap();
    shell.busy_timeout(Duration::ZERO).unwrap();
    wait_until("it is stopped in a commit", || {
        stopped.signal("STOP");

        let is_locked = shell.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_err();
        if !is_locked {
            stopped.signal("CONT");
        }
        is_locked
    });
    let started = Instant::now();
    let last = u64::MAX >> 2;
    let health = program.refuse(last);
    assert!(
        started.elapsed() > Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert!(health.contains("locked by another process"), "{health}");
    let before = acknowledged(folder.path()).len();
    stopped.signal("CONT");
    wait_until("the other process stores again", || {
        program.send(last).outcome() == ReplyOutcome::Accepted
    });
    wait_until("the one that was stopped goes on", || {
        acknowledged(folder.path()).len() > before
    });
    drop((stopped, program, shell));
    let stored = stored(folder.path());
    let mut expected = acknowledged(folder.path());
    expected.push(last);
    assert!(expected.iter().all(|n| stored.binary_search(n).is_ok()));
}
