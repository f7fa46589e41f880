//! What an operator reads.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::super::runs;
use super::statements::{
    BODIES, COUNT_DONE, DEAD_RUNS, DELIVERIES, DELIVERIES_BEHIND, DELIVERIES_DEAD, DELIVERIES_RUN,
    DELIVERIES_RUNNING, DELIVERIES_WAITING, KNOWN_IDS, LAST_ID, LETTERS, RECEIVED_FROM, RUNS,
    RUNS_OF_HANDLER, SUMMARY,
};
use crate::dead_letter::DeadLetter;
use crate::dead_reason::DeadReason;
use crate::operator::{DeliverySummary, RunSummary, State};
use crate::store::{DeadQuery, DeliveryId, DeliveryQuery, Filter, RunId, Stored, ids_of};

/// Bodies that are read at a time.
const BYTES: usize = 1 << 20;

/// Ids of deliveries: the lowest and the highest one.
pub(super) type Ids = (DeliveryId, DeliveryId);

pub(super) fn deliveries(
    connection: &Connection,
    query: &DeliveryQuery,
    limit: usize,
) -> rusqlite::Result<Vec<DeliverySummary>> {
    let sql = match query.state {
        Some(State::Behind) => DELIVERIES_BEHIND,
        Some(State::Waiting) => DELIVERIES_WAITING,
        Some(State::Running) => DELIVERIES_RUNNING,
        _ => by_id(query),
    };
    deliveries_by(
        sql,
        connection,
        query,
        ids(connection, &query.filter)?,
        limit,
    )
}

/// Reads deliveries of a window.
pub(super) fn deliveries_in(
    connection: &Connection,
    query: &DeliveryQuery,
    window: Ids,
    limit: usize,
) -> rusqlite::Result<Vec<DeliverySummary>> {
    deliveries_by(by_id(query), connection, query, window, limit)
}

/// The statement that reads no more than the ids it is given. The indexes of other states are read
/// from end to end.
fn by_id(query: &DeliveryQuery) -> &'static str {
    match query.state {
        Some(State::Dead) => DELIVERIES_DEAD,
        None if query.filter.handler.is_none() => DELIVERIES,
        _ => DELIVERIES_RUN,
    }
}

fn deliveries_by(
    sql: &str,
    connection: &Connection,
    query: &DeliveryQuery,
    (first, last): Ids,
    limit: usize,
) -> rusqlite::Result<Vec<DeliverySummary>> {
    let filter = &query.filter;
    let (handler, state) = (&filter.handler, query.state.map(State::as_str));
    let mut ids = connection.prepare_cached(sql)?;
    let mut ids = match sql {
        DELIVERIES => ids.query(params![first, last])?,
        DELIVERIES_RUN => ids.query(params![first, last, handler, state])?,
        _ => ids.query(params![first, last, handler])?,
    };
    let mut found = vec![];
    while found.len() < limit
        && let Some(id) = ids.next()?
    {
        let Some(mut delivery) = summary(connection, id.get(0)?)? else {
            continue;
        };
        if filter.has_event(&delivery.event) && filter.has_time(delivery.received_at) {
            delivery.runs = runs_of_delivery(connection, delivery.id)?;
            if query.has_run(&delivery) {
                found.push(delivery);
            }
        }
    }
    Ok(found)
}

/// The ids of the deliveries that may be of a time.
pub(super) fn ids(connection: &Connection, filter: &Filter) -> rusqlite::Result<Ids> {
    let last = || {
        let mut last = connection.prepare_cached(LAST_ID)?;
        last.query_row([], |row| row.get(0))
    };
    ids_of(filter, last, |id| {
        let mut received = connection.prepare_cached(RECEIVED_FROM)?;
        let found = received.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)));
        found.optional()
    })
}

/// Those of the ids that are in the tables, and all between them.
pub(super) fn known(connection: &Connection, (first, last): Ids) -> rusqlite::Result<Option<Ids>> {
    let mut known = connection.prepare_cached(KNOWN_IDS)?;
    let known = known.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(match known {
        (Some(lowest), Some(highest)) => Some((first.max(lowest), last.min(highest))),
        _ => None,
    })
}

/// The ids of the dead runs behind one.
pub(super) fn behind(query: &DeadQuery, after: Option<&RunId>) -> Ids {
    let (first, last) = query.ids();
    (after.map_or(first, |after| after.delivery), last)
}

pub(super) fn above(id: DeliveryId) -> Ids {
    (id.saturating_add(1), DeliveryId::MAX)
}

/// The ids of all deliveries.
pub(super) const ALL: Ids = (DeliveryId::MIN, DeliveryId::MAX);

fn summary(connection: &Connection, id: DeliveryId) -> rusqlite::Result<Option<DeliverySummary>> {
    let mut summary = connection.prepare_cached(SUMMARY)?;
    let summary = summary.query_row([id], |row| {
        Ok(DeliverySummary {
            id,
            key: key(row, 0)?,
            event: row.get(1)?,
            message_id: row.get(2)?,
            received_at: row.get(3)?,
            has_body: row.get(4)?,
            runs: vec![],
        })
    });
    summary.optional()
}

fn runs_of_delivery(connection: &Connection, id: DeliveryId) -> rusqlite::Result<Vec<RunSummary>> {
    let mut runs = connection.prepare_cached(RUNS)?;
    let mut runs = runs.query([id])?;
    let mut found = vec![];
    while let Some(row) = runs.next()? {
        let state: Box<str> = row.get(1)?;
        // A later version may have other words.
        let Some(state) = State::parse(&state) else {
            continue;
        };
        found.push(RunSummary {
            handler: row.get(0)?,
            state,
            due_at: row.get(2)?,
            attempts: row.get(3)?,
            crashes: row.get(4)?,
            replays: row.get(5)?,
            ended_at: row.get(6)?,
            reason: row
                .get_ref(7)?
                .as_str_or_null()?
                .and_then(DeadReason::parse),
            error: row.get(8)?,
        });
    }
    Ok(found)
}

pub(super) fn delivery(
    connection: &Connection,
    id: DeliveryId,
) -> rusqlite::Result<Option<(DeliverySummary, Stored)>> {
    // One transaction, so that both are of the same moment.
    let reading = connection.unchecked_transaction()?;
    let Some(mut delivery) = summary(&reading, id)? else {
        return Ok(None);
    };
    delivery.runs = runs_of_delivery(&reading, id)?;
    let stored = runs::read(&reading, id)?;
    Ok(Some((delivery, stored)))
}

pub(super) fn letters(
    connection: &Connection,
    query: &DeadQuery,
    (first, last): Ids,
    limit: usize,
) -> rusqlite::Result<Vec<DeadLetter>> {
    let filter = &query.filter;
    let wanted = query.reason.map(DeadReason::as_str);
    let mut rows = connection.prepare_cached(LETTERS)?;
    let mut rows = rows.query(params![
        first,
        last,
        filter.handler,
        filter.since,
        filter.before,
        wanted
    ])?;
    let mut letters = Vec::<DeadLetter>::new();
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        let is_next = letters.last().is_none_or(|letter| letter.id != id);
        if letters.len() >= limit && is_next {
            break;
        }
        let event: Box<str> = row.get(6)?;
        let has_what_it_needs = !query.with_body || row.get(8)?;
        let is_wanted = has_what_it_needs && filter.has_event(&event);
        let Some(reason) = reason(row, 3)?.filter(|_| is_wanted) else {
            continue;
        };
        letters.push(DeadLetter {
            id,
            key: key(row, 5)?,
            event,
            received_at: row.get(7)?,
            handler: row.get(1)?,
            attempts: row.get(2)?,
            reason,
            error: row.get(4)?,
        });
    }
    Ok(letters)
}

/// Reads dead runs, those of the first delivery from behind `after` on.
pub(super) fn dead_runs(
    connection: &Connection,
    query: &DeadQuery,
    (first, last): Ids,
    after: Option<&RunId>,
    limit: usize,
) -> rusqlite::Result<Vec<RunId>> {
    let filter = &query.filter;
    let after = after.filter(|after| after.delivery == first);
    let reason = query.reason.map(DeadReason::as_str);
    let mut rows = connection.prepare_cached(DEAD_RUNS)?;
    let mut rows = rows.query(params![
        first,
        last,
        filter.handler,
        filter.since,
        filter.before,
        reason,
        after.map(|after| &*after.handler)
    ])?;
    let mut found = vec![];
    while found.len() < limit
        && let Some(row) = rows.next()?
    {
        let event: Box<str> = row.get(2)?;
        let has_what_it_needs = !query.with_body || row.get(3)?;
        if has_what_it_needs && filter.has_event(&event) {
            found.push(RunId {
                delivery: row.get(0)?,
                handler: row.get(1)?,
            });
        }
    }
    Ok(found)
}

pub(super) fn count_done(connection: &Connection, ids: Ids) -> rusqlite::Result<u64> {
    let mut count = connection.prepare_cached(COUNT_DONE)?;
    count.query_row(ids, |row| row.get::<_, i64>(0).map(i64::unsigned_abs))
}

pub(super) fn runs_of(
    connection: &Connection,
    handler: &str,
    (first, last): Ids,
    limit: usize,
) -> rusqlite::Result<Vec<RunId>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut runs = connection.prepare_cached(RUNS_OF_HANDLER)?;
    let runs = runs.query_map(params![first, last, handler, limit], |row| {
        Ok(RunId {
            delivery: row.get(0)?,
            handler: handler.into(),
        })
    })?;
    runs.collect()
}

pub(super) fn bodies(
    connection: &Connection,
    (first, last): Ids,
) -> rusqlite::Result<Vec<(DeliveryId, Option<Stored>)>> {
    let mut rows = connection.prepare_cached(BODIES)?;
    let mut rows = rows.query([first, last])?;
    let (mut found, mut bytes) = (vec![], 0);
    while bytes < BYTES
        && let Some(row) = rows.next()?
    {
        let stored = stored(row).ok();
        let body = stored.as_ref().and_then(|stored| stored.body.as_ref());
        bytes += body.map_or(0, Bytes::len);
        found.push((row.get(0)?, stored));
    }
    Ok(found)
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        key: row.get(1)?,
        event: row.get(2)?,
        received_at: row.get(3)?,
        meta: row.get(4)?,
        body: Some(row.get::<_, Vec<u8>>(5)?.into()),
    })
}

fn key(row: &Row<'_>, column: usize) -> rusqlite::Result<Box<str>> {
    let key: Vec<u8> = row.get(column)?;
    Ok(const_hex::encode(key).into())
}

/// A later version may have other words.
fn reason(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<DeadReason>> {
    let reason: Option<Box<str>> = row.get(column)?;
    Ok(reason.and_then(|reason| DeadReason::parse(&reason)))
}
