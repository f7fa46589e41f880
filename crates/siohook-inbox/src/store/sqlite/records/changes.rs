//! What an operator changes. The caller begins and commits.

use std::time::Instant;

use rusqlite::{Connection, params};

use super::super::statements::ERASE_ERRORS;
use super::super::sweep::BATCH;
use super::statements::{
    ADD_RUN, AGAIN, END_ERASED, ERASE_DELIVERY, GIVE_UP, HAS_BODY, PURGE, RENAME, RETRY,
};
use crate::store::{Change, Changed, DeliveryId, ErasedBatch, Millis, ORPHANS_WAIT, RunId};

pub(super) fn change(
    connection: &Connection,
    now: Millis,
    runs: &[(RunId, Change)],
) -> rusqlite::Result<Changed> {
    let started = Instant::now();
    let mut done = Changed::default();
    for (RunId { delivery, handler }, change) in runs {
        let changed = match change {
            Change::Retry { due } => connection
                .prepare_cached(RETRY)?
                .execute(params![delivery, handler, due]),
            Change::Again => connection
                .prepare_cached(AGAIN)?
                .execute(params![delivery, handler, now]),
            Change::Purge => connection
                .prepare_cached(PURGE)?
                .execute(params![delivery, handler]),
            Change::GiveUp => connection
                .prepare_cached(GIVE_UP)?
                .execute(params![delivery, handler, now]),
            Change::Rename(to) => connection.prepare_cached(RENAME)?.execute(params![
                delivery,
                handler,
                to,
                now,
                now + ORPHANS_WAIT
            ]),
        };
        done.changed += changed? as u64;
        done.taken += 1;
        if started.elapsed() > BATCH {
            break;
        }
    }
    Ok(done)
}

pub(super) fn erase(
    connection: &Connection,
    now: Millis,
    deliveries: &[DeliveryId],
) -> rusqlite::Result<ErasedBatch> {
    let started = Instant::now();
    let mut done = ErasedBatch::default();
    for id in deliveries {
        let mut erase = connection.prepare_cached(ERASE_DELIVERY)?;
        done.deliveries.changed += erase.execute([id])? as u64;
        let mut end = connection.prepare_cached(END_ERASED)?;
        done.runs_stopped += end.execute(params![id, now])? as u64;
        connection.prepare_cached(ERASE_ERRORS)?.execute([id])?;
        done.deliveries.taken += 1;
        if started.elapsed() > BATCH {
            break;
        }
    }
    Ok(done)
}

pub(super) fn add_runs(
    connection: &Connection,
    now: Millis,
    delivery: DeliveryId,
    handlers: &[String],
) -> rusqlite::Result<Option<u64>> {
    if !connection.prepare_cached(HAS_BODY)?.exists([delivery])? {
        return Ok(None);
    }
    let mut add = connection.prepare_cached(ADD_RUN)?;
    let mut added = 0;
    for handler in handlers {
        added += add.execute(params![delivery, handler, now])? as u64;
    }
    Ok(Some(added))
}
