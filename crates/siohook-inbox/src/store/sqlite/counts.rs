//! Counts of runs, by indexes that hold none of those that are done.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::statements::{
    COUNT_BEHIND, COUNT_DEAD, COUNT_RUNNING, COUNT_WAITING, LINKED_HANDLERS, OLDEST_WAITING,
};
use crate::dead_letter::DeadReason;
use crate::stats::{HandlerStats, Stats};
use crate::store::Millis;

/// Counts the store, for a program that has the handlers `own`.
pub(super) fn stats(
    connection: &Connection,
    now: Millis,
    own: &[&'static str],
) -> rusqlite::Result<Stats> {
    let mut linked = connection.prepare_cached(LINKED_HANDLERS)?;
    let linked = linked.query_map([], |row| row.get(0))?;
    let mut linked = linked.collect::<rusqlite::Result<BTreeSet<String>>>()?;
    // A worker that has retired is not registered any more.
    linked.extend(own.iter().map(|&id| id.to_owned()));
    let mut counts = Counts {
        linked,
        handlers: BTreeMap::new(),
    };
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
    Ok(Stats {
        handlers: counts.handlers.into_values().collect(),
        oldest_waiting: oldest.map(|oldest| {
            let waited = now.saturating_sub(oldest).max(0);
            Duration::from_millis(waited.unsigned_abs())
        }),
    })
}

struct Counts {
    linked: BTreeSet<String>,
    handlers: BTreeMap<String, HandlerStats>,
}

impl Counts {
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
            let id: String = row.get(0)?;
            let is_orphan = !self.linked.contains(&id);
            let handler = HandlerStats::new(&id, is_orphan);
            set(row, self.handlers.entry(id).or_insert(handler))?;
        }
        Ok(())
    }
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}
