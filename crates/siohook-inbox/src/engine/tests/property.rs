//! Random lives of two processes over one disk.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_channel::oneshot::Receiver;
use proptest::collection::vec;
use proptest::prelude::*;

use super::faulty::Fault;
use super::model::{CRASHES, Model};
use super::process::{Answer, Process, Started, dead, retry};
use super::world::{Disk, World};
use crate::dead_reason::DeadReason;
use crate::engine::Drained;
use crate::store::{Ending, Memory, Millis, State};

/// The handlers that each of the processes links.
const LINKED: [[&str; 2]; 2] = [["a", "b"], ["b", "c"]];

/// What happens, and in which of the processes.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// A delivery arrives. A number that was there before is a copy.
    Send(usize, u64),
    /// A handler ends.
    End(usize, usize, End),
    /// Everything that runs is done.
    AllDone(usize),
    /// The thread takes what was sent.
    Turn(usize),
    /// `kill -9`.
    Kill(usize),
    Stop(usize),
    Drain(usize, u64),
    StopWork(usize),
    Work(usize),
    Advance(u64),
    SetBack(u64),
    /// The store fails.
    Fault(usize, Fault),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Done,
    Retry(Millis),
    Dead,
    GivenBack,
}

/// What can happen while the store does not fail.
pub(crate) fn ops() -> impl Strategy<Value = Vec<Op>> {
    vec(op(), 1..100)
}

/// What can happen while it fails.
pub(crate) fn faulty_ops() -> impl Strategy<Value = Vec<Op>> {
    let fault = prop_oneof![(0..20_usize).prop_map(Fault::Nth), Just(Fault::AfterCommit)];
    let fault = (0..2_usize, fault).prop_map(|(who, fault)| Op::Fault(who, fault));
    vec(prop_oneof![4 => op(), 1 => fault], 1..100)
}

fn op() -> impl Strategy<Value = Op> {
    let who = 0..2_usize;
    let end = prop_oneof![
        3 => Just(End::Done),
        2 => (0..20_000_i64).prop_map(End::Retry),
        1 => Just(End::Dead),
        1 => Just(End::GivenBack),
    ];
    prop_oneof![
        6 => (who.clone(), 0..20_u64).prop_map(|(who, number)| Op::Send(who, number)),
        6 => (who.clone(), any::<usize>(), end).prop_map(|(who, at, end)| Op::End(who, at, end)),
        1 => who.clone().prop_map(Op::AllDone),
        10 => who.clone().prop_map(Op::Turn),
        3 => who.clone().prop_map(Op::Kill),
        1 => who.clone().prop_map(Op::Stop),
        1 => (who.clone(), 0..3000_u64).prop_map(|(who, within)| Op::Drain(who, within)),
        1 => who.clone().prop_map(Op::StopWork),
        1 => who.prop_map(Op::Work),
        6 => (0..20_000_u64).prop_map(Op::Advance),
        1 => (0..100_000_u64).prop_map(Op::SetBack),
    ]
}

/// Lives a life, and checks after each step what must hold.
pub(crate) fn live(disk: impl Disk, ops: &[Op]) {
    let mut world = World::new(disk);
    world.settings.running_at_most = 3;
    world.settings.crashes = CRASHES;
    let is_faulty = ops.iter().any(|op| matches!(op, Op::Fault(..)));
    let mut life = Life {
        world,
        slots: [None, None],
        model: (!is_faulty).then(Model::default),
        acknowledged: BTreeSet::new(),
        starts: BTreeMap::new(),
        over: BTreeMap::new(),
    };
    for op in ops {
        life.step(op);
    }
    life.finish();
}

struct Life {
    world: World,
    slots: [Option<Slot>; 2],
    /// Without faults, it is known what the store holds.
    model: Option<Model>,
    acknowledged: BTreeSet<u64>,
    /// The last attempt of each run that was started.
    starts: BTreeMap<(u64, &'static str), u32>,
    /// Runs that were recorded as done or dead, and their attempts.
    over: BTreeMap<(u64, String), (State, u32)>,
}

/// A process, and what was sent to it since its last turn.
struct Slot {
    process: Process,
    answers: Vec<(u64, Answer)>,
    ends: Vec<(Started, Ending)>,
    drained: Option<Receiver<Drained>>,
    has_retired: bool,
}

impl Life {
    fn step(&mut self, op: &Op) {
        match *op {
            Op::Send(who, number) => {
                let slot = self.slot(who);
                let answer = slot.process.send(number);
                slot.answers.push((number, answer));
            }
            Op::End(who, at, end) => {
                let now = self.world.now();
                let ending = match end {
                    End::Done => Ending::Done,
                    End::Retry(after) => retry(now + after),
                    End::Dead => dead(DeadReason::Exhausted),
                    End::GivenBack => Ending::GivenBack,
                };
                let slot = self.slot(who);
                if !slot.process.runs.is_empty() {
                    slot.end(at % slot.process.runs.len(), ending);
                }
            }
            Op::AllDone(who) => {
                let slot = self.slot(who);
                while !slot.process.runs.is_empty() {
                    slot.end(0, Ending::Done);
                }
                self.turn(who);
            }
            Op::Turn(who) => self.turn(who),
            Op::Kill(who) => {
                let slot = self.slots[who].take();
                if let (Some(slot), Some(model)) = (slot, &mut self.model) {
                    model.gone.insert(slot.process.worker);
                }
            }
            Op::Stop(who) => self.stop(who),
            Op::Drain(who, within) => {
                let slot = self.slot(who);
                let drained = slot.process.drain(within);
                slot.drained = Some(drained);
                self.observe(who);
            }
            Op::StopWork(who) => {
                let slot = self.slot(who);
                slot.process.stop_work();
                while !slot.process.runs.is_empty() {
                    slot.end(0, Ending::GivenBack);
                }
                self.turn(who);
            }
            Op::Work(who) => {
                self.slot(who).process.work();
                self.turn(who);
            }
            Op::Advance(millis) => self.world.advance(millis),
            Op::SetBack(millis) => self.world.clock.set_back(Duration::from_millis(millis)),
            Op::Fault(who, fault) => self.slot(who).process.faults.set(fault),
        }
        self.check();
    }

    /// The process of a number. It is opened if it does not live.
    fn slot(&mut self, who: usize) -> &mut Slot {
        if self.slots[who].is_none() {
            self.slots[who] = Some(Slot {
                process: self.world.process(&LINKED[who]),
                answers: vec![],
                ends: vec![],
                drained: None,
                has_retired: false,
            });
            self.observe(who);
        }
        self.slots[who].as_mut().expect("it was opened")
    }

    fn turn(&mut self, who: usize) {
        self.slot(who).process.turn();
        self.observe(who);
    }

    fn stop(&mut self, who: usize) {
        let Some(mut slot) = self.slots[who].take() else {
            return;
        };
        let Slot { process, .. } = &mut slot;
        process.faults.clear();
        let worker = process.worker;
        process.stop_without_retiring();
        self.slots[who] = Some(slot);
        self.observe(who);
        if let Some(slot) = self.slots[who].take() {
            slot.process.retire();
        }
        if let Some(model) = &mut self.model {
            model.retired(worker);
        }
    }

    /// Sees what a process did in its turn.
    fn observe(&mut self, who: usize) {
        let now = self.world.now();
        let mut slot = self.slots[who].take().expect("it lives");
        let worker = slot.process.worker;
        for (started, ending) in slot.ends.drain(..) {
            if let Some(model) = &mut self.model {
                model.ended(now, worker, &started, &ending);
            }
        }
        for (number, answer) in slot.answers.drain(..) {
            match answer.get().expect("a turn answers") {
                Err(error) => assert!(self.model.is_none(), "{error}"),
                Ok(is_new) => {
                    if let Some(model) = &mut self.model {
                        assert_eq!(is_new, !model.knows(number));
                        if is_new {
                            model.accepted(now, number, &LINKED[who]);
                        }
                    }
                    self.acknowledged.insert(number);
                }
            }
        }
        for started in std::mem::take(&mut slot.process.started) {
            self.started(&started);
            if let Some(model) = &mut self.model {
                model.started(now, worker, &started, &slot.process.runs);
            }
        }
        if let Some(drained) = &mut slot.drained
            && drained.try_recv().expect("a drain is answered").is_some()
        {
            slot.drained = None;
            slot.has_retired = true;
            if let Some(model) = &mut self.model {
                model.retired(worker);
            }
        }
        self.slots[who] = Some(slot);
    }

    fn started(&mut self, started: &Started) {
        let run = (started.number, started.key.handler);
        let before = self.starts.insert(run, started.key.attempt);
        assert!(
            before < Some(started.key.attempt),
            "{started:?} starts again"
        );
        let is_over = self.over.get(&(run.0, run.1.to_owned()));
        assert_eq!(is_over, None, "{started:?}");
        for slot in self.slots.iter().flatten().filter(|slot| !slot.has_retired) {
            let mut runs = slot.process.runs.iter();
            let is_it = |other: &Started| (other.number, other.key.handler) == run;
            assert!(!runs.any(is_it), "{started:?} runs in the other process");
        }
    }

    /// What must hold after each step.
    fn check(&mut self) {
        let rows = self.world.rows();
        for number in &self.acknowledged {
            let runs = rows.iter().filter(|row| row.0 == *number).count();
            assert_eq!(runs, 2, "delivery {number} was acknowledged");
        }
        for (number, handler, row) in rows {
            let starts = self.starts.get(&(number, handler.as_str()));
            assert!(starts.is_none_or(|starts| *starts <= row.attempts));
            if !matches!(row.state, State::Done | State::Dead(_)) {
                let is_over = self.over.get(&(number, handler));
                assert_eq!(is_over, None, "it was over and is {row:?}");
                continue;
            }
            let over = (row.state, row.attempts);
            let before = self.over.entry((number, handler)).or_insert(over);
            assert_eq!(*before, over);
        }
        if let Some(model) = &mut self.model {
            let living = LINKED.iter().zip(&self.slots);
            let living = living.filter(|(_, slot)| slot.as_ref().is_some_and(|it| !it.has_retired));
            let linked = living.flat_map(|(linked, _)| *linked).collect();
            model.check(&self.world, &linked);
        }
    }

    /// Starts both processes anew, and lets everything end.
    fn finish(&mut self) {
        for who in [0, 1] {
            self.stop(who);
            self.check();
        }
        for _ in 0..4 {
            self.step(&Op::Advance(3_600_000));
            for who in [0, 1] {
                self.step(&Op::Turn(who));
                while !self.slot(who).process.runs.is_empty() {
                    self.step(&Op::AllDone(who));
                }
            }
        }
        for (number, handler, row) in self.world.rows() {
            let is_over = matches!(row.state, State::Done | State::Dead(_));
            assert!(is_over, "`{handler}` of {number} never ends: {row:?}");
        }
    }
}

impl Slot {
    fn end(&mut self, at: usize, ending: Ending) {
        let run = self.process.runs[at].clone();
        self.process
            .send_end(run.number, run.key.handler, ending.clone());
        self.ends.push((run, ending));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_acknowledged_run_ends_once(ops in ops()) {
        live(Memory::new(), &ops);
    }

    #[test]
    fn whatever_fails_each_acknowledged_run_ends_once(ops in faulty_ops()) {
        live(Memory::new(), &ops);
    }
}

/// The same over SQLite, which takes longer.
#[cfg(feature = "sqlite")]
mod sqlite {
    use super::super::sqlite_disk::SqliteDisk;
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn each_acknowledged_run_ends_once(ops in ops()) {
            live(SqliteDisk::new(), &ops);
        }

        #[test]
        fn whatever_fails_each_acknowledged_run_ends_once(ops in faulty_ops()) {
            live(SqliteDisk::new(), &ops);
        }
    }
}
