//! One group: what is committed with one sync of the disk.

use std::time::Instant;

use super::failures::ShownBy;
use super::writer::{Mode, Writer};
use super::{AcceptCommand, Ended, Job, Source, Task};
use crate::DeadReason;
use crate::observe;
use crate::store::{
    Accepted, Claimed, ClaimedDelivery, DeliveryId, Due, End, Ending, Millis, Result, RunKey,
};

/// What runs in this process once a group is committed.
struct Plan {
    running: usize,
    mode: Mode,
    may_be_due: bool,
    next_due: Option<Millis>,
    /// The runs that start.
    starts: Vec<(Source, Vec<Claimed>)>,
    /// What is recorded: the ends that wait, and then what can't start.
    ends: Vec<End>,
}

/// A group that was committed.
struct Committed {
    /// Whether each end was recorded.
    recorded: Vec<bool>,
    /// Whether each delivery is new.
    accepted: Vec<Result<bool>>,
}

impl Writer {
    /// Stores the deliveries and ends that are waiting, and claims what there is room for.
    pub(super) fn group(&mut self) {
        let started = Instant::now();
        let begun = self.store.begin();
        // What hinders the beginning is seen by a check.
        let shown_by = if begun.is_ok() {
            ShownBy::Change
        } else {
            ShownBy::Check
        };
        match begun.and_then(|()| self.commit()) {
            Ok((committed, plan)) => {
                observe::group(self.accepts.len() + self.ends.len(), started.elapsed());
                self.succeeded(!self.accepts.is_empty() || !self.ends.is_empty());
                self.finish(committed, plan);
            }
            Err(error) => {
                self.store.rollback();
                for accept in self.accepts.drain(..) {
                    let _ = accept.reply.send(Err(error.clone()));
                }
                self.failed(&error, shown_by);
            }
        }
    }

    /// Changes the store. If that fails, `self` only remembers what may be stored after all.
    fn commit(&mut self) -> Result<(Committed, Plan)> {
        let mut plan = self.plan(self.clock.now());
        match self.carry_out(&mut plan) {
            Ok(committed) => Ok((committed, plan)),
            Err(error) => {
                let starts = plan.starts.into_iter().flat_map(|(_, runs)| runs);
                self.unsure_starts.extend(starts.map(|run| run.run));
                self.unsure_ends = self.ends.len();
                Err(error)
            }
        }
    }

    fn carry_out(&mut self, plan: &mut Plan) -> Result<Committed> {
        let now = self.clock.now();
        self.claim(now, plan)?;
        let starting = self.starting(plan);
        let accepts = self.accepts.iter().map(|it| &it.accept);
        let accepts: Vec<_> = accepts.zip(starting).collect();
        let recorded = self.store.record(now, &plan.ends, &accepts)?;
        let accepted = self.started(now, plan, recorded.accepts);
        self.store.commit()?;
        Ok(Committed {
            recorded: recorded.ends,
            accepted,
        })
    }

    /// What is left to run after the ends of this group.
    fn plan(&self, now: Millis) -> Plan {
        let unsure = self.unsure_starts.iter().copied().map(Ended::given_back);
        let unsure = unsure.map(|ended| ended.end);
        let ends = self.ends.iter().map(|ended| ended.end.clone());
        let running = self.running.saturating_sub(self.ends.len());
        let became_due = self.next_due.is_some_and(|due| due <= now);
        Plan {
            running,
            mode: match self.mode {
                _ if running == 0 => Mode::Together,
                Mode::Alone(alone) if self.ends.iter().any(|it| it.end.run == alone) => {
                    Mode::Together
                }
                mode => mode,
            },
            may_be_due: self.may_be_due || became_due,
            next_due: self.next_due,
            starts: vec![],
            ends: ends.chain(unsure).collect(),
        }
    }

    /// Claims what is due: a run that crashed alone, others as long as there is room.
    fn claim(&mut self, now: Millis, plan: &mut Plan) -> Result<()> {
        if self.can_start() && plan.may_be_due && !matches!(plan.mode, Mode::Alone(_)) {
            let room = self.room(plan.running);
            match self.store.claim(now, room)? {
                Due::Crashed => self.claim_crashed(now, plan)?,
                Due::Claimed { deliveries, next } => {
                    let claimed: usize = deliveries.iter().map(|it| it.runs.len()).sum();
                    plan.may_be_due = claimed == room;
                    plan.next_due = next;
                    plan.mode = Mode::Together;
                    for delivery in deliveries {
                        plan.start(delivery);
                    }
                }
            }
        }
        // What this group records is claimed by the next one.
        for End { ending, .. } in &plan.ends {
            match *ending {
                Ending::GivenBack => plan.may_be_due = true,
                Ending::Retry { due, .. } if due <= now => plan.may_be_due = true,
                Ending::Retry { due, .. } => {
                    plan.next_due = Some(plan.next_due.map_or(due, |next| next.min(due)));
                }
                Ending::Done | Ending::Dead { .. } => {}
            }
        }
        Ok(())
    }

    /// Claims a run whose process ended in it, unless others have to end before.
    fn claim_crashed(&mut self, now: Millis, plan: &mut Plan) -> Result<()> {
        if plan.running > 0 {
            let since = match plan.mode {
                Mode::Draining { since, .. } => since,
                _ => self.clock.elapsed(),
            };
            if !self.has_drained(since) {
                let has_changed = false;
                plan.mode = Mode::Draining { since, has_changed };
                return Ok(());
            }
        }
        plan.mode = Mode::Together;
        if let Some(delivery) = self.store.claim_crashed(now)? {
            let alone = delivery.runs.first().map(|alone| alone.run);
            plan.start(delivery);
            plan.mode = match alone {
                Some(alone) if !plan.starts.is_empty() => Mode::Alone(alone),
                _ => Mode::Together,
            };
        }
        Ok(())
    }

    /// Decides which deliveries start when they are stored: those there is room for, unless something
    /// is due, which is older and comes first.
    fn starting(&self, plan: &Plan) -> Vec<bool> {
        let mut running = plan.running;
        let mut waits = !self.can_start() || plan.may_be_due || plan.mode != Mode::Together;
        let starting = self.accepts.iter().map(|AcceptCommand { accept, .. }| {
            let handlers = accept.handlers.len();
            waits |= handlers > self.room(running);
            let is_running = !waits && handlers > 0;
            if is_running {
                running += handlers;
            }
            is_running
        });
        starting.collect()
    }

    /// Starts the deliveries that are `running`. Returns whether each is new.
    fn started(
        &self,
        now: Millis,
        plan: &mut Plan,
        accepts: Vec<Result<Accepted>>,
    ) -> Vec<Result<bool>> {
        let accepts = self.accepts.iter().zip(accepts);
        let is_new = accepts.map(|(AcceptCommand { accept, origin, .. }, accepted)| {
            let Accepted::Fresh { id, is_running } = accepted? else {
                return Ok(false);
            };
            let handlers = &accept.handlers;
            if is_running {
                plan.running += handlers.len();
                let source = Source::Accepted {
                    delivery: accept.delivery.clone(),
                    key: accept.key,
                    received_at: now,
                    origin: origin.clone(),
                };
                plan.starts.push((source, first_runs(id, handlers)));
            } else {
                plan.may_be_due = true;
            }
            Ok(true)
        });
        is_new.collect()
    }

    /// Whether runs can start with this group. Those of a group before may have started: that has to
    /// be settled first.
    fn can_start(&self) -> bool {
        self.is_working() && self.unsure_starts.is_empty() && self.store.may_start()
    }

    /// How many runs can start.
    fn room(&self, running: usize) -> usize {
        self.settings.running_at_most.saturating_sub(running)
    }

    /// Answers, and starts what was claimed.
    fn finish(&mut self, committed: Committed, plan: Plan) {
        self.running = plan.running;
        self.mode = plan.mode;
        self.may_be_due = plan.may_be_due;
        self.next_due = plan.next_due;
        for (accept, answer) in self.accepts.drain(..).zip(committed.accepted) {
            let _ = accept.reply.send(answer);
        }
        let unsure_ends = std::mem::take(&mut self.unsure_ends);
        self.unsure_starts.clear();
        let mut letters = vec![];
        let ends = std::mem::take(&mut self.ends).into_iter();
        for (at, (ended, is_recorded)) in ends.zip(committed.recorded).enumerate() {
            if !is_recorded && at >= unsure_ends {
                observe::lost(&ended.end.run);
                continue;
            }
            if let Some(drain) = &mut self.drain {
                drain.count(&ended.end.ending);
            }
            letters.extend(ended.letter.map(|letter| *letter));
        }
        self.start(plan.starts);
        self.give(Job::Dead(letters));
    }

    /// Hands over what was claimed. If others may have taken it by now, it is given back instead.
    fn start(&mut self, starts: Vec<(Source, Vec<Claimed>)>) {
        if !self.store.may_start() {
            let runs = starts.into_iter().flat_map(|(_, runs)| runs);
            self.ends.extend(runs.map(|run| Ended::given_back(run.run)));
            return;
        }
        let elapsed = self.clock.elapsed();
        let tasks = starts.into_iter().map(|(source, runs)| Task {
            source,
            runs,
            stop: self.deadlines.begin(elapsed),
        });
        let tasks = tasks.collect();
        self.give(Job::Tasks(tasks));
    }
}

impl Plan {
    /// Starts the runs of a delivery. Those of a row that was changed by hand are dead.
    fn start(&mut self, delivery: ClaimedDelivery) {
        let ClaimedDelivery { stored, runs } = delivery;
        match stored {
            Ok(stored) => {
                self.running += runs.len();
                self.starts.push((Source::Stored(stored), runs));
            }
            Err(error) => {
                let ends = runs.iter().map(|run| End {
                    run: run.run,
                    ending: Ending::Dead {
                        reason: DeadReason::Mismatch,
                        error: Some(error.to_string()),
                    },
                });
                self.ends.extend(ends);
            }
        }
    }
}

/// The runs of a delivery that starts when it is accepted.
fn first_runs(delivery: DeliveryId, handlers: &[&'static str]) -> Vec<Claimed> {
    let run = |&handler| Claimed {
        run: RunKey {
            delivery,
            handler,
            attempt: 1,
        },
        crashes: 0,
        uncounted: 0,
    };
    handlers.iter().map(run).collect()
}
