//! A process is killed in the middle of each call of an operator, while another one accepts and works.
//! The store is right then, and the same call again does the rest.
#![cfg(unix)]

mod calls;
mod child;
mod store;
mod worker;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use siohook::testing::block_on;

use crate::calls::{CALLS, Call};
use crate::child::Child;
use crate::store::Store;
use crate::worker::Worker;

#[test]
#[ignore = "other tests start it as a process of its own"]
fn child() {
    child::serve();
}

#[test]
fn each_call_is_killed_half_way_on_a_file() {
    if rusqlite::version_number() < 3_051_003 {
        // It keeps the file for one connection.
        return;
    }
    for call in CALLS {
        check(call, Store::file);
    }
    check_backup();
}

#[test]
fn each_call_is_killed_half_way_on_a_server() {
    let Some(server) = test_postgres::shared() else {
        return;
    };
    for call in CALLS {
        check(call, || Store::database(server));
    }
}

/// How often a call is tried that may end before the kill.
const TRIES: usize = 10;

fn check(call: &Call, store: impl Fn() -> Store) {
    if call.is_one_change {
        // Which part of it is done can't be seen.
        let after = [0, 1, 2, 4, 8].map(Duration::from_millis);
        for after in after {
            check_once(call, &store(), |_| thread::sleep(after));
        }
        return;
    }
    let was_half_way = (0..TRIES).any(|_| {
        let store = store();
        check_once(call, &store, |child| {
            let all = store.count(call.left);
            wait_until("some are done", || {
                store.count(call.left) < all || child.has_ended()
            });
        })
    });
    assert!(was_half_way, "{}: no kill came in the middle", call.name);
}

/// Returns whether the kill came in the middle.
fn check_once(call: &Call, store: &Store, until: impl FnOnce(&mut Child)) -> bool {
    store.fill(call.runs);
    let left = || store.count(call.left);
    let total = left();
    assert!(total > 0, "{}", call.name);
    let worker = Worker::start(store);

    let before = store.connections();
    let mut child = Child::start(store, call);
    child.go();
    until(&mut child);
    child.kill();
    wait_until("the server knows", || store.connections() <= before);

    let rest = left();
    let is_right = |when: &str| {
        for wrong in [call.wrong, store::BROKEN, store::HALF_ERASED] {
            assert_eq!(store.count(wrong), 0, "{}, {when}: {wrong}", call.name);
        }
    };
    is_right("killed");
    if call.is_one_change {
        assert!(
            rest == 0 || rest == total,
            "{}: {rest} of {total}",
            call.name
        );
    }
    let operator = block_on(store.builder().operator()).unwrap();
    let again = block_on((call.carry_out)(operator));
    assert_eq!(again, rest, "{}, the rest of {total}", call.name);
    assert_eq!(left(), 0, "{}", call.name);
    is_right("ended");
    worker.finish(call.runs_again);
    store.check();
    rest > 0
}

#[track_caller]
fn wait_until(what: &str, mut is_true: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "not yet: {what}"
        );
    }
}

/// A backup has its name only when it is whole.
fn check_backup() {
    let was_half_way = (0..TRIES).any(|_| {
        let store = Store::file();
        store.fill(CALLS[0].runs);
        let worker = Worker::start(&store);
        let (copy, part) = (store.beside("copy.db"), store.beside("copy.db.part"));
        let mut child = Child::start(&store, &calls::BACKUP);
        child.go();
        let is_begun = || fs::metadata(&part).is_ok_and(|it| it.len() > 0);
        wait_until("a part is written", || is_begun() || child.has_ended());
        child.kill();
        let was_half_way = !copy.exists();
        let operator = block_on(store.builder().operator()).unwrap();
        if was_half_way {
            let refused = block_on(operator.backup(&copy)).unwrap_err().to_string();
            assert!(
                refused.contains("was interrupted; delete the file"),
                "{refused}"
            );
            fs::remove_file(&part).unwrap();
            block_on(operator.backup(&copy)).unwrap();
        }
        worker.finish(0);
        store.check();
        let stats =
            |store: &Store| store.count("SELECT count(*) FROM siohook.run WHERE state = 'dead'");
        assert_eq!(stats(&Store::copy(&copy)), stats(&store));
        was_half_way
    });
    assert!(was_half_way, "no kill came in the middle");
}
