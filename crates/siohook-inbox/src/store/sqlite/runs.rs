//! What happens to deliveries and runs in a transaction.

use bytes::Bytes;
use rusqlite::{Connection, Row, params};

use super::statements::{
    DELETE_DELIVERY, DELETE_WORKER, END_DEAD, END_DONE, END_GIVEN_BACK, END_RETRY, INSERT_DELIVERY,
    INSERT_RUN, RUNS_OF_WORKER, SELECT_DELIVERY, TAKE_BACK, TAKE_BACK_DEAD,
};
use super::workers::Worker;
use crate::dead_reason::{DeadReason, crashed_text};
use crate::store::handlers::Handlers;
use crate::store::{
    Accept, Accepted, Claimed, DeliveryId, End, Ending, Millis, RunKey, Stored, WorkerId,
    crash_delay,
};

pub(super) fn accept(
    connection: &Connection,
    worker: WorkerId,
    now: Millis,
    accept: &Accept,
    is_running: bool,
) -> rusqlite::Result<Accepted> {
    let delivery = &accept.delivery;
    let inserted = connection
        .prepare_cached(INSERT_DELIVERY)?
        .execute(params![
            accept.key,
            delivery.event().as_str(),
            delivery.message_id(),
            now,
            accept.meta,
            &delivery.body()[..],
        ])?;
    if inserted == 0 {
        return Ok(Accepted::Before);
    }
    let id = connection.last_insert_rowid();
    let (state, owner) = if is_running {
        ("running", Some(worker))
    } else {
        ("waiting", None)
    };
    let mut insert = connection.prepare_cached(INSERT_RUN)?;
    for handler in &accept.handlers {
        let inserted = insert.execute(params![id, handler, state, now, is_running, owner]);
        if let Err(error) = inserted {
            // The group may go on without it.
            connection.prepare_cached(DELETE_DELIVERY)?.execute([id])?;
            return Err(error);
        }
    }
    Ok(Accepted::Fresh { id, is_running })
}

pub(super) fn end(
    connection: &Connection,
    worker: WorkerId,
    now: Millis,
    ends: &[End],
) -> rusqlite::Result<Vec<bool>> {
    let end = |End { run, ending }: &End| {
        let RunKey {
            delivery,
            handler,
            attempt,
        } = run;
        let recorded = match ending {
            Ending::Done => connection
                .prepare_cached(END_DONE)?
                .execute(params![delivery, handler, worker, attempt, now]),
            Ending::Retry { due, error } => connection
                .prepare_cached(END_RETRY)?
                .execute(params![delivery, handler, worker, attempt, due, error]),
            Ending::Dead { reason, error } => {
                let reason = reason.as_str();
                connection.prepare_cached(END_DEAD)?.execute(params![
                    delivery, handler, worker, attempt, now, reason, error
                ])
            }
            Ending::GivenBack => connection
                .prepare_cached(END_GIVEN_BACK)?
                .execute(params![delivery, handler, worker, attempt, now]),
        };
        recorded.map(|rows| rows == 1)
    };
    ends.iter().map(end).collect()
}

pub(super) fn claim(
    connection: &Connection,
    worker: &Worker,
    handlers: &mut Handlers,
    sql: &str,
    now: Millis,
    room: usize,
) -> rusqlite::Result<Vec<Claimed>> {
    let limit = i64::try_from(room).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(sql)?;
    let claimed = statement.query_map(params![worker.id, now, worker.handlers, limit], |row| {
        claimed(handlers, row)
    })?;
    claimed.collect()
}

pub(super) fn read(connection: &Connection, delivery: DeliveryId) -> rusqlite::Result<Stored> {
    connection
        .prepare_cached(SELECT_DELIVERY)?
        .query_row([delivery], |row| {
            let body = row.get_ref(4)?.as_blob_or_null()?;
            Ok(Stored {
                key: row.get(0)?,
                event: row.get_ref(1)?.as_str()?.into(),
                received_at: row.get(2)?,
                meta: row.get(3)?,
                body: body.map(Bytes::copy_from_slice),
            })
        })
}

pub(super) fn take_back(
    connection: &Connection,
    handlers: &mut Handlers,
    now: Millis,
    gone: WorkerId,
    limit: u32,
) -> rusqlite::Result<(u32, Vec<Claimed>)> {
    let mut of_worker = connection.prepare_cached(RUNS_OF_WORKER)?;
    let running = of_worker.query_map([gone], |row| claimed(handlers, row))?;
    let running = running.collect::<rusqlite::Result<Vec<_>>>()?;
    let (mut waiting, mut dead) = (0, vec![]);
    for mut claimed in running {
        claimed.crashes = claimed.crashes.saturating_add(1);
        let (run, crashes) = (&claimed.run, claimed.crashes);
        if crashes >= limit {
            let (reason, error) = (DeadReason::Crashed.as_str(), crashed_text(crashes));
            connection.prepare_cached(TAKE_BACK_DEAD)?.execute(params![
                run.delivery,
                run.handler,
                crashes,
                now,
                reason,
                error
            ])?;
            dead.push(claimed);
        } else {
            let due = now.saturating_add(crash_delay(crashes));
            let mut wait = connection.prepare_cached(TAKE_BACK)?;
            wait.execute(params![run.delivery, run.handler, crashes, due])?;
            waiting += 1;
        }
    }
    connection.prepare_cached(DELETE_WORKER)?.execute([gone])?;
    Ok((waiting, dead))
}

fn claimed(handlers: &mut Handlers, row: &Row<'_>) -> rusqlite::Result<Claimed> {
    Ok(Claimed {
        run: RunKey {
            delivery: row.get(0)?,
            handler: handlers.find(row.get_ref(1)?.as_str()?),
            attempt: row.get(2)?,
        },
        crashes: row.get(3)?,
        uncounted: row.get(4)?,
    })
}
