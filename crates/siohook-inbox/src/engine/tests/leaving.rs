//! A process ends in good order.

use super::faulty::Fault;
use super::on_each_store;
use super::process::{Told, retry};
use crate::store::{Ending, State};

#[test]
fn a_drain_waits_for_runs_that_end_in_time() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.accept(2);
        let mut drained = process.drain(10_000);
        assert_eq!(drained.try_recv(), Ok(None));
        world.advance(5000);
        process.done(1, "a");
        assert_eq!(process.told(2, "a"), Told::GoOn);
        assert_eq!(drained.try_recv(), Ok(None));
        process.end(2, "a", retry(world.now()));
        let drained = drained.try_recv().unwrap().expect("nothing runs any more");
        assert_eq!((drained.ended, drained.given_back), (2, 0));
        assert_eq!(process.running(), [], "nothing starts any more");
        assert_eq!(world.state(1, "a"), State::Done);
        assert_eq!(world.state(2, "a"), State::Waiting);
    });
}

#[test]
fn a_drain_stops_what_does_not_end_in_time_without_a_crash() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        let mut drained = process.drain(10_000);
        world.advance(9_999);
        process.turn();
        assert_eq!(process.patience().as_millis(), 1);
        assert_eq!(process.told(1, "a"), Told::GoOn);
        world.advance(1);
        process.turn();
        assert_eq!(process.told(1, "a"), Told::GiveBack);
        process.end(1, "a", Ending::GivenBack);
        let drained = drained.try_recv().unwrap().expect("it was given back");
        assert_eq!((drained.ended, drained.given_back), (0, 1));
        let row = world.row(1, "a");
        assert_eq!(
            (row.state, row.crashes, row.attempts),
            (State::Waiting, 0, 1)
        );
        let next = world.process(&["a"]);
        assert_eq!(
            next.running(),
            [(1, "a", 2)],
            "at once, before the first process ends"
        );
    });
}

#[test]
fn a_drain_gives_back_what_blocks_after_another_second() {
    on_each_store(|world| {
        let mut process = world.process(&["a", "b"]);
        process.accept(1);
        let mut drained = process.drain(500);
        world.advance(500);
        process.turn();
        process.done(1, "b");
        world.advance(999);
        process.turn();
        assert_eq!(drained.try_recv(), Ok(None));
        world.advance(1);
        process.turn();
        let drained = drained.try_recv().unwrap().expect("it waits no longer");
        assert_eq!((drained.ended, drained.given_back), (1, 1));
        assert_eq!(
            (world.state(1, "a"), world.state(1, "b")),
            (State::Waiting, State::Done)
        );
        let mut next = world.process(&["a", "b"]);
        assert_eq!(next.running(), [(1, "a", 2)]);
        assert_eq!(next.runs[0].crashes, 0);
        process.done(1, "a");
        assert_eq!(world.state(1, "a"), State::Running(next.worker), "too late");
        drop(process);
        world.advance(3_600_000);
        next.turn();
        assert_eq!(
            world.row(1, "a").crashes,
            0,
            "what was drained left nothing"
        );
    });
}

#[test]
fn a_drain_of_an_idle_process_is_over_at_once() {
    on_each_store(|world| {
        for mut process in [world.process(&["a"]), world.accepting(&["a"])] {
            let drained = process
                .drain(10_000)
                .try_recv()
                .unwrap()
                .expect("nothing runs");
            assert_eq!((drained.ended, drained.given_back), (0, 0));
            let again = process.drain(10_000).try_recv().unwrap();
            assert_eq!(again, Some(drained));
        }
    });
}

#[test]
fn a_drained_process_stores_deliveries_and_starts_nothing() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        let mut drained = process.drain(10_000);
        assert!(process.accept(2), "while it is drained");
        process.done(1, "a");
        assert!(drained.try_recv().unwrap().is_some());
        assert!(process.accept(3), "when it was drained");
        process.work();
        process.turn();
        assert_eq!(process.running(), []);
        process.stop();
        let next = world.process(&["a"]);
        assert_eq!(next.running(), [(2, "a", 1), (3, "a", 1)]);
    });
}

#[test]
fn the_earliest_of_two_drains_counts_and_both_are_answered() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        let mut long = process.drain(u64::MAX);
        let mut short = process.drain(1000);
        world.advance(1000);
        process.turn();
        assert_eq!(process.told(1, "a"), Told::GiveBack);
        process.end(1, "a", Ending::GivenBack);
        let drained = short.try_recv().unwrap();
        assert_eq!(drained.map(|drained| drained.given_back), Some(1));
        assert_eq!(long.try_recv().unwrap(), drained);
    });
}

#[test]
fn a_drain_waits_until_ends_are_recorded() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.faults.set(Fault::Every("commit"));
        process.send_end(1, "a", Ending::Done);
        let mut drained = process.drain(10_000);
        assert_eq!(drained.try_recv(), Ok(None));
        process.faults.clear();
        world.advance(50);
        process.turn();
        assert!(drained.try_recv().unwrap().is_some());
        assert_eq!(world.state(1, "a"), State::Done);
    });
}

#[test]
fn runs_of_a_future_that_was_dropped_are_given_back() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.stop_work();
        assert_eq!(process.told(1, "a"), Told::GiveBack);
        process.end(1, "a", Ending::GivenBack);
        let row = world.row(1, "a");
        assert_eq!((row.state, row.crashes), (State::Waiting, 0));
        assert!(process.accept(2), "it still accepts");
        assert_eq!(process.running(), []);
        process.work();
        process.turn();
        assert_eq!(process.running(), [(1, "a", 2), (2, "a", 1)]);
    });
}

#[test]
fn runs_that_nothing_takes_any_more_are_given_back() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        // The future was dropped, and the writer does not know it yet.
        process.forget_jobs();
        assert!(process.accept(1));
        assert_eq!(world.state(1, "a"), State::Waiting);
        process.stop_work();
        process.work();
        process.turn();
        assert_eq!(process.running(), [(1, "a", 2)]);
        process.done(1, "a");
        let drained = process.drain(0).try_recv().unwrap();
        assert!(drained.is_some(), "nothing seems to run");
    });
}

#[test]
fn a_process_that_stops_gives_back_what_it_runs() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        let answer = process.send(2);
        process.send_end(1, "a", retry(world.now() + 1000));
        process.stop();
        assert!(
            answer.get().unwrap().unwrap(),
            "what was sent before is stored"
        );
        let next = world.process(&["a"]);
        assert_eq!(next.running(), [(2, "a", 1)]);
        assert_eq!(world.row(1, "a").due_at, world.now() + 1000);
    });
}

#[test]
fn a_process_that_can_not_retire_is_found_by_others() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.faults.set(Fault::Every("retire"));
        let mut drained = process.drain(0);
        world.advance(1000);
        process.turn();
        assert!(
            drained.try_recv().unwrap().is_some(),
            "it ends all the same"
        );
        assert_eq!(world.state(1, "a"), State::Running(process.worker));
        drop(process);
        let _next = world.process(&["a"]);
        assert_eq!(world.row(1, "a").crashes, 1);
    });
}
