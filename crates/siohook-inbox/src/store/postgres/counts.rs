//! Counts of runs, by indexes that hold none of those that are done.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::try_join3;

use super::link::Session;
use super::runs::At;
use super::statements::{COUNTS, LINKED_HANDLERS, OLDEST_WAITING};
use crate::dead_reason::DeadReason;
use crate::stats::{HandlerStats, Stats};
use crate::store::{Millis, Result};

/// Counts the store, for a program that has the handlers `own`.
pub(super) async fn stats(session: &Session, at: At, own: &[&'static str]) -> Result<Stats> {
    let by_hand = at.by_hand();
    let (linked, counts, oldest) = try_join3(
        session.query(LINKED_HANDLERS, &[]),
        session.query(COUNTS, &[]),
        session.query(OLDEST_WAITING, &[&by_hand]),
    )
    .await?;
    let mut linked: BTreeSet<&str> = linked.iter().map(|row| row.get(0)).collect();
    // A worker that has retired is not registered any more.
    linked.extend(own);
    let mut handlers = BTreeMap::<&str, HandlerStats>::new();
    for row in &counts {
        let (id, state, reason): (&str, &str, Option<&str>) = (row.get(0), row.get(1), row.get(2));
        let runs = row.get::<_, i64>(3).unsigned_abs();
        let new = || HandlerStats::new(id, !linked.contains(id));
        let handler = handlers.entry(id).or_insert_with(new);
        match state {
            "waiting" => handler.waiting = runs,
            "behind" => handler.behind = runs,
            "running" => handler.running = runs,
            // A later version may have other words.
            _ => {
                if let Some(reason) = reason.and_then(DeadReason::parse) {
                    handler.dead.insert(reason, runs);
                }
            }
        }
    }
    let waited = oldest.first().map(|row| row.get::<_, Millis>(0));
    Ok(Stats {
        handlers: handlers.into_values().collect(),
        oldest_waiting: waited.map(|waited| Duration::from_millis(waited.max(0).unsigned_abs())),
    })
}
