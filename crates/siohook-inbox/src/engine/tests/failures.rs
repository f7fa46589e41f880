//! The store fails.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::faulty::Fault;
use super::process::{Answer, Process, dead, retry};
use super::world::World;
use super::{on_each_local_store, on_each_store};
use crate::dead_reason::DeadReason;
use crate::store::{Ending, Row, State};

/// A process whose next turn does everything that a turn can do: it takes back a run (5) of a
/// process that ended, which is dead then, puts off an orphan (6), records three ends (1, 2, 3),
/// claims a run (4), and stores two deliveries (7, 8) and a copy (1).
fn busy(world: &mut World) -> (Process, Vec<(u64, Answer)>) {
    world.settings.crashes = 1;
    let mut process = world.process(&["a"]);
    for number in 1..=4 {
        process.accept(number);
    }
    process.end(4, "a", retry(world.now() + 1000));
    let mut killed = world.process(&["a"]);
    killed.accept(5);
    drop(killed);
    let mut stranger = world.accepting(&["x"]);
    stranger.accept(6);
    stranger.stop();
    world.advance(1000);
    process.send_end(1, "a", Ending::Done);
    process.send_end(2, "a", retry(world.now() + 1000));
    process.send_end(3, "a", dead(DeadReason::Permanent));
    let answers = [7, 8, 1]
        .map(|number| (number, process.send(number)))
        .into();
    process.started.clear();
    (process, answers)
}

/// The calls of such a turn.
const CALLS: [&str; 9] = [
    "begin",
    "claim",
    "commit",
    "has_changed",
    "has_due_orphans",
    "others",
    "put_off_orphans",
    "record",
    "take_back",
];

/// Lets a busy process finish, while senders try again what was not acknowledged.
fn finish(world: &World, process: &mut Process, mut refused: Vec<u64>) {
    process.faults.clear();
    for _ in 0..4 {
        world.advance(1000);
        process.turn();
        for number in refused.drain(..) {
            process.accept(number);
        }
        process.all_done();
    }
}

fn assert_finished(world: &World) {
    let rows = world.rows().into_iter().map(|(number, _, row)| {
        let Row {
            state, attempts, ..
        } = row;
        (number, state, attempts)
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| row.0);
    let expected = [
        (1, State::Done, 1),
        (2, State::Done, 2),
        (3, State::Dead(DeadReason::Permanent), 1),
        (4, State::Done, 2),
        (5, State::Dead(DeadReason::Crashed), 1),
        (6, State::Waiting, 0),
        (7, State::Done, 1),
        (8, State::Done, 1),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn whichever_call_fails_nothing_is_lost_and_nothing_is_acknowledged_that_is_not_stored() {
    let scenario = |world: &mut World, fault| {
        let (mut process, answers) = busy(world);
        process.faults.set(fault);
        process.turn_once();
        let calls = process.faults.calls();
        let mut refused = vec![];
        for (number, answer) in answers {
            let rows = world.rows();
            let is_stored = rows.iter().any(|row| row.0 == number);
            let is_copy = number == 1;
            if let Ok(is_new) = answer.get().expect("it is answered at once") {
                assert!(is_stored && is_new != is_copy, "{fault:?}");
            } else {
                assert_eq!(is_stored, is_copy, "{fault:?}");
                refused.push(number);
            }
        }
        for started in &process.started {
            let state = world.state(started.number, "a");
            assert_eq!(state, State::Running(process.worker), "{fault:?}");
        }
        finish(world, &mut process, refused);
        assert_finished(world);
        let mut started: Vec<_> = process
            .started
            .iter()
            .map(|run| (run.number, run.key.attempt))
            .collect();
        started.sort_unstable();
        assert_eq!(started, [(2, 2), (4, 2), (7, 1), (8, 1)], "{fault:?}");
        let mut letters: Vec<_> = process
            .letters
            .iter()
            .map(|it| it.reason().as_str())
            .collect();
        letters.sort_unstable();
        assert_eq!(letters, ["crashed", "permanent"], "{fault:?}");
        assert!(process.check().is_ok(), "{fault:?}");
        calls
    };
    let calls = Cell::new(0);
    on_each_local_store(|mut world| {
        let made = scenario(&mut world, Fault::Nth(usize::MAX));
        calls.set(made.len());
        let made: BTreeSet<_> = made.into_iter().collect();
        assert_eq!(made, BTreeSet::from(CALLS));
    });
    for nth in 0..calls.get() {
        on_each_local_store(|mut world| {
            scenario(&mut world, Fault::Nth(nth));
        });
    }
}

#[test]
fn whichever_answer_to_a_commit_is_lost_nothing_else_is() {
    on_each_store(|mut world| {
        let (mut process, answers) = busy(&mut world);
        // That of the runs that were taken back: the group goes on.
        process.faults.set(Fault::AfterCommit);
        process.turn_once();
        assert!(
            answers
                .into_iter()
                .all(|(_, answer)| answer.get().unwrap().is_ok())
        );
        finish(&world, &mut process, vec![]);
        assert_finished(&world);
    });
}

#[test]
fn a_delivery_whose_commit_was_not_answered_runs_and_its_copy_is_accepted_before() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.faults.set(Fault::AfterCommit);
        let answer = process.send(1);
        process.turn();
        assert!(answer.get().unwrap().is_err(), "503");
        assert_eq!(process.running(), [], "it is not known to be stored");
        assert_eq!(world.rows().len(), 1);
        world.advance(50);
        process.turn();
        assert_eq!(process.running(), [(1, "a", 2)]);
        assert!(!process.accept(1), "the copy");
        process.done(1, "a");
        assert_eq!(world.state(1, "a"), State::Done);
        assert_eq!(world.row(1, "a").crashes, 0);
    });
}

#[test]
fn a_claim_whose_commit_was_not_answered_is_made_again() {
    on_each_store(|mut world| {
        world.settings.running_at_most = 1;
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.end(1, "a", retry(world.now() + 10));
        world.advance(10);
        process.faults.set(Fault::AfterCommit);
        process.turn();
        assert_eq!(process.running(), []);
        assert_eq!(world.state(1, "a"), State::Running(process.worker));
        world.advance(50);
        process.turn();
        assert_eq!(process.running(), [(1, "a", 3)]);
    });
}

#[test]
fn ends_whose_commit_was_not_answered_count_once() {
    on_each_store(|mut world| {
        world.settings.running_at_most = 2;
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.accept(2);
        process.send_end(1, "a", Ending::Done);
        process.send_end(2, "a", dead(DeadReason::Permanent));
        process.faults.set(Fault::AfterCommit);
        process.turn();
        assert_eq!(process.letters.len(), 0, "it is not known to be recorded");
        let drained = process.drain(1000);
        world.advance(50);
        process.turn();
        assert_eq!(process.letters.len(), 1);
        assert_eq!(world.state(1, "a"), State::Done);
        assert_eq!(world.state(2, "a"), State::Dead(DeadReason::Permanent));
        let mut drained = drained;
        let drained = drained.try_recv().unwrap().expect("nothing runs any more");
        assert_eq!((drained.ended, drained.given_back), (2, 0));
    });
}

#[test]
fn commits_that_are_never_answered_stop_nothing_for_ever() {
    on_each_store(|mut world| {
        world.settings.running_at_most = 1;
        let mut process = world.process(&["a"]);
        for number in 1..=3 {
            process.faults.set(Fault::AfterCommit);
            process.send(number);
            process.turn();
            world.advance(50);
            process.faults.set(Fault::AfterCommit);
            process.turn();
            world.advance(50);
        }
        process.faults.clear();
        process.turn();
        process.all_done();
        assert_eq!(world.rows().len(), 3);
        assert!(
            world
                .rows()
                .iter()
                .all(|(.., row)| row.state == State::Done)
        );
    });
}

#[test]
fn ends_are_kept_and_tried_again_every_50_milliseconds_and_nothing_starts_meanwhile() {
    on_each_local_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.accept(2);
        process.end(2, "a", retry(world.now() + 1));
        world.advance(1);
        process.send_end(1, "a", Ending::Done);
        for _ in 0..20 {
            process.faults.set(Fault::Every("commit"));
            process.turn();
            assert_eq!(process.faults.calls().last(), Some(&"commit"));
            assert_eq!(process.patience().as_millis(), 50);
            assert_eq!(process.running(), []);
            assert_eq!(world.state(1, "a"), State::Running(process.worker));
            assert!(process.check().is_err(), "a readiness probe is told");
            let answer = process.send(3);
            world.advance(49);
            process.turn();
            assert!(answer.get().unwrap().is_err(), "refused without a wait");
            assert_eq!(process.faults.calls().last(), Some(&"commit"));
            assert_eq!(process.patience().as_millis(), 1);
            world.advance(1);
        }
        process.faults.clear();
        process.turn();
        assert_eq!(world.state(1, "a"), State::Done);
        assert_eq!(process.running(), [(2, "a", 2)]);
        assert!(process.accept(3));
        assert!(process.check().is_ok());
    });
}

#[test]
fn an_idle_process_is_ready_again_without_a_delivery() {
    on_each_store(|world| {
        for mut process in [world.accepting(&["a"]), world.process(&["a"])] {
            process.faults.set(Fault::Every("begin"));
            let answer = process.send(1);
            process.turn();
            assert!(answer.get().unwrap().is_err());
            assert!(process.check().is_err());
            process.faults.clear();
            world.advance(50);
            process.turn();
            assert!(process.check().is_ok());
            process.faults.set(Fault::Every("check"));
            assert!(process.check().is_err());
        }
    });
}

#[test]
fn a_row_that_cannot_be_stored_is_refused_alone() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.faults.set(Fault::Row);
        let poison = process.send(1);
        let other = process.send(2);
        process.turn();
        assert!(poison.get().unwrap().is_err());
        assert!(other.get().unwrap().unwrap());
        assert_eq!(process.running(), [(2, "a", 1)]);
        assert_eq!(world.rows().len(), 1);
        assert!(process.check().is_ok(), "the store is not to blame");
    });
}

#[test]
fn runs_of_a_process_that_ended_are_taken_back_as_soon_as_the_store_can() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        let mut killed = world.process(&["a"]);
        killed.accept(1);
        drop(killed);
        for call in ["others", "begin", "take_back", "commit"] {
            world.advance(1000);
            process.faults.set(Fault::Every(call));
            process.turn_once();
            assert_eq!(world.row(1, "a").crashes, 0, "{call}");
            assert!(process.faults.calls().contains(&call));
        }
        process.faults.clear();
        world.advance(1000);
        process.turn();
        assert_eq!(world.row(1, "a").crashes, 1);
    });
}

#[test]
fn a_disk_that_stays_full_does_not_fill_the_memory() {
    on_each_local_store(|mut world| {
        world.settings.running_at_most = 2;
        let mut process = world.process(&["a"]);
        for number in 1..=4 {
            process.accept(number);
        }
        process.faults.set(Fault::Every("commit"));
        process.send_end(1, "a", Ending::Done);
        process.send_end(2, "a", Ending::Done);
        for _ in 0..20 {
            process.turn_once();
            world.advance(50);
        }
        assert_eq!(
            process.unsettled(),
            2,
            "what started once is not claimed again"
        );
        process.faults.clear();
        process.turn();
        assert_eq!(process.running(), [(3, "a", 1), (4, "a", 1)]);
    });
}

#[test]
fn an_end_that_waits_is_recorded_before_the_process_leaves() {
    on_each_local_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.faults.set(Fault::Every("commit"));
        process.send_end(1, "a", Ending::Done);
        process.turn_once();
        process.faults.clear();
        assert_eq!(world.state(1, "a"), State::Running(process.worker));
        process.stop();
        assert_eq!(world.state(1, "a"), State::Done);
    });
}

#[test]
fn a_process_that_others_may_take_for_dead_starts_nothing() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.accept(1);
        process.faults.set(Fault::MayNotStart);
        assert!(process.accept(2));
        assert_eq!(world.state(2, "a"), State::Waiting);
        process.done(1, "a");
        assert_eq!(world.state(1, "a"), State::Done);
        assert_eq!(process.running(), []);
        process.faults.clear();
        process.turn();
        assert_eq!(process.running(), [(2, "a", 1)]);
    });
}

#[test]
fn a_process_that_was_stopped_in_its_commit_gives_back_what_it_claimed() {
    on_each_store(|world| {
        let mut process = world.process(&["a"]);
        process.faults.set(Fault::StopsInCommit);
        let answer = process.send(1);
        process.turn_once();
        assert!(answer.get().unwrap().is_ok());
        assert_eq!(process.running(), []);
        process.faults.clear();
        process.turn();
        assert_eq!(process.running(), [(1, "a", 2)]);
        let uncounted = world.rows().iter().map(|row| row.2.uncounted).sum::<u32>();
        assert_eq!(uncounted, 1, "it is no attempt");
    });
}
