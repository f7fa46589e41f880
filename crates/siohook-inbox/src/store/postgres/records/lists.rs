//! What an operator reads.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use tokio_postgres::Row;

use super::super::link::Session;
use super::super::runs::{count, stored};
use super::statements::{
    BODIES, DEAD_RUNS, DELIVERIES, DELIVERIES_BEHIND, DELIVERIES_DEAD, DELIVERIES_RUN,
    DELIVERIES_RUNNING, DELIVERIES_WAITING, DELIVERY, LETTERS, RUNS, RUNS_OF_HANDLER, SUMMARIES,
};
use crate::dead_letter::DeadLetter;
use crate::dead_reason::DeadReason;
use crate::operator::{DeliverySummary, RunSummary, State};
use crate::store::{DeadQuery, DeliveryId, DeliveryQuery, Millis, Result, RunId, Stored};

/// The rows that are read at a time.
const PAGE: i64 = 1000;
/// The deliveries that are looked at together, at most.
const DELIVERIES_AT_MOST: i64 = 64_000;
/// Bodies that are read at a time: so many bytes.
const BYTES: i64 = 1 << 20;

/// Reads deliveries from the second id down to the first.
pub(super) async fn deliveries(
    session: &Session,
    query: &DeliveryQuery,
    (first, mut last): (DeliveryId, DeliveryId),
    limit: usize,
) -> Result<Vec<DeliverySummary>> {
    let filter = &query.filter;
    let mut found = vec![];
    // Those of a state are sorted anew for each page, so the next one is longer.
    let mut page = i64::try_from(limit).unwrap_or(PAGE).min(PAGE);
    while found.len() < limit {
        let ids = ids(session, query, first, last, page).await?;
        let Some(lowest) = ids.last() else {
            break;
        };
        last = lowest.saturating_sub(1);
        page = (2 * page).min(DELIVERIES_AT_MOST);
        let mut deliveries = summaries(session, &ids).await?;
        deliveries.retain(|it| filter.has_event(&it.event) && filter.has_time(it.received_at));
        add_runs(session, &mut deliveries).await?;
        deliveries.retain(|delivery| query.has_run(delivery));
        deliveries.truncate(limit - found.len());
        found.append(&mut deliveries);
    }
    Ok(found)
}

/// The ids of some deliveries that may have what a query asks for, the highest first.
async fn ids(
    session: &Session,
    query: &DeliveryQuery,
    first: DeliveryId,
    last: DeliveryId,
    page: i64,
) -> Result<Vec<DeliveryId>> {
    let handler = &query.filter.handler;
    let state = query.state.map(State::as_str);
    let by_state = async |sql| session.query(sql, &[&first, &last, &page, handler]).await;
    let rows = match query.state {
        Some(State::Behind) => by_state(DELIVERIES_BEHIND).await?,
        Some(State::Waiting) => by_state(DELIVERIES_WAITING).await?,
        Some(State::Running) => by_state(DELIVERIES_RUNNING).await?,
        Some(State::Dead) => by_state(DELIVERIES_DEAD).await?,
        None if handler.is_none() => session.query(DELIVERIES, &[&first, &last, &page]).await?,
        Some(State::Done) | None => {
            session
                .query(DELIVERIES_RUN, &[&first, &last, &page, handler, &state])
                .await?
        }
    };
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Reads deliveries without their runs, in the order of their ids.
async fn summaries(session: &Session, ids: &[DeliveryId]) -> Result<Vec<DeliverySummary>> {
    let rows = session.query(SUMMARIES, &[&ids]).await?;
    let mut deliveries: HashMap<DeliveryId, DeliverySummary> =
        rows.iter().map(|row| (row.get(0), summary(row))).collect();
    Ok(ids.iter().filter_map(|id| deliveries.remove(id)).collect())
}

/// Reads the runs of deliveries.
async fn add_runs(session: &Session, deliveries: &mut [DeliverySummary]) -> Result<()> {
    if deliveries.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = deliveries.iter().map(|delivery| delivery.id).collect();
    let mut runs = HashMap::<DeliveryId, Vec<RunSummary>>::new();
    for row in &session.query(RUNS, &[&ids]).await? {
        // A later version may have other words.
        if let Some(run) = run(row) {
            runs.entry(row.get(0)).or_default().push(run);
        }
    }
    for delivery in deliveries {
        delivery.runs = runs.remove(&delivery.id).unwrap_or_default();
    }
    Ok(())
}

fn summary(row: &Row) -> DeliverySummary {
    DeliverySummary {
        id: row.get(0),
        key: const_hex::encode(row.get::<_, &[u8]>(1)).into(),
        event: row.get::<_, &str>(2).into(),
        message_id: row.get::<_, Option<&str>>(3).map(Box::from),
        received_at: row.get(4),
        has_body: row.get(5),
        runs: vec![],
    }
}

fn run(row: &Row) -> Option<RunSummary> {
    Some(RunSummary {
        handler: row.get::<_, &str>(1).into(),
        state: State::parse(row.get(2))?,
        due_at: row.get::<_, Option<Millis>>(3).unwrap_or(Millis::MAX),
        attempts: count(row.get(4)),
        crashes: count(row.get(5)),
        replays: count(row.get(6)),
        ended_at: row.get(7),
        reason: row.get::<_, Option<&str>>(8).and_then(DeadReason::parse),
        error: row.get::<_, Option<&str>>(9).map(Box::from),
    })
}

pub(super) async fn delivery(
    session: &Session,
    id: DeliveryId,
) -> Result<Option<(DeliverySummary, Stored)>> {
    let rows = session.query(DELIVERY, &[&id]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let mut delivery = [summary(row)];
    add_runs(session, &mut delivery).await?;
    let [delivery] = delivery;
    Ok(Some((delivery, stored(id, row)?)))
}

pub(super) async fn letters(
    session: &Session,
    query: &DeadQuery,
    limit: usize,
) -> Result<Vec<DeadLetter>> {
    let filter = &query.filter;
    let (first, mut last) = query.ids();
    let reason = query.reason.map(DeadReason::as_str);
    let (since, before) = (time(filter.since), time(filter.before));
    let mut behind: Option<String> = None;
    let mut letters = Vec::<DeadLetter>::new();
    loop {
        let rows = session
            .query(
                LETTERS,
                &[
                    &first,
                    &last,
                    &filter.handler,
                    &since,
                    &before,
                    &reason,
                    &behind,
                    &PAGE,
                ],
            )
            .await?;
        let Some(end) = rows.last() else {
            return Ok(letters);
        };
        (last, behind) = (end.get(0), Some(end.get(1)));
        for row in &rows {
            let is_next = letters
                .last()
                .is_none_or(|letter| letter.id != row.get::<_, i64>(0));
            if letters.len() >= limit && is_next {
                return Ok(letters);
            }
            let has_what_it_needs = !query.with_body || row.get(8);
            let of_query =
                |letter: &DeadLetter| has_what_it_needs && filter.has_event(&letter.event);
            letters.extend(letter(row).filter(of_query));
        }
    }
}

/// `None` if a later version has another reason.
fn letter(row: &Row) -> Option<DeadLetter> {
    Some(DeadLetter {
        id: row.get(0),
        key: const_hex::encode(row.get::<_, &[u8]>(5)).into(),
        event: row.get::<_, &str>(6).into(),
        received_at: row.get(7),
        handler: row.get::<_, &str>(1).into(),
        attempts: count(row.get(2)),
        reason: DeadReason::parse(row.get(3))?,
        error: row.get::<_, Option<&str>>(4).map(Box::from),
    })
}

pub(super) async fn dead_runs(
    session: &Session,
    query: &DeadQuery,
    after: Option<&RunId>,
    limit: usize,
) -> Result<Vec<RunId>> {
    let filter = &query.filter;
    let (mut first, last) = query.ids();
    let reason = query.reason.map(DeadReason::as_str);
    let (since, before) = (time(filter.since), time(filter.before));
    let mut behind = None;
    if let Some(after) = after {
        (first, behind) = (after.delivery, Some(after.handler.to_string()));
    }
    let mut found = vec![];
    while found.len() < limit {
        let rows = session
            .query(
                DEAD_RUNS,
                &[
                    &first,
                    &last,
                    &filter.handler,
                    &since,
                    &before,
                    &reason,
                    &behind,
                    &PAGE,
                ],
            )
            .await?;
        let Some(end) = rows.last() else {
            break;
        };
        (first, behind) = (end.get(0), Some(end.get(1)));
        let of_query = rows.iter().filter(|row| {
            let has_what_it_needs = !query.with_body || row.get(3);
            has_what_it_needs && filter.has_event(row.get(2))
        });
        let room = limit - found.len();
        found.extend(of_query.take(room).map(|row| RunId {
            delivery: row.get(0),
            handler: row.get::<_, &str>(1).into(),
        }));
    }
    Ok(found)
}

pub(super) async fn runs_of(
    session: &Session,
    handler: &str,
    after: DeliveryId,
    limit: usize,
) -> Result<Vec<RunId>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = session
        .query(RUNS_OF_HANDLER, &[&after, &handler, &limit])
        .await?;
    let runs = rows.iter().map(|row| RunId {
        delivery: row.get(0),
        handler: handler.into(),
    });
    Ok(runs.collect())
}

pub(super) async fn bodies(
    session: &Session,
    after: DeliveryId,
) -> Result<Vec<(DeliveryId, Option<Stored>)>> {
    let rows = session.query(BODIES, &[&after, &PAGE, &BYTES]).await?;
    let bodies = rows.iter().map(|row| {
        let id = row.get(0);
        (id, stored(id, row).ok())
    });
    Ok(bodies.collect())
}

/// A limit of a time, or `None` if there is none.
fn time(millis: Millis) -> Option<SystemTime> {
    let since = Duration::from_millis(u64::try_from(millis).ok()?);
    let is_limit = millis != Millis::MAX;
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .filter(|_| is_limit)
}
