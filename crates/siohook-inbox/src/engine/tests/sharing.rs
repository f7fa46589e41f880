//! Several processes with one store, handlers that are gone, and clocks that go wrong.

use super::process::{Told, retry};
use super::{on_each_local_store, on_each_store};
use crate::store::State;

#[test]
fn what_one_process_accepts_another_runs() {
    on_each_store(|world| {
        let mut front = world.accepting(&["a"]);
        let mut worker = world.process(&["a"]);
        assert!(front.accept(1));
        assert_eq!(front.running(), []);
        assert_eq!(world.state(1, "a"), State::Waiting);
        assert!(
            worker.patience().as_millis() <= 20,
            "it looks for changes that often"
        );
        worker.turn();
        assert_eq!(worker.running(), [(1, "a", 1)]);
        front.turn();
        assert_eq!(front.running(), []);
    });
}

#[test]
fn a_process_that_is_alone_looks_for_changes_less_often() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        assert_eq!(process.patience().as_millis(), 250);
        let other = world.process(&["a"]);
        world.advance(1000);
        process.turn();
        assert_eq!(process.patience().as_millis(), 20);
        other.stop();
        world.advance(1000);
        process.turn();
        assert_eq!(process.patience().as_millis(), 250);
    });
}

#[test]
fn two_processes_come_to_rest() {
    on_each_local_store(|world| {
        let mut here = world.process(&["a"]);
        let mut there = world.process(&["a"]);
        here.accept(1);
        there.accept(2);
        for _ in 0..2 {
            here.turn();
            there.turn();
        }
        for process in [&mut here, &mut there] {
            process.faults.clear();
            process.turn();
            let calls = process.faults.calls();
            assert!(
                !calls.contains(&"begin"),
                "an empty group wakes the other process: {calls:?}"
            );
        }
    });
}

#[test]
fn two_processes_never_run_the_same() {
    on_each_store(|world| {
        let mut front = world.accepting(&["a", "b"]);
        for number in 1..=10 {
            front.accept(number);
        }
        let here = world.process(&["a", "b"]);
        let there = world.process(&["a", "b"]);
        assert_eq!((here.runs.len(), there.runs.len()), (20, 0));
    });
}

#[test]
fn a_process_claims_only_handlers_that_it_links() {
    on_each_store(|world| {
        let mut old = world.process(&["a"]);
        let new = world.accepting(&["a", "b"]);
        let mut front = world.accepting(&["a", "b"]);
        front.accept(1);
        old.turn();
        assert_eq!(old.running(), [(1, "a", 1)]);
        world.advance(120_000);
        old.turn();
        assert_eq!(world.row(1, "b").attempts, 0);
        assert!(
            world.row(1, "b").due_at < world.now(),
            "a process links it, so it is no orphan"
        );
        drop((new, front));
        let new = world.process(&["a", "b"]);
        assert_eq!(new.running(), [(1, "b", 1)]);
    });
}

#[test]
fn an_orphan_is_neither_run_nor_lost_nor_in_the_way() {
    on_each_store(|mut world| {
        world.settings.running_at_most = 1;
        let mut old = world.accepting(&["gone", "a"]);
        for number in 1..=3 {
            old.accept(number);
        }
        old.stop();
        let mut process = world.process(&["a"]);
        let mut done = 0;
        while let Some(run) = process.runs.first().cloned() {
            assert_eq!(run.key.handler, "a");
            process.done(run.number, "a");
            done += 1;
        }
        assert_eq!(done, 3);
        let row = world.row(1, "gone");
        assert_eq!((row.state, row.attempts), (State::Waiting, 0));
        assert_eq!(row.due_at, world.now() + 60_000, "it is put off");
        assert_eq!(process.stats().orphans(), 3);
        assert!(process.stats().handlers()[0].is_orphan());
        world.advance(60_000);
        process.turn();
        assert_eq!(world.row(1, "gone").due_at, world.now() + 60_000);
        assert_eq!(
            process.patience().as_millis(),
            250,
            "it does not keep the thread awake"
        );
    });
}

#[test]
fn an_orphan_runs_once_a_process_links_its_handler() {
    on_each_store(|world| {
        let mut old = world.accepting(&["b"]);
        old.accept(1);
        old.stop();
        let process = world.process(&["a"]);
        assert_eq!(world.row(1, "b").due_at, world.now() + 60_000);
        let mut new = world.process(&["a", "b"]);
        assert_eq!(new.stats().orphans(), 0);
        world.advance(60_000);
        new.turn();
        assert_eq!(new.running(), [(1, "b", 1)]);
        drop(process);
    });
}

#[test]
fn an_orphan_that_crashed_makes_nothing_wait() {
    on_each_store(|world| {
        let mut old = world.process(&["b"]);
        old.accept(1);
        drop(old);
        let mut process = world.process(&["a"]);
        assert_eq!(world.row(1, "b").crashes, 1);
        world.advance(4000);
        process.accept(2);
        process.accept(3);
        assert_eq!(process.running(), [(2, "a", 1), (3, "a", 1)]);
    });
}

#[test]
fn the_handler_of_a_process_that_ended_is_an_orphan() {
    on_each_store(|world| {
        let mut old = world.accepting(&["b"]);
        old.accept(1);
        let mut process = world.process(&["a"]);
        assert_eq!(process.stats().orphans(), 0);
        drop(old);
        world.advance(1000);
        process.turn();
        assert_eq!(process.stats().orphans(), 1);
    });
}

#[test]
fn a_process_that_only_accepts_takes_nothing_back() {
    on_each_store(|world| {
        let mut worker = world.process(&["a"]);
        worker.accept(1);
        drop(worker);
        let mut front = world.accepting(&["a"]);
        world.advance(10_000);
        front.turn();
        assert_eq!(world.row(1, "a").crashes, 0);
        assert!(!front.accept(1));
        let _worker = world.process(&["a"]);
        assert_eq!(world.row(1, "a").crashes, 1);
    });
}

#[test]
fn a_clock_that_is_set_back_delays_and_loses_nothing() {
    const HOUR: u64 = 3_600_000;
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.accept(2);
        let due = world.now() + 1000;
        process.end(1, "a", retry(due));
        world.clock.set_back(std::time::Duration::from_millis(HOUR));
        process.turn();
        process.accept(3);
        assert_eq!(
            process.running(),
            [(2, "a", 1), (3, "a", 1)],
            "what is new starts at once"
        );
        process.done(2, "a");
        process.end(3, "a", retry(world.now() + 1000));
        world.advance(1000);
        process.turn();
        assert_eq!(process.running(), [(3, "a", 2)]);
        process.done(3, "a");
        world.advance(HOUR - 1);
        process.turn();
        assert_eq!(process.running(), []);
        world.advance(1);
        process.turn();
        assert_eq!((world.now(), process.running()), (due, vec![(1, "a", 2)]));
    });
}

#[test]
fn a_clock_that_is_set_back_lets_nothing_wait_for_a_run_that_is_not_due_any_more() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        drop(process);
        let mut process = world.process(&["a"]);
        process.accept(2);
        world.advance(4000);
        process.turn();
        process.accept(3);
        assert_eq!(
            process.running(),
            [(2, "a", 1)],
            "1 waits until it is alone"
        );
        world.clock.set_back(std::time::Duration::from_millis(1));
        process.accept(4);
        assert_eq!(process.running(), [(2, "a", 1), (4, "a", 1)]);
    });
}

#[test]
fn a_clock_that_is_set_back_stretches_no_timeout() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        world.clock.set_back(std::time::Duration::from_secs(3600));
        world.advance(600_000);
        process.turn();
        assert_eq!(process.told(1, "a"), Told::Expired);
    });
}
