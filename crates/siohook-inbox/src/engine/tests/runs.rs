//! From acceptance to an end, without an accident.

use super::on_each_store;
use super::process::{Told, dead, retry};
use crate::dead_reason::DeadReason;
use crate::store::{Ending, State};

#[test]
fn a_delivery_is_stored_and_starts_at_once() {
    on_each_store(|world| {
        let mut process = world.process(&["a", "b"]);
        assert!(process.accept(1));
        assert_eq!(process.running(), [(1, "a", 1), (1, "b", 1)]);
        assert_eq!(world.state(1, "a"), State::Running(process.worker));
        let row = world.row(1, "b");
        assert_eq!((row.attempts, row.crashes, row.due_at), (1, 0, world.now()));
    });
}

#[test]
fn a_copy_is_accepted_before_whatever_became_of_the_first() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        let first = process.send(1);
        let copy = process.send(1);
        process.turn();
        assert!(first.get().unwrap().unwrap());
        assert!(!copy.get().unwrap().unwrap(), "in one group");
        assert!(!process.accept(1), "while it runs");
        process.end(1, "a", retry(world.now() + 10));
        assert!(!process.accept(1), "while it waits");
        world.advance(10);
        process.turn();
        process.done(1, "a");
        assert!(!process.accept(1), "done");
        assert!(process.accept(2));
        process.end(2, "a", dead(DeadReason::Permanent));
        assert!(!process.accept(2), "dead");
        let mut other = world.accepting(&["a"]);
        assert!(!other.accept(1), "in another process");
        assert_eq!(world.rows().len(), 2);
    });
}

#[test]
fn a_delivery_without_handlers_is_stored_and_starts_nothing() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        let answer = process.send_to(1, vec![]);
        process.turn();
        assert!(answer.get().unwrap().unwrap());
        assert!(!process.accept(1));
        assert_eq!(process.running(), []);
    });
}

#[test]
fn what_is_done_never_runs_again() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        world.advance(5);
        process.done(1, "a");
        let row = world.row(1, "a");
        assert_eq!((row.state, row.ended_at), (State::Done, Some(world.now())));
        process.stop();
        let mut next = world.process(&["a"]);
        world.advance(7 * 24 * 3_600_000);
        next.turn();
        assert_eq!(next.running(), []);
    });
}

#[test]
fn a_retry_starts_exactly_when_it_is_due() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        let due = world.now() + 90_000;
        process.end(1, "a", retry(due));
        let row = world.row(1, "a");
        assert_eq!(
            (row.state, row.due_at, row.attempts),
            (State::Waiting, due, 1)
        );
        assert_eq!(row.error.as_deref(), Some("failed"));
        world.advance(89_999);
        process.turn();
        assert_eq!(process.running(), []);
        assert_eq!(
            process.patience().as_millis(),
            1,
            "the thread wakes when it is due"
        );
        world.advance(1);
        process.turn();
        assert_eq!(process.running(), [(1, "a", 2)]);
        process.done(1, "a");
        let row = world.row(1, "a");
        assert_eq!((row.state, row.attempts, row.error), (State::Done, 2, None));
    });
}

#[test]
fn a_retry_keeps_its_time_over_a_restart() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.end(1, "a", retry(world.now() + 60_000));
        drop(process);
        world.advance(59_999);
        let mut next = world.process(&["a"]);
        assert_eq!(next.running(), []);
        world.advance(1);
        next.turn();
        assert_eq!(next.running(), [(1, "a", 2)]);
    });
}

#[test]
fn a_retry_that_is_due_at_once_starts_at_once() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.end(1, "a", retry(world.now()));
        assert_eq!(process.running(), [(1, "a", 2)]);
    });
}

#[test]
fn a_dead_run_keeps_its_reason_and_its_letter_is_handed_over() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        for (number, reason) in (1..).zip(DeadReason::ALL) {
            process.accept(number);
            process.end(number, "a", dead(reason));
            let row = world.row(number, "a");
            assert_eq!(row.state, State::Dead(reason));
            assert_eq!(row.ended_at, Some(world.now()));
            assert_eq!(row.error.as_deref(), Some("dead"));
            assert_eq!(process.letters.pop().unwrap().reason(), reason);
        }
        world.advance(7 * 24 * 3_600_000);
        process.turn();
        assert_eq!(process.running(), []);
        // Those that were purged are not counted.
        assert_eq!(process.stats().dead(), DeadReason::ALL.len() as u64 - 1);
    });
}

#[test]
fn a_handler_does_not_hold_up_its_sibling() {
    on_each_store(|world| {
        let mut process = world.process(&["slow", "quick"]);
        process.accept(1);
        process.end(1, "quick", retry(world.now() + 1000));
        world.advance(1000);
        process.turn();
        process.done(1, "quick");
        assert_eq!(world.state(1, "quick"), State::Done);
        assert_eq!(process.running(), [(1, "slow", 1)]);
    });
}

#[test]
fn a_run_is_told_when_its_time_is_over() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        world.advance(599_999);
        process.accept(2);
        assert_eq!(process.told(1, "a"), Told::GoOn);
        assert_eq!(process.patience().as_millis(), 1);
        world.advance(1);
        process.turn();
        assert_eq!(process.told(1, "a"), Told::Expired);
        assert_eq!(process.told(2, "a"), Told::GoOn);
    });
}

#[test]
fn there_are_never_more_runs_than_room() {
    on_each_store(|mut world| {
        world.settings.running_at_most = 3;
        let mut process = world.process(&["a", "b"]);
        for number in 1..=4 {
            assert!(process.accept(number), "waiting is no reason to refuse");
            world.advance(1);
        }
        assert_eq!(process.running(), [(1, "a", 1), (1, "b", 1), (2, "a", 1)]);
        process.done(1, "a");
        assert_eq!(process.running(), [(1, "b", 1), (2, "a", 1), (2, "b", 1)]);
        let mut most = 0;
        while let Some(run) = process.runs.first().cloned() {
            process.done(run.number, run.key.handler);
            most = most.max(process.runs.len());
        }
        assert_eq!(most, 3);
        assert!(
            world
                .rows()
                .iter()
                .all(|(.., row)| row.state == State::Done && row.attempts == 1)
        );
    });
}

#[test]
fn a_process_without_room_sleeps_until_a_run_ends() {
    on_each_store(|mut world| {
        world.settings.running_at_most = 1;
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.end(1, "a", retry(world.now() + 10));
        process.accept(2);
        world.advance(10);
        process.turn();
        assert_eq!(process.running(), [(2, "a", 1)]);
        assert_eq!(process.patience().as_millis(), 250);
        process.done(2, "a");
        assert_eq!(process.running(), [(1, "a", 2)]);
    });
}

#[test]
fn a_delivery_with_more_handlers_than_there_is_room_runs_in_parts() {
    on_each_store(|mut world| {
        world.settings.running_at_most = 1;
        let mut process = world.process(&["a", "b", "c"]);
        process.accept(1);
        assert_eq!(process.running(), [(1, "a", 1)]);
        process.all_done();
        assert!(
            world
                .rows()
                .iter()
                .all(|(.., row)| row.state == State::Done)
        );
    });
}

#[test]
fn what_waits_comes_before_what_is_new() {
    on_each_store(|mut world| {
        world.settings.running_at_most = 1;
        let mut process = world.process(&["a"]);
        process.accept(1);
        world.advance(1);
        process.accept(2);
        world.advance(1);
        process.send_end(1, "a", Ending::Done);
        assert!(process.accept(3), "in the group in which 1 ends");
        assert_eq!(process.running(), [(2, "a", 1)]);
        process.done(2, "a");
        assert_eq!(process.running(), [(3, "a", 1)]);
    });
}

#[test]
fn a_delivery_does_not_overtake_one_that_needs_more_room() {
    on_each_store(|mut world| {
        world.settings.running_at_most = 1;
        let mut process = world.process(&["a", "b"]);
        process.send(1);
        process.send_to(2, vec!["a"]);
        process.turn();
        assert_eq!(process.running(), [(1, "a", 1)]);
    });
}

#[test]
fn a_run_that_is_given_back_runs_again_without_a_crash() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.end(1, "a", Ending::GivenBack);
        assert_eq!(process.running(), [(1, "a", 2)]);
        assert_eq!(world.row(1, "a").crashes, 0);
    });
}

#[test]
fn stats_count_what_is_not_done() {
    on_each_store(|mut world| {
        world.settings.running_at_most = 2;
        let mut process = world.process(&["a", "b"]);
        process.accept(1);
        world.advance(2000);
        process.accept(2);
        world.advance(3000);
        process.end(1, "a", dead(DeadReason::Permanent));
        process.done(1, "b");
        process.accept(3);
        let stats = process.stats();
        assert_eq!((stats.waiting(), stats.running(), stats.dead()), (2, 2, 1));
        assert_eq!(stats.orphans(), 0);
        assert_eq!(stats.oldest_waiting(), Some(std::time::Duration::ZERO));
        world.advance(4000);
        assert_eq!(
            process.stats().oldest_waiting(),
            Some(std::time::Duration::from_secs(4))
        );
        let [a, b] = stats.handlers() else {
            panic!("{stats:?}")
        };
        assert_eq!((a.id(), a.waiting(), a.running(), a.dead()), ("a", 1, 1, 1));
        assert_eq!((b.id(), b.waiting(), b.running(), b.dead()), ("b", 1, 1, 0));
        assert_eq!(
            a.dead_by_reason().collect::<Vec<_>>(),
            [(DeadReason::Permanent, 1)]
        );
    });
}
