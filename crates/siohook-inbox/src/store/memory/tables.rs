use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use crate::dead_reason::DeadReason;
use crate::stats::{HandlerStats, Stats};
use crate::store::{
    Accept, Accepted, DeliveryId, End, Ending, Fate, Millis, Result, Retention, Standing,
    StoreError, StoreErrorKind, Stored, Swept, WorkerId,
};

/// Runs are identified by their delivery and their handler.
pub(super) type Id = (DeliveryId, &'static str);

#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) workers: BTreeMap<WorkerId, Worker>,
    pub(super) last_worker: WorkerId,
    pub(super) deliveries: BTreeMap<DeliveryId, Stored>,
    pub(super) keys: HashMap<[u8; 38], DeliveryId>,
    pub(super) last_delivery: DeliveryId,
    pub(super) runs: BTreeMap<Id, Row>,
    /// How often an operator let a run that was done run again.
    pub(super) replays: BTreeMap<Id, u32>,
    /// An index of the runs that wait.
    waiting: BTreeSet<(Millis, Id)>,
    /// Transactions that changed something.
    pub(super) changes: u64,
    /// Whose transaction is open.
    pub(super) writer: Option<WorkerId>,
    /// How to undo that transaction, the last change last.
    pub(super) undo: Vec<Undo>,
}

/// A worker that has not retired.
#[derive(Clone, Debug)]
pub(super) struct Worker {
    pub(super) handlers: Vec<&'static str>,
    /// Its store was not dropped.
    pub(super) lives: bool,
}

/// A run as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) state: State,
    pub(crate) due_at: Millis,
    pub(crate) attempts: u32,
    pub(crate) crashes: u32,
    pub(crate) uncounted: u32,
    pub(crate) ended_at: Option<Millis>,
    pub(crate) error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Running(WorkerId),
    Done,
    Dead(DeadReason),
}

#[derive(Debug)]
pub(super) enum Undo {
    Accept(DeliveryId),
    /// What the run was, if there was one.
    Run(Id, Option<Row>),
    Worker(WorkerId, Worker),
}

impl Tables {
    /// Replaces a run, in the table and in the index. Returns what it was.
    pub(super) fn replace(&mut self, id: Id, row: Option<Row>) -> Option<Row> {
        let is_waiting = |row: &&Row| row.state == State::Waiting;
        let due = row.as_ref().filter(is_waiting).map(|row| row.due_at);
        let old = match row {
            Some(row) => self.runs.insert(id, row),
            None => self.runs.remove(&id),
        };
        if let Some(old) = old.as_ref().filter(is_waiting) {
            self.waiting.remove(&(old.due_at, id));
        }
        self.waiting.extend(due.map(|due| (due, id)));
        old
    }

    /// Replaces a run in a transaction.
    pub(super) fn put(&mut self, id: Id, row: Row) {
        let old = self.replace(id, Some(row));
        self.undo.push(Undo::Run(id, old));
    }

    /// Takes a worker out of the table, in a transaction.
    pub(super) fn remove_worker(&mut self, id: WorkerId) {
        if let Some(worker) = self.workers.remove(&id) {
            self.undo.push(Undo::Worker(id, worker));
        }
    }

    pub(super) fn rollback(&mut self) {
        while let Some(undo) = self.undo.pop() {
            match undo {
                Undo::Accept(id) => {
                    if let Some(stored) = self.deliveries.remove(&id) {
                        self.keys.remove(&stored.key);
                    }
                }
                Undo::Run(id, old) => {
                    self.replace(id, old);
                }
                Undo::Worker(id, worker) => {
                    self.workers.insert(id, worker);
                }
            }
        }
        self.writer = None;
    }

    /// The runs that wait and are due, those that are due longest first.
    pub(super) fn due(&self, now: Millis) -> impl Iterator<Item = (Id, &Row)> {
        let due = self.waiting.iter().take_while(move |(due, _)| *due <= now);
        due.map(|(_, id)| (*id, &self.runs[id]))
    }

    /// When the next run becomes due that is not yet.
    pub(super) fn next_due(&self, now: Millis) -> Option<Millis> {
        let mut dues = self.waiting.iter().map(|(due, _)| *due);
        dues.find(|due| *due > now)
    }

    pub(super) fn running(&self, owner: WorkerId) -> Vec<(Id, Row)> {
        let running = self
            .runs
            .iter()
            .filter(|(_, row)| row.state == State::Running(owner));
        running.map(|(id, row)| (*id, row.clone())).collect()
    }

    pub(super) fn read(&self, delivery: DeliveryId) -> Result<Stored> {
        let stored = self.deliveries.get(&delivery).cloned();
        stored.ok_or_else(|| {
            let text = format!("delivery {delivery} is not stored, but has runs");
            StoreError::new(StoreErrorKind::Row, text)
        })
    }

    /// Stores a delivery, and its runs for a worker that is to run them.
    pub(super) fn accept(
        &mut self,
        worker: Option<WorkerId>,
        now: Millis,
        accept: &Accept,
    ) -> Accepted {
        if self.keys.contains_key(&accept.key) {
            return Accepted::Before;
        }
        self.last_delivery += 1;
        let id = self.last_delivery;
        let stored = Stored {
            key: accept.key,
            event: accept.delivery.event().as_str().into(),
            received_at: now,
            meta: accept.meta.clone(),
            body: Some(accept.delivery.body().clone()),
        };
        self.deliveries.insert(id, stored);
        self.keys.insert(accept.key, id);
        self.undo.push(Undo::Accept(id));
        for &handler in &accept.handlers {
            let row = Row {
                state: worker.map_or(State::Waiting, State::Running),
                due_at: now,
                attempts: u32::from(worker.is_some()),
                crashes: 0,
                uncounted: 0,
                ended_at: None,
                error: None,
            };
            self.put((id, handler), row);
        }
        Accepted::Fresh {
            id,
            is_running: worker.is_some(),
        }
    }

    /// Records the end of a run. Returns whether it was the worker's.
    pub(super) fn end(&mut self, worker: WorkerId, now: Millis, end: &End) -> bool {
        let End { run, ending } = end;
        let id = (run.delivery, run.handler);
        let fenced = self
            .runs
            .get(&id)
            .filter(|row| row.state == State::Running(worker) && row.attempts == run.attempt);
        let Some(row) = fenced.cloned() else {
            return false;
        };
        self.put(id, row.ended(now, ending.clone()));
        true
    }

    /// How a delivery stands.
    pub(super) fn standing(&self, id: DeliveryId) -> Standing {
        let stored = &self.deliveries[&id];
        let runs = || {
            self.runs
                .iter()
                .filter(|((of, _), _)| *of == id)
                .map(|(_, row)| row)
        };
        let is_open = |row: &Row| matches!(row.state, State::Waiting | State::Running(_));
        Standing {
            received_at: stored.received_at,
            has_body: stored.body.is_some(),
            is_open: runs().any(is_open),
            is_dead: runs().any(Row::is_dead),
            ended_at: runs().filter_map(|row| row.ended_at).max(),
        }
    }

    /// Erases and deletes what is not kept any longer.
    pub(super) fn sweep(&mut self, now: Millis, retention: &Retention) -> Swept {
        let mut swept = Swept::default();
        let ids: Vec<_> = self.deliveries.keys().copied().collect();
        for id in ids {
            let standing = self.standing(id);
            if retention.is_young(now, standing.received_at) {
                break;
            }
            match swept.decide(retention, now, &standing) {
                Fate::Keep => {}
                Fate::Erase => self.erase(id),
                Fate::Delete => self.delete(id),
            }
        }
        swept
    }

    /// Counts the runs, for a program that has the handlers `own`: a worker that has retired is not
    /// registered any more.
    pub(super) fn stats(&self, now: Millis, own: &[&'static str]) -> Stats {
        let mut handlers = BTreeMap::<&str, HandlerStats>::new();
        let mut oldest: Option<Millis> = None;
        for (&(delivery, id), row) in &self.runs {
            if matches!(row.state, State::Done | State::Dead(DeadReason::Purged)) {
                continue;
            }
            let is_orphan = || self.is_orphan(id) && !own.contains(&id);
            let new = || HandlerStats::new(id, is_orphan());
            let handler = handlers.entry(id).or_insert_with(new);
            match row.state {
                State::Waiting => {
                    handler.waiting += 1;
                    let received = self.deliveries[&delivery].received_at;
                    oldest = Some(oldest.map_or(received, |oldest| oldest.min(received)));
                }
                State::Running(_) => handler.running += 1,
                State::Dead(reason) => *handler.dead.entry(reason).or_default() += 1,
                State::Done => {}
            }
        }
        let age = |since| Duration::from_millis(now.saturating_sub(since).max(0).unsigned_abs());
        Stats {
            handlers: handlers.into_values().collect(),
            oldest_waiting: oldest.map(age),
        }
    }

    pub(super) fn count_done(&self) -> u64 {
        let done = |row: &&Row| row.state == State::Done;
        self.runs.values().filter(done).map(|_| 1).sum()
    }

    /// Erases the body of a delivery and the errors of its runs.
    pub(super) fn erase(&mut self, id: DeliveryId) {
        if let Some(stored) = self.deliveries.get_mut(&id) {
            stored.body = None;
        }
        let runs = self.runs.iter_mut().filter(|((of, _), _)| *of == id);
        runs.for_each(|(_, row)| row.error = None);
    }

    /// Deletes a delivery whose runs have ended.
    pub(super) fn delete(&mut self, id: DeliveryId) {
        if let Some(stored) = self.deliveries.remove(&id) {
            self.keys.remove(&stored.key);
        }
        self.runs.retain(|(of, _), _| *of != id);
        self.replays.retain(|(of, _), _| *of != id);
    }

    /// Whether no living worker links a handler.
    pub(super) fn is_orphan(&self, handler: &str) -> bool {
        let mut living = self.workers.values().filter(|worker| worker.lives);
        !living.any(|worker| worker.handlers.contains(&handler))
    }
}

impl Row {
    /// Whether it is dead, and was not given up.
    pub(super) fn is_dead(&self) -> bool {
        matches!(self.state, State::Dead(reason) if reason != DeadReason::Purged)
    }

    /// What a running run becomes.
    pub(super) fn ended(self, now: Millis, ending: Ending) -> Row {
        let ended = |state, error| Row {
            state,
            ended_at: Some(now),
            error,
            ..self.clone()
        };
        match ending {
            Ending::Done => ended(State::Done, None),
            Ending::Dead { reason, error } => ended(State::Dead(reason), error),
            Ending::Retry { due, error } => Row {
                state: State::Waiting,
                due_at: due,
                crashes: 0,
                uncounted: self.uncounted + self.crashes,
                error,
                ..self
            },
            Ending::GivenBack => Row {
                state: State::Waiting,
                due_at: now,
                uncounted: self.uncounted + 1,
                ..self
            },
        }
    }
}
