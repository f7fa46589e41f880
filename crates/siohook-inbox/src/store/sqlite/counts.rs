//! Counts of runs: by indexes that hold none of those that are done, or in windows of deliveries.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::statements::{
    COUNT_BEHIND, COUNT_DEAD, COUNT_RUNNING, COUNT_WAITING, COUNT_WINDOW, LINKED_HANDLERS,
    OLDEST_WAITING, RECEIVED_AT,
};
use crate::dead_reason::DeadReason;
use crate::operator::State;
use crate::stats::{HandlerStats, Stats};
use crate::store::{DeliveryId, Millis};

/// Counts the store, for a program that has the handlers `own`.
pub(super) fn stats(
    connection: &Connection,
    now: Millis,
    own: &[&'static str],
) -> rusqlite::Result<Stats> {
    let mut counts = Counts::new(connection)?;
    // A worker that has retired is not registered any more.
    counts.linked.extend(own.iter().map(|&id| id.to_owned()));
    for (sql, field) in [
        (
            COUNT_WAITING,
            (|handler| &mut handler.waiting) as fn(&mut HandlerStats) -> &mut u64,
        ),
        (COUNT_BEHIND, |handler| &mut handler.behind),
        (COUNT_RUNNING, |handler| &mut handler.running),
    ] {
        counts.add(connection, sql, |row, handler| {
            *field(handler) = count(row, 1)?;
            Ok(())
        })?;
    }
    counts.add(connection, COUNT_DEAD, |row, handler| {
        // A later version may have other words.
        if let Some(reason) = DeadReason::parse(row.get_ref(1)?.as_str()?) {
            handler.dead.insert(reason, count(row, 2)?);
        }
        Ok(())
    })?;
    let oldest: Option<Millis> = connection
        .prepare_cached(OLDEST_WAITING)?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(counts.stats(now, oldest))
}

/// Runs of a handler in a window, all in one state.
pub(super) struct Group {
    handler: String,
    state: State,
    /// Of dead ones.
    reason: Option<DeadReason>,
    runs: u64,
    first: DeliveryId,
}

/// Counts a window of deliveries. The indexes are of no use for that.
pub(super) fn window(
    connection: &Connection,
    ids: (DeliveryId, DeliveryId),
) -> rusqlite::Result<Vec<Group>> {
    let mut statement = connection.prepare_cached(COUNT_WINDOW)?;
    let mut rows = statement.query(ids)?;
    let mut groups = vec![];
    while let Some(row) = rows.next()? {
        // A later version may have other words.
        let Some(state) = State::parse(row.get_ref(1)?.as_str()?) else {
            continue;
        };
        let reason = row.get_ref(2)?.as_str_or_null()?;
        groups.push(Group {
            handler: row.get(0)?,
            state,
            reason: reason.and_then(DeadReason::parse),
            runs: count(row, 3)?,
            first: row.get(4)?,
        });
    }
    Ok(groups)
}

/// Sums up what was found in all windows.
pub(super) fn sum(
    connection: &Connection,
    now: Millis,
    groups: Vec<Group>,
) -> rusqlite::Result<Stats> {
    let mut counts = Counts::new(connection)?;
    let waiting = groups.iter().filter(|it| it.state == State::Waiting);
    let oldest = waiting.map(|it| it.first).min();
    for group in groups {
        let handler = counts.handler(group.handler);
        match (group.state, group.reason) {
            (State::Waiting, _) => handler.waiting += group.runs,
            (State::Behind, _) => handler.behind += group.runs,
            (State::Running, _) => handler.running += group.runs,
            (State::Dead, Some(reason)) => *handler.dead.entry(reason).or_default() += group.runs,
            (State::Dead | State::Done, _) => {}
        }
    }
    let oldest: Option<Millis> = connection
        .prepare_cached(RECEIVED_AT)?
        .query_row([oldest], |row| row.get(0))
        .optional()?;
    Ok(counts.stats(now, oldest))
}

struct Counts {
    linked: BTreeSet<String>,
    handlers: BTreeMap<String, HandlerStats>,
}

impl Counts {
    fn new(connection: &Connection) -> rusqlite::Result<Self> {
        let mut linked = connection.prepare_cached(LINKED_HANDLERS)?;
        let linked = linked.query_map([], |row| row.get(0))?;
        Ok(Self {
            linked: linked.collect::<rusqlite::Result<_>>()?,
            handlers: BTreeMap::new(),
        })
    }

    fn handler(&mut self, id: String) -> &mut HandlerStats {
        let is_orphan = !self.linked.contains(&id);
        let handler = HandlerStats::new(&id, is_orphan);
        self.handlers.entry(id).or_insert(handler)
    }

    fn stats(self, now: Millis, oldest: Option<Millis>) -> Stats {
        Stats {
            handlers: self.handlers.into_values().collect(),
            oldest_waiting: oldest.map(|oldest| {
                let waited = now.saturating_sub(oldest).max(0);
                Duration::from_millis(waited.unsigned_abs())
            }),
        }
    }

    /// Adds a row for each handler.
    fn add(
        &mut self,
        connection: &Connection,
        sql: &str,
        mut set: impl FnMut(&Row<'_>, &mut HandlerStats) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            set(row, self.handler(row.get(0)?))?;
        }
        Ok(())
    }
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}
