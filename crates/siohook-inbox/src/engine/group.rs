//! One group: what is committed with one sync of the disk.

use std::collections::BTreeMap;
use std::time::Instant;

use super::failures::ShownBy;
use super::writer::{Mode, Writer};
use super::{AcceptCommand, Ended, Job, Source, Task};
use crate::DeadReason;
use crate::observe;
use crate::store::{
    Accepted, Claim, Claimed, DeliveryId, End, Ending, Millis, Result, RunKey, StoreErrorKind,
};

/// What runs in this process once a group is committed.
struct Plan {
    running: usize,
    mode: Mode,
    may_be_due: bool,
    /// The runs that start.
    starts: Vec<(Source, Vec<Claimed>)>,
}

/// A group that was committed.
struct Committed {
    /// Whether each end was recorded.
    recorded: Vec<bool>,
    /// Whether each delivery is new.
    accepted: Vec<Result<bool>>,
    plan: Plan,
    next_due: Option<Millis>,
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
            Ok(committed) => {
                observe::group(self.accepts.len() + self.ends.len(), started.elapsed());
                self.succeeded(!self.accepts.is_empty() || !self.ends.is_empty());
                self.finish(committed);
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
    fn commit(&mut self) -> Result<Committed> {
        let now = self.clock.now();
        let unsure = self.unsure_starts.iter().copied().map(Ended::given_back);
        let unsure = unsure.map(|ended| ended.end);
        let ends = self.ends.iter().map(|ended| ended.end.clone());
        let ends: Vec<_> = ends.chain(unsure).collect();
        let recorded = self.store.end(now, &ends)?;
        let mut plan = self.plan(now);
        self.claim(now, &mut plan)?;
        let accepted = self.accept(now, &mut plan)?;
        let next_due = if plan.may_be_due {
            None
        } else {
            self.store.next_due(now)?
        };
        if let Err(error) = self.store.commit() {
            let starts = plan.starts.into_iter().flat_map(|(_, runs)| runs);
            self.unsure_starts.extend(starts.map(|run| run.run));
            self.unsure_ends = self.ends.len();
            return Err(error);
        }
        Ok(Committed {
            recorded,
            accepted,
            plan,
            next_due,
        })
    }

    /// What is left to run after the ends of this group.
    fn plan(&self, now: Millis) -> Plan {
        let running = self.running.saturating_sub(self.ends.len());
        let is_due = |ended: &Ended| match ended.end.ending {
            Ending::Retry { due, .. } => due <= now,
            Ending::GivenBack => true,
            Ending::Done | Ending::Dead { .. } => false,
        };
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
            may_be_due: self.may_be_due || became_due || self.ends.iter().any(is_due),
            starts: vec![],
        }
    }

    /// Claims what is due: a run that crashed alone, others as long as there is room.
    fn claim(&mut self, now: Millis, plan: &mut Plan) -> Result<()> {
        if !self.can_start() || !plan.may_be_due || matches!(plan.mode, Mode::Alone(_)) {
            return Ok(());
        }
        let has_crashed = self.store.has_crashed(now)?;
        if has_crashed && plan.running > 0 {
            let since = match plan.mode {
                Mode::Draining { since } => since,
                _ => self.clock.elapsed(),
            };
            if !self.has_drained(since) {
                plan.mode = Mode::Draining { since };
                return Ok(());
            }
        }
        let room = self.room(plan);
        let claimed = match room {
            _ if has_crashed => self.store.claim(now, Claim::Crashed)?,
            0 => vec![],
            room => self.store.claim(now, Claim::Untroubled(room))?,
        };
        let alone = claimed.first().map(|alone| alone.run);
        plan.may_be_due = has_crashed || claimed.len() == room;
        self.start(now, plan, claimed)?;
        plan.mode = match alone {
            Some(alone) if has_crashed && !plan.starts.is_empty() => Mode::Alone(alone),
            _ => Mode::Together,
        };
        Ok(())
    }

    /// Stores the deliveries. Their handlers start at once if there is room, unless something is
    /// due, which is older and comes first.
    fn accept(&mut self, now: Millis, plan: &mut Plan) -> Result<Vec<Result<bool>>> {
        let mut accepted = Vec::with_capacity(self.accepts.len());
        for AcceptCommand { accept, origin, .. } in &self.accepts {
            let handlers = &accept.handlers;
            let is_running = self.can_start()
                && !plan.may_be_due
                && plan.mode == Mode::Together
                && !handlers.is_empty()
                && handlers.len() <= self.room(plan);
            match self.store.accept(now, accept, is_running) {
                Ok(Accepted::Before) => accepted.push(Ok(false)),
                Ok(Accepted::Fresh { id, is_running }) => {
                    accepted.push(Ok(true));
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
                }
                // The others go on without it.
                Err(error) if error.kind == StoreErrorKind::Row => accepted.push(Err(error)),
                Err(error) => return Err(error),
            }
        }
        Ok(accepted)
    }

    /// Whether runs can start with this group. Those of a group before may have started: that has to
    /// be settled first.
    fn can_start(&self) -> bool {
        self.is_working() && self.unsure_starts.is_empty()
    }

    /// How many runs can start.
    fn room(&self, plan: &Plan) -> usize {
        self.settings.running_at_most.saturating_sub(plan.running)
    }

    /// Starts the runs that were claimed, with their deliveries.
    fn start(&mut self, now: Millis, plan: &mut Plan, claimed: Vec<Claimed>) -> Result<()> {
        let mut deliveries = BTreeMap::<DeliveryId, Vec<Claimed>>::new();
        for run in claimed {
            deliveries.entry(run.run.delivery).or_default().push(run);
        }
        for (id, runs) in deliveries {
            match self.store.read(id) {
                Ok(stored) => {
                    plan.running += runs.len();
                    plan.starts.push((Source::Stored(stored), runs));
                }
                // The row was changed by hand. The others go on without it.
                Err(error) if error.kind == StoreErrorKind::Row => {
                    let ends = runs.iter().map(|run| End {
                        run: run.run,
                        ending: Ending::Dead {
                            reason: DeadReason::Mismatch,
                            error: Some(error.to_string()),
                        },
                    });
                    self.store.end(now, &ends.collect::<Vec<_>>())?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Answers, and starts what was claimed.
    fn finish(&mut self, committed: Committed) {
        let plan = committed.plan;
        self.running = plan.running;
        self.mode = plan.mode;
        self.may_be_due = plan.may_be_due;
        self.next_due = committed.next_due;
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
            self.count_drained(&ended.end.ending);
            letters.extend(ended.letter.map(|letter| *letter));
        }
        let elapsed = self.clock.elapsed();
        let tasks = plan.starts.into_iter().map(|(source, runs)| Task {
            source,
            runs,
            stop: self.deadlines.begin(elapsed),
        });
        let tasks = tasks.collect();
        self.give(Job::Tasks(tasks));
        self.give(Job::Dead(letters));
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
