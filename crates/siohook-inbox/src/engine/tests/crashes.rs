//! A process ends while handlers run in it.

use super::on_each_store;
use super::process::{Process, retry};
use super::world::{World, key};
use crate::dead_reason::{DeadReason, crashed_text};
use crate::store::{Ending, State, crash_delay};

/// A run of `a` that crashed once waits for its time alone, 4 seconds from now.
fn crashed(world: &World, number: u64) -> Process {
    let mut process = world.process(&["a"]);
    process.accept(number);
    drop(process);
    world.process(&["a"])
}

#[test]
fn a_crash_between_commit_and_answer_loses_nothing() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        let answer = process.send(1);
        process.turn();
        drop((answer, process));
        let mut next = world.process(&["a"]);
        assert!(!next.accept(1), "the sender tries again");
        world.advance(4000);
        next.turn();
        assert_eq!(next.running(), [(1, "a", 2)]);
    });
}

#[test]
fn a_crash_before_the_commit_stores_nothing() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.send(1);
        drop(process);
        assert_eq!(world.rows(), []);
        assert!(world.process(&["a"]).accept(1));
    });
}

#[test]
fn a_run_whose_process_ended_waits_for_its_delay() {
    on_each_store(|world| {
        let mut next = crashed(&world, 1);
        let row = world.row(1, "a");
        assert_eq!(
            (row.state, row.crashes, row.attempts),
            (State::Waiting, 1, 1)
        );
        assert_eq!(row.due_at, world.now() + crash_delay(1));
        world.advance(3999);
        next.turn();
        assert_eq!(next.running(), []);
        world.advance(1);
        next.turn();
        assert_eq!(next.running(), [(1, "a", 2)]);
        assert_eq!(next.runs[0].crashes, 1);
    });
}

#[test]
fn a_process_that_lives_finds_one_that_ended_within_a_second() {
    on_each_store(|world| {
        let mut here = world.process(&["a"]);
        let mut there = world.process(&["a"]);
        there.accept(1);
        let gone = there.worker;
        drop(there);
        here.turn();
        assert_eq!(
            world.state(1, "a"),
            State::Running(gone),
            "it has looked a moment ago"
        );
        world.advance(1000);
        here.turn();
        here.faults.clear();
        assert_eq!(world.state(1, "a"), State::Waiting);
        assert_eq!(world.row(1, "a").crashes, 1);
        world.advance(4000);
        here.turn();
        assert_eq!(here.running(), [(1, "a", 2)]);
        assert!(!here.faults.calls().contains(&"take_back"), "once");
    });
}

#[test]
fn a_process_that_lives_is_not_robbed() {
    on_each_store(|world| {
        let mut here = world.process(&["a"]);
        let mut there = world.process(&["a"]);
        there.accept(1);
        world.advance(24 * 3_600_000);
        here.turn();
        assert_eq!(here.running(), []);
        assert_eq!(world.state(1, "a"), State::Running(there.worker));
    });
}

#[test]
fn an_end_that_was_recorded_outlives_the_process() {
    on_each_store(|world| {
        let mut process = world.process(&["a", "b"]);
        process.accept(1);
        process.done(1, "a");
        process.send_end(1, "b", Ending::Done);
        drop(process);
        let _next = world.process(&["a", "b"]);
        assert_eq!(world.state(1, "a"), State::Done);
        assert_eq!(world.row(1, "b").crashes, 1, "its record was not made");
    });
}

#[test]
fn a_run_that_crashed_waits_until_nothing_else_runs() {
    on_each_store(|world| {
        let mut process = crashed(&world, 1);
        process.accept(2);
        assert_eq!(process.running(), [(2, "a", 1)], "it is not due yet");
        process.accept(3);
        process.end(3, "a", retry(world.now() + 4000));
        world.advance(4000);
        process.turn();
        assert_eq!(process.running(), [(2, "a", 1)], "it is due, and so is 3");
        assert!(process.accept(4), "stored all the same");
        assert_eq!(process.running(), [(2, "a", 1)]);
        process.done(2, "a");
        assert_eq!(process.running(), [(1, "a", 2)]);
    });
}

#[test]
fn a_run_that_crashed_runs_alone() {
    on_each_store(|world| {
        let mut process = crashed(&world, 1);
        world.advance(4000);
        process.turn();
        assert_eq!(process.running(), [(1, "a", 2)]);
        assert!(process.accept(2));
        world.advance(3_600_000);
        process.turn();
        assert_eq!(process.running(), [(1, "a", 2)]);
        assert_eq!(process.patience().as_millis(), 250, "the thread sleeps");
        process.done(1, "a");
        assert_eq!(process.running(), [(2, "a", 1)], "then the others");
    });
}

#[test]
fn runs_that_crashed_run_one_after_another() {
    on_each_store(|world| {
        let mut process = world.process(&["a", "b"]);
        process.accept(1);
        drop(process);
        let mut process = world.process(&["a", "b"]);
        world.advance(4000);
        process.turn();
        assert_eq!(process.runs.len(), 1);
        process.accept(2);
        let first = process.runs[0].clone();
        process.done(first.number, first.key.handler);
        assert_eq!(process.runs.len(), 1);
        let second = process.runs[0].clone();
        assert_eq!(second.crashes, 1);
        process.done(second.number, second.key.handler);
        assert_eq!(process.running(), [(2, "a", 1), (2, "b", 1)]);
    });
}

#[test]
fn a_run_that_crashed_in_the_same_process_fails_and_leaves_room() {
    on_each_store(|world| {
        let mut process = crashed(&world, 1);
        world.advance(4000);
        process.turn();
        process.accept(2);
        process.end(1, "a", retry(world.now() + 1000));
        assert_eq!(process.running(), [(2, "a", 1)]);
        process.done(2, "a");
        world.advance(1000);
        process.turn();
        assert_eq!(process.running(), [(1, "a", 3)]);
    });
}

#[test]
fn another_process_takes_the_run_that_others_wait_for() {
    on_each_store(|world| {
        let mut here = crashed(&world, 1);
        here.accept(2);
        world.advance(4000);
        here.turn();
        here.accept(3);
        assert_eq!(here.running(), [(2, "a", 1)], "1 waits until 2 has ended");
        let there = world.process(&["a"]);
        assert_eq!(there.running(), [(1, "a", 2)]);
        here.turn();
        assert_eq!(
            here.running(),
            [(2, "a", 1), (3, "a", 1)],
            "there is no reason to wait"
        );
    });
}

#[test]
fn the_third_crash_is_the_last() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        for crashes in 1..3 {
            drop(process);
            process = world.process(&["a"]);
            let row = world.row(1, "a");
            assert_eq!((row.state, row.crashes), (State::Waiting, crashes));
            world.advance(crash_delay(crashes).unsigned_abs());
            process.turn();
            assert_eq!(process.running(), [(1, "a", crashes + 1)]);
        }
        drop(process);
        let mut process = world.process(&["a"]);
        let row = world.row(1, "a");
        assert_eq!(row.state, State::Dead(DeadReason::Crashed));
        assert_eq!((row.crashes, row.attempts), (3, 3));
        assert_eq!(row.ended_at, Some(world.now()));
        assert_eq!(row.error, Some(crashed_text(3)));
        let letter = process.letters.pop().unwrap();
        assert_eq!(
            (letter.reason(), letter.attempts()),
            (DeadReason::Crashed, 3)
        );
        assert_eq!(letter.key(), const_hex::encode(key(1)));
        world.advance(24 * 3_600_000);
        process.turn();
        assert_eq!(process.running(), []);
    });
}

#[test]
fn the_limit_of_crashes_can_be_one() {
    on_each_store(|mut world| {
        world.settings.crashes = 1;
        let _process = crashed(&world, 1);
        assert_eq!(world.state(1, "a"), State::Dead(DeadReason::Crashed));
    });
}

#[test]
fn an_end_of_a_process_that_lost_the_run_is_not_recorded() {
    on_each_store(|world| {
        let mut old = world.process(&["a"]);
        old.accept(1);
        let lost = old.runs[0].clone();
        // Blocks longer than a drain waits.
        let _drained = old.drain(0);
        world.advance(1000);
        old.turn();
        let mut new = world.process(&["a"]);
        assert_eq!(new.running(), [(1, "a", 2)]);
        old.done(1, "a");
        assert_eq!(world.state(1, "a"), State::Running(new.worker));
        new.end(1, "a", retry(world.now()));
        assert_eq!(new.running(), [(1, "a", 3)]);
        old.runs.push(lost);
        old.done(1, "a");
        assert_eq!(world.row(1, "a").attempts, 3);
        assert_eq!(world.state(1, "a"), State::Running(new.worker));
        new.done(1, "a");
        assert_eq!(world.state(1, "a"), State::Done);
    });
}

#[test]
fn an_end_of_an_earlier_start_in_the_same_process_is_not_recorded() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        let first = process.runs[0].clone();
        process.end(1, "a", retry(world.now()));
        let second = std::mem::replace(&mut process.runs, vec![first]);
        process.done(1, "a");
        assert_eq!(world.state(1, "a"), State::Running(process.worker));
        process.runs = second;
        process.done(1, "a");
        assert_eq!(world.state(1, "a"), State::Done);
    });
}

#[test]
fn ids_of_workers_are_never_used_again() {
    on_each_store(|world| {
        let mut last = 0;
        for is_killed in [true, false, true, false] {
            let process = world.process(&["a"]);
            assert!(process.worker > last);
            last = process.worker;
            if is_killed {
                drop(process);
            } else {
                process.stop();
            }
        }
    });
}

#[test]
fn a_run_that_blocks_for_ever_does_not_keep_a_crashed_one_waiting() {
    on_each_store(|world| {
        let mut killed = world.process(&["a"]);
        killed.accept(1);
        drop(killed);
        let mut process = world.process(&["a"]);
        process.accept(2);
        world.advance(4000);
        process.turn();
        assert_eq!(process.running(), [(2, "a", 1)], "the crashed one waits");
        world.advance(600_999);
        process.turn();
        assert_eq!(process.running(), [(2, "a", 1)]);
        world.advance(1);
        process.turn();
        assert_eq!(process.running(), [(1, "a", 2), (2, "a", 1)]);
        process.accept(3);
        assert_eq!(process.running().len(), 2, "nothing starts beside it");
        process.done(1, "a");
        assert_eq!(process.running(), [(2, "a", 1), (3, "a", 1)]);
    });
}

#[test]
fn others_that_change_the_store_all_the_time_do_not_keep_a_crashed_run_waiting() {
    on_each_store(|world| {
        let mut killed = world.process(&["a"]);
        killed.accept(1);
        drop(killed);
        let mut process = world.process(&["a"]);
        process.accept(2);
        let mut other = world.accepting(&["b"]);
        world.advance(4000);
        process.turn();
        for number in 3..=10 {
            assert_eq!(process.running(), [(2, "a", 1)]);
            other.accept(number);
            world.advance(601_000 / 8);
            process.turn();
        }
        assert_eq!(process.running(), [(1, "a", 2), (2, "a", 1)]);
    });
}

#[test]
fn only_the_start_after_a_crash_is_alone() {
    on_each_store(|world| {
        let mut killed = world.process(&["a"]);
        killed.accept(1);
        drop(killed);
        let mut process = world.process(&["a"]);
        world.advance(4000);
        process.turn();
        process.end(1, "a", retry(world.now() + 1000));
        let row = world.row(1, "a");
        assert_eq!((row.attempts, row.crashes, row.uncounted), (2, 0, 1));
        process.accept(2);
        world.advance(1000);
        process.turn();
        assert_eq!(process.running(), [(1, "a", 3), (2, "a", 1)]);
    });
}
