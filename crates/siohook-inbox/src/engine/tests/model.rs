use std::collections::{BTreeMap, BTreeSet};

use super::process::Started;
use super::world::World;
use crate::dead_reason::DeadReason;
use crate::store::{Ending, Millis, Row, State, WorkerId, crash_delay};

/// What a store should hold: a map of runs, told by what processes answered, started and ended.
#[derive(Default)]
pub(super) struct Model {
    runs: BTreeMap<(u64, String), Run>,
    /// Workers whose process was killed.
    pub(super) gone: BTreeSet<WorkerId>,
}

#[derive(Debug)]
struct Run {
    state: State,
    /// `None` if it is due, and it does not matter since when.
    due: Option<Millis>,
    starts: u32,
    crashes: u32,
    uncounted: u32,
}

/// A run is dead with so many crashes.
pub(super) const CRASHES: u32 = 3;

impl Model {
    pub(super) fn knows(&self, number: u64) -> bool {
        self.runs.keys().any(|(known, _)| *known == number)
    }

    /// A delivery was acknowledged as new.
    pub(super) fn accepted(&mut self, now: Millis, number: u64, handlers: &[&str]) {
        for &handler in handlers {
            let run = Run {
                state: State::Waiting,
                due: Some(now),
                starts: 0,
                crashes: 0,
                uncounted: 0,
            };
            let before = self.runs.insert((number, handler.to_owned()), run);
            assert!(before.is_none(), "a copy was accepted as new");
        }
    }

    /// A process started a run. `beside` are all that it runs now.
    pub(super) fn started(
        &mut self,
        now: Millis,
        owner: WorkerId,
        it: &Started,
        beside: &[Started],
    ) {
        let run = self.runs.get_mut(&(it.number, it.key.handler.to_owned()));
        let run = run.expect("only what was acknowledged starts");
        assert_eq!(run.state, State::Waiting, "{it:?}");
        assert!(
            run.due.is_none_or(|due| due <= now),
            "{it:?} starts before {:?}",
            run.due
        );
        run.starts += 1;
        run.state = State::Running(owner);
        assert_eq!((it.key.attempt, it.crashes), (run.starts, run.crashes));
        let others = beside.iter().filter(|other| other.key != it.key);
        let is_alone = others.clone().count() == 0;
        assert!(
            is_alone || run.crashes == 0,
            "{it:?} crashed, and does not run alone"
        );
        assert!(
            others.clone().all(|other| other.crashes == 0),
            "{it:?} runs beside one that crashed"
        );
    }

    /// The end of a run was sent, and the store could take it.
    pub(super) fn ended(&mut self, now: Millis, owner: WorkerId, it: &Started, ending: &Ending) {
        let run = self
            .runs
            .get_mut(&(it.number, it.key.handler.to_owned()))
            .expect("it was started");
        if run.state != State::Running(owner) || run.starts != it.key.attempt {
            // It was given back by force, and belongs to another start.
            return;
        }
        match ending {
            Ending::Retry { .. } => {
                run.uncounted += std::mem::take(&mut run.crashes);
            }
            Ending::GivenBack => run.uncounted += 1,
            _ => {}
        }
        (run.state, run.due) = match *ending {
            Ending::Done => (State::Done, None),
            Ending::Retry { due, .. } => (State::Waiting, Some(due)),
            Ending::Dead { reason, .. } => (State::Dead(reason), None),
            Ending::GivenBack => (State::Waiting, Some(now)),
        };
    }

    /// A worker retired.
    pub(super) fn retired(&mut self, owner: WorkerId) {
        for run in self
            .runs
            .values_mut()
            .filter(|run| run.state == State::Running(owner))
        {
            run.state = State::Waiting;
            run.due = None;
            run.uncounted += 1;
        }
    }

    /// Compares the model with what is stored. `linked` are the handlers of living workers.
    pub(super) fn check(&mut self, world: &World, linked: &BTreeSet<&str>) {
        let now = world.now();
        let rows = world.rows();
        assert_eq!(
            rows.len(),
            self.runs.len(),
            "each acknowledged run is stored once, and no other"
        );
        for (number, handler, row) in rows {
            let is_orphan = !linked.contains(&*handler);
            let key = (number, handler);
            let run = self
                .runs
                .get_mut(&key)
                .expect("what is stored was acknowledged");
            if let State::Running(owner) = run.state
                && row.state != run.state
                && self.gone.contains(&owner)
            {
                run.was_taken_back(now, &row);
            }
            if is_orphan && run.due.is_none_or(|due| due <= now) && row.due_at == now + 60_000 {
                run.due = Some(row.due_at);
            }
            assert_eq!(row.state, run.state, "{key:?}");
            assert_eq!(
                (row.attempts, row.crashes, row.uncounted),
                (run.starts, run.crashes, run.uncounted),
                "{key:?}"
            );
            if let (State::Waiting, Some(due)) = (row.state, run.due) {
                assert_eq!(row.due_at, due, "{key:?}");
            }
        }
    }
}

impl Run {
    fn was_taken_back(&mut self, now: Millis, row: &Row) {
        self.crashes += 1;
        (self.state, self.due) = if self.crashes < CRASHES {
            (State::Waiting, Some(now + crash_delay(self.crashes)))
        } else {
            assert_eq!(row.ended_at, Some(now));
            (State::Dead(DeadReason::Crashed), None)
        };
    }
}
