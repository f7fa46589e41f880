use std::thread;
use std::time::Duration;

use siohook::testing::{Sample, delivery};

use super::*;
use crate::store::{Accepted, Shorthand as _};

fn accept() -> Accept {
    Accept {
        key: [1; 38],
        meta: "{}".to_owned(),
        delivery: delivery(&Sample::of("SALE_NEW")),
        handlers: vec!["a"],
    }
}

#[test]
fn a_transaction_that_was_not_committed_is_undone() {
    let memory = Memory::new();
    let mut store = memory.open(vec!["a"]);
    let rolls_back: [fn(MemoryStore); 2] = [|mut store| store.rollback(), drop];
    for roll_back in rolls_back {
        store.begin().unwrap();
        let accepted = store.accept(5, &accept(), true).unwrap();
        assert!(matches!(
            accepted,
            Accepted::Fresh {
                is_running: true,
                ..
            }
        ));
        roll_back(store);
        assert_eq!(memory.runs(), []);
        store = memory.open(vec!["a"]);
        assert_eq!(store.next_due(0).unwrap(), None, "nor is it in the index");
    }
    store.begin().unwrap();
    assert!(matches!(
        store.accept(5, &accept(), false).unwrap(),
        Accepted::Fresh { .. }
    ));
    store.commit().unwrap();
    assert_eq!(memory.runs().len(), 1);
    assert_eq!(store.next_due(0).unwrap(), Some(5));
}

#[test]
fn a_worker_sees_nothing_of_a_transaction_of_another() {
    let memory = Memory::new();
    let (mut store, mut other) = (memory.open(vec!["a"]), memory.open(vec!["a"]));
    assert!(store.has_changed().unwrap(), "the other was registered");
    store.begin().unwrap();
    store.accept(5, &accept(), false).unwrap();
    let reader = thread::spawn(move || {
        other.begin().unwrap();
        let claimed = other.claimed(5, 9).unwrap();
        other.commit().unwrap();
        claimed
    });
    thread::sleep(Duration::from_millis(20));
    assert!(!reader.is_finished());
    store.commit().unwrap();
    assert_eq!(reader.join().unwrap().len(), 1);
    assert!(store.has_changed().unwrap(), "it was claimed");
    assert!(!store.has_changed().unwrap());
}

#[test]
fn a_worker_that_lives_or_retired_is_not_taken_back() {
    let memory = Memory::new();
    let (mut store, mut other) = (memory.open(vec!["a"]), memory.open(vec!["a"]));
    other.begin().unwrap();
    other.accept(5, &accept(), true).unwrap();
    other.commit().unwrap();
    store.begin().unwrap();
    assert_eq!(store.take_back(5, other.worker(), 3).unwrap().waiting, 0);
    let run = RunKey {
        delivery: 1,
        handler: "a",
        attempt: 1,
    };
    let ending = Ending::Done;
    assert_eq!(
        store.end(5, &[End { run, ending }]).unwrap(),
        [false],
        "it is not this worker's"
    );
    store.commit().unwrap();
    other.retire().unwrap();
    other.retire().unwrap();
    drop(other);
    assert_eq!(
        store.others().unwrap(),
        Others {
            gone: vec![],
            is_alone: true
        }
    );
    let [(.., row)] = &memory.runs()[..] else {
        panic!("{memory:?}")
    };
    assert_eq!(
        (row.state, row.crashes, row.attempts),
        (State::Waiting, 0, 1)
    );
}
