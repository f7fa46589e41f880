mod records;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use self::tables::{Id, Tables, Worker};
pub(crate) use self::tables::{Row, State};
use super::{
    Accept, Claimed, ClaimedDelivery, DeliveryId, Due, End, Ending, Millis, Others, Recorded,
    Result, Retention, RunKey, Store, Swept, TakenBack, WorkerId, crash_delay,
};
use crate::dead_reason::{DeadReason, crashed_text};
use crate::stats::Stats;
use crate::sync::lock;

/// The tables of an inbox that ends with the process. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    tables: Mutex<Tables>,
    /// A transaction has ended.
    ended: Condvar,
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Registers a worker that links these handlers.
    pub(crate) fn open(&self, handlers: Vec<&'static str>) -> MemoryStore {
        let mut tables = self.tables(None);
        tables.last_worker += 1;
        let id = tables.last_worker;
        let lives = true;
        tables.workers.insert(
            id,
            Worker {
                handlers: handlers.clone(),
                lives,
            },
        );
        tables.changes += 1;
        MemoryStore {
            memory: self.clone(),
            id,
            handlers,
            own_changes: 0,
            seen: tables.changes,
        }
    }

    /// Returns all runs, in the order of acceptance, each with the key of its delivery.
    #[cfg(test)]
    pub(crate) fn runs(&self) -> Vec<(DeliveryId, [u8; 38], &'static str, Row)> {
        let tables = self.tables(None);
        let runs = tables.runs.iter();
        let run = |(&(delivery, handler), row): (&Id, &Row)| {
            (
                delivery,
                tables.deliveries[&delivery].key,
                handler,
                row.clone(),
            )
        };
        runs.map(run).collect()
    }

    /// Waits for the transaction of another worker, and locks the tables.
    fn tables(&self, worker: Option<WorkerId>) -> MutexGuard<'_, Tables> {
        let tables = lock(&self.0.tables);
        let is_busy = |tables: &mut Tables| tables.writer.is_some() && tables.writer != worker;
        self.0
            .ended
            .wait_while(tables, is_busy)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A worker of a [`Memory`]. It lives until it is dropped.
#[derive(Debug)]
pub(crate) struct MemoryStore {
    memory: Memory,
    id: WorkerId,
    handlers: Vec<&'static str>,
    /// Transactions of this worker that changed something.
    own_changes: u64,
    /// Such transactions of others that it knows of.
    seen: u64,
}

impl MemoryStore {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.memory.tables(Some(self.id))
    }

    /// The tables, in the transaction of this worker.
    fn transaction(&self) -> MutexGuard<'_, Tables> {
        let tables = self.tables();
        debug_assert_eq!(tables.writer, Some(self.id), "there is no transaction");
        tables
    }

    /// The due runs that this worker may claim.
    fn claimable<'a>(
        &self,
        tables: &'a Tables,
        now: Millis,
        is_crashed: bool,
    ) -> impl Iterator<Item = (Id, &'a Row)> {
        let due = tables.due(now);
        due.filter(move |(id, row)| {
            (row.crashes > 0) == is_crashed && self.handlers.contains(&id.1)
        })
    }
}

impl MemoryStore {
    fn claim_runs(
        &self,
        tables: &mut Tables,
        now: Millis,
        is_crashed: bool,
        most: usize,
    ) -> Vec<ClaimedDelivery> {
        let due = self.claimable(tables, now, is_crashed).take(most);
        let due: Vec<_> = due.map(|(id, row)| (id, row.clone())).collect();
        let mut deliveries = BTreeMap::<DeliveryId, Vec<Claimed>>::new();
        for (id, row) in due {
            let row = Row {
                state: State::Running(self.id),
                attempts: row.attempts + 1,
                ..row
            };
            deliveries.entry(id.0).or_default().push(claimed(id, &row));
            tables.put(id, row);
        }
        let deliveries = deliveries.into_iter().map(|(id, runs)| ClaimedDelivery {
            stored: tables.read(id),
            runs,
        });
        deliveries.collect()
    }
}

impl Store for MemoryStore {
    #[cfg(test)]
    fn worker(&self) -> WorkerId {
        self.id
    }

    fn begin(&mut self) -> Result<()> {
        let mut tables = self.tables();
        debug_assert_eq!(tables.writer, None, "a transaction is open");
        tables.writer = Some(self.id);
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        let mut tables = self.transaction();
        let is_change = u64::from(!tables.undo.is_empty());
        tables.undo.clear();
        tables.changes += is_change;
        tables.writer = None;
        drop(tables);
        self.own_changes += is_change;
        self.memory.0.ended.notify_all();
        Ok(())
    }

    fn rollback(&mut self) {
        self.tables().rollback();
        self.memory.0.ended.notify_all();
    }

    fn claim(&mut self, now: Millis, room: usize) -> Result<Due> {
        let mut tables = self.transaction();
        if self.claimable(&tables, now, true).next().is_some() {
            return Ok(Due::Crashed);
        }
        Ok(Due::Claimed {
            deliveries: self.claim_runs(&mut tables, now, false, room),
            next: tables.next_due(now),
        })
    }

    fn claim_crashed(&mut self, now: Millis) -> Result<Option<ClaimedDelivery>> {
        let claimed = self.claim_runs(&mut self.transaction(), now, true, 1);
        Ok(claimed.into_iter().next())
    }

    fn record(
        &mut self,
        now: Millis,
        ends: &[End],
        accepts: &[(&Accept, bool)],
    ) -> Result<Recorded> {
        let mut tables = self.transaction();
        let ends = ends.iter().map(|end| tables.end(self.id, now, end));
        let ends = ends.collect();
        let accepts = accepts.iter().map(|(accept, is_running)| {
            let worker = is_running.then_some(self.id);
            Ok(tables.accept(worker, now, accept))
        });
        let accepts = accepts.collect();
        Ok(Recorded { ends, accepts })
    }

    #[cfg(any(test, feature = "testing"))]
    fn next_due(&mut self, now: Millis) -> Result<Option<Millis>> {
        Ok(self.tables().next_due(now))
    }

    fn has_changed(&mut self) -> Result<bool> {
        let changes = self.tables().changes - self.own_changes;
        let seen = std::mem::replace(&mut self.seen, changes);
        Ok(changes != seen)
    }

    fn others(&mut self) -> Result<Others> {
        let tables = self.tables();
        let others = tables.workers.iter().filter(|(id, _)| **id != self.id);
        let (living, gone): (Vec<_>, Vec<_>) = others.partition(|(_, worker)| worker.lives);
        Ok(Others {
            gone: gone.into_iter().map(|(id, _)| *id).collect(),
            is_alone: living.is_empty(),
        })
    }

    fn take_back(&mut self, now: Millis, gone: WorkerId, limit: u32) -> Result<TakenBack> {
        let mut tables = self.transaction();
        let mut taken = TakenBack::default();
        if tables.workers.get(&gone).is_none_or(|worker| worker.lives) {
            return Ok(taken);
        }
        for (id, mut row) in tables.running(gone) {
            row.crashes += 1;
            if row.crashes >= limit {
                let ending = Ending::Dead {
                    reason: DeadReason::Crashed,
                    error: Some(crashed_text(row.crashes)),
                };
                row = row.ended(now, ending);
                let dead = ClaimedDelivery {
                    stored: tables.read(id.0),
                    runs: vec![claimed(id, &row)],
                };
                taken.dead.push(dead);
            } else {
                row.state = State::Waiting;
                row.due_at = now + crash_delay(row.crashes);
                taken.waiting += 1;
            }
            tables.put(id, row);
        }
        tables.remove_worker(gone);
        Ok(taken)
    }

    fn has_due_orphans(&mut self, now: Millis) -> Result<bool> {
        let tables = self.tables();
        Ok(tables.due(now).any(|(id, _)| tables.is_orphan(id.1)))
    }

    fn put_off_orphans(&mut self, now: Millis, due: Millis) -> Result<()> {
        let mut tables = self.transaction();
        let orphans = tables.due(now).filter(|(id, _)| tables.is_orphan(id.1));
        let orphans: Vec<_> = orphans
            .take(1000)
            .map(|(id, row)| (id, row.clone()))
            .collect();
        for (id, row) in orphans {
            tables.put(id, Row { due_at: due, ..row });
        }
        Ok(())
    }

    fn sweep(&mut self, now: Millis, retention: &Retention, _: DeliveryId) -> Result<Swept> {
        let mut tables = self.tables();
        let swept = tables.sweep(now, retention);
        let is_change = u64::from(swept.changed());
        tables.changes += is_change;
        drop(tables);
        self.own_changes += is_change;
        Ok(swept)
    }

    fn stats(&mut self, now: Millis) -> Result<Stats> {
        Ok(self.tables().stats(now, &self.handlers))
    }

    fn check(&mut self) -> Result<()> {
        Ok(())
    }

    fn retire(&mut self) -> Result<()> {
        self.begin()?;
        let mut tables = self.transaction();
        for (id, mut row) in tables.running(self.id) {
            // It was due when it was claimed.
            row.state = State::Waiting;
            row.uncounted += 1;
            tables.put(id, row);
        }
        tables.remove_worker(self.id);
        drop(tables);
        self.commit()
    }
}

impl Drop for MemoryStore {
    /// Ends this worker as a process ends that is killed.
    fn drop(&mut self) {
        let mut tables = lock(&self.memory.0.tables);
        if tables.writer == Some(self.id) {
            tables.rollback();
        }
        if let Some(worker) = tables.workers.get_mut(&self.id) {
            worker.lives = false;
        }
        drop(tables);
        self.memory.0.ended.notify_all();
    }
}

fn claimed((delivery, handler): Id, row: &Row) -> Claimed {
    Claimed {
        run: RunKey {
            delivery,
            handler,
            attempt: row.attempts,
        },
        crashes: row.crashes,
        uncounted: row.uncounted,
    }
}
