//! What an operator does with the memory.

use std::path::Path;
use std::sync::MutexGuard;

use super::tables::{Id, Row, State, Tables};
use super::{Memory, Worker};
use crate::InboxError;
use crate::dead_letter::DeadLetter;
use crate::dead_reason::DeadReason;
use crate::operator::{self, DeliverySummary, RunSummary};
use crate::stats::Stats;
use crate::store::{
    Change, Changed, DeadQuery, DeliveryId, DeliveryQuery, ErasedBatch, Millis, ORPHANS_WAIT,
    Records, Result, Retention, RunId, Stored, Swept,
};

impl Memory {
    /// Looks at the memory as an operator does.
    pub(crate) fn records(&self) -> MemoryRecords {
        MemoryRecords(self.clone())
    }
}

/// An operator of a [`Memory`].
pub(crate) struct MemoryRecords(Memory);

impl MemoryRecords {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.tables(None)
    }

    /// Changes the tables at once. Workers see it if anything was changed.
    fn change_tables<T>(&self, change: impl FnOnce(&mut Tables) -> (T, bool)) -> T {
        let mut tables = self.tables();
        let (changed, is_change) = change(&mut tables);
        tables.changes += u64::from(is_change);
        changed
    }
}

impl Records for MemoryRecords {
    fn stats(&mut self, now: Millis) -> Result<Stats> {
        Ok(self.tables().stats(now, &[]))
    }

    fn count_done(&mut self) -> Result<u64> {
        Ok(self.tables().count_done())
    }

    fn deliveries(&mut self, query: &DeliveryQuery, limit: usize) -> Result<Vec<DeliverySummary>> {
        let tables = self.tables();
        let filter = &query.filter;
        let newest = tables.deliveries.range(..filter.below).rev();
        let found = newest
            .filter(|(_, stored)| {
                filter.has_event(&stored.event) && filter.has_time(stored.received_at)
            })
            .map(|(&id, stored)| tables.summary(id, stored))
            .filter(|delivery| query.has_run(delivery));
        Ok(found.take(limit).collect())
    }

    fn delivery(&mut self, id: DeliveryId) -> Result<Option<(DeliverySummary, Stored)>> {
        let tables = self.tables();
        let stored = tables.deliveries.get(&id);
        Ok(stored.map(|stored| (tables.summary(id, stored), stored.clone())))
    }

    fn letters(&mut self, query: &DeadQuery, limit: usize) -> Result<Vec<DeadLetter>> {
        let tables = self.tables();
        let mut letters = Vec::<DeadLetter>::new();
        let dead = tables.dead(query).collect::<Vec<_>>();
        for (id, row) in dead.into_iter().rev() {
            let is_next = letters.last().is_none_or(|letter| letter.id != id.0);
            if letters.len() >= limit && is_next {
                break;
            }
            let stored = &tables.deliveries[&id.0];
            let State::Dead(reason) = row.state else {
                continue;
            };
            letters.push(DeadLetter {
                id: id.0,
                key: const_hex::encode(stored.key).into(),
                event: stored.event.clone(),
                received_at: stored.received_at,
                handler: id.1.into(),
                attempts: row.attempts,
                reason,
                error: row.error.as_deref().map(Box::from),
            });
        }
        Ok(letters)
    }

    fn dead_runs(
        &mut self,
        query: &DeadQuery,
        after: Option<&RunId>,
        limit: usize,
    ) -> Result<Vec<RunId>> {
        let tables = self.tables();
        let is_behind = |id: Id| after.is_none_or(|it| id > (it.delivery, &*it.handler));
        let dead = tables.dead(query).filter(|(id, _)| is_behind(*id));
        Ok(dead.take(limit).map(|(id, _)| run_id(id)).collect())
    }

    fn runs_of(&mut self, handler: &str, after: DeliveryId, limit: usize) -> Result<Vec<RunId>> {
        let tables = self.tables();
        let runs = tables.runs.keys().copied();
        let runs = runs.filter(|(delivery, of)| *delivery > after && *of == handler);
        Ok(runs.take(limit).map(run_id).collect())
    }

    fn bodies(&mut self, after: DeliveryId) -> Result<Vec<(DeliveryId, Option<Stored>)>> {
        let tables = self.tables();
        let stored = tables.deliveries.iter();
        let stored = stored.filter(|(id, stored)| **id > after && stored.body.is_some());
        let stored = stored.map(|(id, stored)| (*id, Some(stored.clone())));
        Ok(stored.take(100).collect())
    }

    fn change(&mut self, now: Millis, runs: &[(RunId, Change)]) -> Result<Changed> {
        let changed = self.change_tables(|tables| {
            let changed = runs.iter().filter(|(run, change)| {
                let found = tables.find(run.delivery, &run.handler);
                found.is_some_and(|id| tables.change(now, id, change))
            });
            let changed = changed.count();
            (changed, changed > 0)
        });
        Ok(Changed {
            taken: runs.len(),
            changed: changed as u64,
        })
    }

    fn erase(&mut self, now: Millis, deliveries: &[DeliveryId]) -> Result<ErasedBatch> {
        let mut done = ErasedBatch::default();
        done.deliveries.taken = deliveries.len();
        self.change_tables(|tables| {
            for &id in deliveries {
                if tables.has_body(id) {
                    done.deliveries.changed += 1;
                    tables.forget_query(id);
                }
                done.runs_stopped += tables.end_erased(now, id);
                tables.erase(id);
            }
            ((), true)
        });
        Ok(done)
    }

    fn wipe(&mut self) -> Result<()> {
        Ok(())
    }

    fn add_runs(
        &mut self,
        now: Millis,
        delivery: DeliveryId,
        handlers: &[String],
    ) -> Result<Option<u64>> {
        Ok(self.change_tables(|tables| {
            if !tables.has_body(delivery) {
                return (None, false);
            }
            let mut added = 0;
            for handler in handlers {
                if tables.find(delivery, handler).is_none() {
                    let id = (delivery, tables.intern(handler));
                    tables.replace(id, Some(new_row(now)));
                    added += 1;
                }
            }
            (Some(added), added > 0)
        }))
    }

    fn sweep(&mut self, now: Millis, retention: &Retention, _: DeliveryId) -> Result<Swept> {
        Ok(self.change_tables(|tables| {
            let swept = tables.sweep(now, retention);
            (swept, swept.changed())
        }))
    }

    fn backup(&mut self, _: &Path) -> std::result::Result<(), InboxError> {
        let text = "an inbox in memory can't be backed up: it ends with its process";
        Err(InboxError::Request(text.to_owned()))
    }
}

impl Tables {
    fn summary(&self, id: DeliveryId, stored: &Stored) -> DeliverySummary {
        let meta = serde_json::from_str::<serde_json::Value>(&stored.meta).unwrap_or_default();
        DeliverySummary {
            id,
            key: const_hex::encode(stored.key).into(),
            event: stored.event.clone(),
            message_id: meta["message_id"].as_str().map(Box::from),
            received_at: stored.received_at,
            has_body: stored.body.is_some(),
            runs: self
                .runs_of_delivery(id)
                .map(|(id, row)| self.run(id, row))
                .collect(),
        }
    }

    fn run(&self, id: Id, row: &Row) -> RunSummary {
        let (state, reason) = match row.state {
            State::Waiting => (operator::State::Waiting, None),
            State::Running(_) => (operator::State::Running, None),
            State::Done => (operator::State::Done, None),
            State::Dead(reason) => (operator::State::Dead, Some(reason)),
        };
        RunSummary {
            handler: id.1.into(),
            state,
            due_at: row.due_at,
            attempts: row.attempts,
            crashes: row.crashes,
            replays: self.replays.get(&id).copied().unwrap_or(0),
            ended_at: row.ended_at,
            reason,
            error: row.error.as_deref().map(Box::from),
        }
    }

    fn runs_of_delivery(&self, id: DeliveryId) -> impl Iterator<Item = (Id, &Row)> {
        let runs = self.runs.range((id, "")..);
        let runs = runs.map(|(of, row)| (*of, row));
        runs.take_while(move |(of, _)| of.0 == id)
    }

    /// Dead runs, oldest delivery first.
    fn dead(&self, query: &DeadQuery) -> impl Iterator<Item = (Id, &Row)> {
        let (first, last) = query.ids();
        let filter = &query.filter;
        let runs = self.runs.iter().map(|(id, row)| (*id, row));
        runs.filter(move |(id, row)| {
            let has_reason = |reason| row.state == State::Dead(reason);
            row.is_dead()
                && (first..=last).contains(&id.0)
                && filter.has_handler(id.1)
                && row.ended_at.is_some_and(|at| filter.has_time(at))
                && query.reason.is_none_or(has_reason)
                && filter.has_event(&self.deliveries[&id.0].event)
                && (!query.with_body || self.has_body(id.0))
        })
    }

    fn has_body(&self, id: DeliveryId) -> bool {
        let stored = self.deliveries.get(&id);
        stored.is_some_and(|stored| stored.body.is_some())
    }

    /// A run with this handler.
    fn find(&self, delivery: DeliveryId, handler: &str) -> Option<Id> {
        let mut runs = self.runs_of_delivery(delivery).map(|(id, _)| id);
        runs.find(|id| id.1 == handler)
    }

    /// The id of a handler, which lives as long as the program.
    fn intern(&self, handler: &str) -> &'static str {
        let of_workers = self
            .workers
            .values()
            .flat_map(|worker: &Worker| &worker.handlers);
        let mut known = of_workers.copied().chain(self.runs.keys().map(|id| id.1));
        let known = known.find(|known| *known == handler);
        known.unwrap_or_else(|| Box::leak(Box::from(handler)))
    }

    /// Returns whether the run was what it had to be.
    fn change(&mut self, now: Millis, id: Id, change: &Change) -> bool {
        let row = self.runs[&id].clone();
        let has_body = self.has_body(id.0);
        let changed = match change {
            Change::Retry { due } if row.is_dead() && has_body => Row {
                error: row.error,
                ..new_row(*due)
            },
            Change::Again if row.state == State::Done && has_body => {
                *self.replays.entry(id).or_default() += 1;
                new_row(now)
            }
            Change::Purge if row.is_dead() => Row {
                state: State::Dead(DeadReason::Purged),
                error: None,
                ..row
            },
            Change::GiveUp if row.state == State::Waiting => Row {
                state: State::Dead(DeadReason::Purged),
                ended_at: Some(now),
                error: None,
                ..row
            },
            Change::Rename(to) => return self.rename(now, id, row, to),
            _ => return false,
        };
        self.replace(id, Some(changed));
        true
    }

    fn rename(&mut self, now: Millis, id: Id, mut row: Row, to: &str) -> bool {
        if matches!(row.state, State::Running(_)) || self.find(id.0, to).is_some() {
            return false;
        }
        if row.state == State::Waiting && row.due_at <= now + ORPHANS_WAIT {
            row.due_at = row.due_at.min(now);
        }
        let renamed = (id.0, self.intern(to));
        self.replace(id, None);
        self.replace(renamed, Some(row));
        if let Some(replays) = self.replays.remove(&id) {
            self.replays.insert(renamed, replays);
        }
        true
    }

    /// Ends the runs of a delivery that are open. Returns how many.
    fn end_erased(&mut self, now: Millis, id: DeliveryId) -> u64 {
        let is_open = |row: &Row| matches!(row.state, State::Waiting | State::Running(_));
        let open = self.runs_of_delivery(id).filter(|(_, row)| is_open(row));
        let open: Vec<_> = open.map(|(id, row)| (id, row.clone())).collect();
        for (id, row) in &open {
            let erased = Row {
                state: State::Dead(DeadReason::Erased),
                ended_at: Some(now),
                ..row.clone()
            };
            self.replace(*id, Some(erased));
        }
        open.len() as u64
    }

    fn forget_query(&mut self, id: DeliveryId) {
        let Some(stored) = self.deliveries.get_mut(&id) else {
            return;
        };
        let meta = serde_json::from_str::<serde_json::Value>(&stored.meta);
        if let Ok(serde_json::Value::Object(mut meta)) = meta {
            meta.remove("query");
            stored.meta = serde_json::Value::Object(meta).to_string();
        }
    }
}

/// A run that was never started.
fn new_row(due_at: Millis) -> Row {
    Row {
        state: State::Waiting,
        due_at,
        attempts: 0,
        crashes: 0,
        uncounted: 0,
        ended_at: None,
        error: None,
    }
}

fn run_id((delivery, handler): Id) -> RunId {
    RunId {
        delivery,
        handler: handler.into(),
    }
}
