//! What an operator does with the connection of its inbox's worker, if the file allows no other.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::super::lent::Lent;
use super::super::{connection, counts, sweep};
use super::lists::{self, Ids};
use super::windows::Windows;
use super::{changes, checkpoint, in_transaction, wipe};
use crate::InboxError;
use crate::dead_letter::DeadLetter;
use crate::operator::DeliverySummary;
use crate::stats::Stats;
use crate::store::{
    Change, Changed, DeadQuery, DeliveryId, DeliveryQuery, ErasedBatch, Millis, Records, Result,
    Retention, RunId, Stored, Swept,
};

/// An operator that has the connection for a slice at a time. Lists are made of many.
pub(in crate::store::sqlite) struct LentRecords {
    pub(in crate::store::sqlite) lent: Lent,
    /// The ids that one statement looks at.
    pub(in crate::store::sqlite) window: DeliveryId,
    /// When a slice ends, after the statement that it is at.
    pub(in crate::store::sqlite) slice: Duration,
}

impl LentRecords {
    pub(in crate::store::sqlite) fn new(lent: Lent) -> Self {
        Self {
            lent,
            window: 256,
            slice: sweep::BATCH,
        }
    }

    fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        self.lent
            .write(move |connection| in_transaction(connection, change))
    }

    fn windows(
        &self,
        newest_first: bool,
        ids: impl FnOnce(&Connection) -> rusqlite::Result<Ids> + Send + 'static,
    ) -> Result<Windows> {
        let ids = self
            .lent
            .read(|connection| lists::known(connection, ids(connection)?))?;
        Ok(Windows::new(ids, self.window, newest_first))
    }

    /// Reads one window after the other until `limit` is found. `read` gets a window, and how many are
    /// missing.
    fn search<T: Send + 'static>(
        &self,
        mut windows: Windows,
        limit: usize,
        read: impl Fn(&Connection, Ids, usize) -> rusqlite::Result<Vec<T>> + Send + Sync + 'static,
    ) -> Result<Vec<T>> {
        let (read, slice, mut found) = (Arc::new(read), self.slice, vec![]);
        while found.len() < limit && !windows.is_over() {
            let (read, room) = (Arc::clone(&read), limit - found.len());
            let (left, mut more) = self.lent.read(move |connection| {
                let (started, mut more) = (Instant::now(), vec![]);
                for ids in &mut windows {
                    more.append(&mut read(connection, ids, room - more.len())?);
                    if more.len() >= room || started.elapsed() >= slice {
                        break;
                    }
                }
                Ok((windows, more))
            })?;
            windows = left;
            found.append(&mut more);
        }
        Ok(found)
    }
}

impl Records for LentRecords {
    fn has_ended(&self) -> bool {
        self.lent.has_ended()
    }

    fn stats(&mut self, now: Millis) -> Result<Stats> {
        let windows = self.windows(false, |_| Ok(lists::above(DeliveryId::MIN)))?;
        let groups = self.search(windows, usize::MAX, |connection, ids, _| {
            counts::window(connection, ids)
        })?;
        self.lent
            .read(move |connection| counts::sum(connection, now, groups))
    }

    fn count_done(&mut self) -> Result<u64> {
        let windows = self.windows(false, |_| Ok(lists::ALL))?;
        let counts = self.search(windows, usize::MAX, |connection, ids, _| {
            Ok(vec![lists::count_done(connection, ids)?])
        })?;
        Ok(counts.iter().sum())
    }

    fn deliveries(&mut self, query: &DeliveryQuery, limit: usize) -> Result<Vec<DeliverySummary>> {
        let (query, filter) = (query.clone(), query.filter.clone());
        let windows = self.windows(true, move |connection| lists::ids(connection, &filter))?;
        self.search(windows, limit, move |connection, ids, room| {
            lists::deliveries_in(connection, &query, ids, room)
        })
    }

    fn delivery(&mut self, id: DeliveryId) -> Result<Option<(DeliverySummary, Stored)>> {
        self.lent
            .read(move |connection| lists::delivery(connection, id))
    }

    fn letters(&mut self, query: &DeadQuery, limit: usize) -> Result<Vec<DeadLetter>> {
        let (query, ids) = (query.clone(), query.ids());
        let windows = self.windows(true, move |_| Ok(ids))?;
        self.search(windows, limit, move |connection, ids, room| {
            lists::letters(connection, &query, ids, room)
        })
    }

    fn dead_runs(
        &mut self,
        query: &DeadQuery,
        after: Option<&RunId>,
        limit: usize,
    ) -> Result<Vec<RunId>> {
        let (query, after, ids) = (query.clone(), after.cloned(), lists::behind(query, after));
        let windows = self.windows(false, move |_| Ok(ids))?;
        self.search(windows, limit, move |connection, ids, room| {
            lists::dead_runs(connection, &query, ids, after.as_ref(), room)
        })
    }

    fn runs_of(&mut self, handler: &str, after: DeliveryId, limit: usize) -> Result<Vec<RunId>> {
        let handler = handler.to_owned();
        let windows = self.windows(false, move |_| Ok(lists::above(after)))?;
        self.search(windows, limit, move |connection, ids, room| {
            lists::runs_of(connection, &handler, ids, room)
        })
    }

    /// Reads those of the first window that has some.
    fn bodies(&mut self, after: DeliveryId) -> Result<Vec<(DeliveryId, Option<Stored>)>> {
        let windows = self.windows(false, move |_| Ok(lists::above(after)))?;
        self.search(windows, 1, |connection, ids, _| {
            lists::bodies(connection, ids)
        })
    }

    fn change(&mut self, now: Millis, runs: &[(RunId, Change)]) -> Result<Changed> {
        let runs = runs.to_vec();
        self.write(move |connection| changes::change(connection, now, &runs))
    }

    fn erase(&mut self, now: Millis, deliveries: &[DeliveryId]) -> Result<ErasedBatch> {
        let deliveries = deliveries.to_vec();
        self.write(move |connection| changes::erase(connection, now, &deliveries))
    }

    fn wipe(&mut self) -> Result<()> {
        wipe(self.lent.place(), || self.lent.read(checkpoint))
    }

    fn add_runs(
        &mut self,
        now: Millis,
        delivery: DeliveryId,
        handlers: &[String],
    ) -> Result<Option<u64>> {
        let handlers = handlers.to_vec();
        self.write(move |connection| changes::add_runs(connection, now, delivery, &handlers))
    }

    fn sweep(&mut self, now: Millis, retention: &Retention, after: DeliveryId) -> Result<Swept> {
        let retention = *retention;
        self.write(move |connection| sweep::sweep(connection, now, &retention, after))
    }

    /// A copy can't be made in slices.
    fn backup(&mut self, _: &Path) -> std::result::Result<(), InboxError> {
        Err(connection::in_use(self.lent.place().path(), true).into())
    }
}
