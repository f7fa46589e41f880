//! What happens to deliveries and runs.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::future::try_join;
use tokio_postgres::Row;

use super::link::Session;
use super::statements::{ACCEPT, CLAIM_CRASHED, CLAIM_UNTROUBLED, END, LOOK};
use crate::store::handlers::Handlers;
use crate::store::{
    Accept, Accepted, Claimed, ClaimedDelivery, DeliveryId, Due, End, Ending, Millis, Result,
    RunKey, StoreError, StoreErrorKind, Stored, WorkerId,
};

/// The time.
#[derive(Clone, Copy)]
pub(super) struct At {
    /// By the clock of this process.
    pub(super) now: Millis,
    /// That clock is moved by hand, and counts instead of the server's.
    pub(super) is_by_hand: bool,
}

impl At {
    /// The first parameter of statements.
    pub(super) fn by_hand(self) -> Option<SystemTime> {
        let since = Duration::from_millis(self.now.max(0).unsigned_abs());
        self.is_by_hand.then(|| SystemTime::UNIX_EPOCH + since)
    }
}

/// Stores deliveries. If one of them is refused, each is tried alone.
pub(super) async fn accept(
    session: &Session,
    worker: WorkerId,
    at: At,
    accepts: &[(&Accept, bool)],
) -> Result<Vec<Result<Accepted>>> {
    if accepts.is_empty() {
        return Ok(vec![]);
    }
    match accept_together(session, worker, at, accepts).await {
        Ok(accepted) => Ok(accepted.into_iter().map(Ok).collect()),
        Err(error) if error.kind == StoreErrorKind::Row => {
            let mut accepted = Vec::with_capacity(accepts.len());
            for accept in accepts {
                let alone = std::slice::from_ref(accept);
                match accept_together(session, worker, at, alone).await {
                    Ok(alone) => accepted.extend(alone.into_iter().map(Ok)),
                    Err(error) if error.kind == StoreErrorKind::Row => accepted.push(Err(error)),
                    Err(error) => return Err(error),
                }
            }
            Ok(accepted)
        }
        Err(error) => Err(error),
    }
}

async fn accept_together(
    session: &Session,
    worker: WorkerId,
    at: At,
    accepts: &[(&Accept, bool)],
) -> Result<Vec<Accepted>> {
    let mut sorted: Vec<_> = accepts.iter().collect();
    sorted.sort_by_key(|(accept, _)| accept.key);
    // The first of the copies in a group is stored.
    sorted.dedup_by_key(|(accept, _)| accept.key);
    let column = |value: fn(&Accept) -> &[u8]| {
        sorted
            .iter()
            .map(|(accept, _)| value(accept))
            .collect::<Vec<_>>()
    };
    let (keys, bodies) = (
        column(|accept| &accept.key),
        column(|accept| accept.delivery.body()),
    );
    let events = sorted
        .iter()
        .map(|(accept, _)| text(accept.delivery.event().as_str()));
    let events: Vec<_> = events.collect();
    let message_ids = sorted
        .iter()
        .map(|(accept, _)| accept.delivery.message_id().map(text));
    let message_ids: Vec<_> = message_ids.collect();
    let metas: Vec<_> = sorted.iter().map(|(accept, _)| &*accept.meta).collect();
    let (mut of, mut handlers, mut are_running) = (vec![], vec![], vec![]);
    for (accept, is_running) in &sorted {
        for handler in &accept.handlers {
            of.push(&accept.key[..]);
            handlers.push(*handler);
            are_running.push(*is_running);
        }
    }
    let rows = session
        .query(
            ACCEPT,
            &[
                &at.by_hand(),
                &keys,
                &events,
                &message_ids,
                &metas,
                &bodies,
                &of,
                &handlers,
                &are_running,
                &worker,
            ],
        )
        .await?;
    let mut stored: HashMap<&[u8], (DeliveryId, bool)> = rows
        .iter()
        .map(|row| (row.get(1), (row.get(0), row.get(2))))
        .collect();
    let accepted =
        accepts.iter().map(
            |(accept, is_running)| match stored.remove(&accept.key[..]) {
                Some((id, lives)) => Accepted::Fresh {
                    id,
                    is_running: *is_running && lives,
                },
                None => Accepted::Before,
            },
        );
    Ok(accepted.collect())
}

/// PostgreSQL has no NUL in a text. What handlers get is read from the record and the body.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{2400}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Records ends. Each is `false` if the run is not this worker's any more.
pub(super) async fn end(
    session: &Session,
    worker: WorkerId,
    at: At,
    ends: &[End],
) -> Result<Vec<bool>> {
    if ends.is_empty() {
        return Ok(vec![]);
    }
    let deliveries: Vec<_> = ends.iter().map(|end| end.run.delivery).collect();
    let handlers: Vec<_> = ends.iter().map(|end| end.run.handler).collect();
    let attempts: Vec<_> = ends.iter().map(|end| integer(end.run.attempt)).collect();
    let mut states = vec![];
    let (mut given_back, mut after, mut reasons, mut errors) = (vec![], vec![], vec![], vec![]);
    for end in ends {
        let (state, due, reason, error) = match &end.ending {
            Ending::Done => ("done", None, None, None),
            Ending::Retry { due, error } => ("waiting", Some(*due), None, error.as_deref()),
            Ending::Dead { reason, error } => {
                ("dead", None, Some(reason.as_str()), error.as_deref())
            }
            Ending::GivenBack => ("waiting", None, None, None),
        };
        states.push(state);
        given_back.push(end.ending == Ending::GivenBack);
        after.push(due.map_or(0, |due| due.saturating_sub(at.now)));
        reasons.push(reason);
        errors.push(error.map(text));
    }
    let rows = session
        .query(
            END,
            &[
                &at.by_hand(),
                &deliveries,
                &handlers,
                &attempts,
                &states,
                &given_back,
                &after,
                &reasons,
                &errors,
                &worker,
            ],
        )
        .await?;
    let recorded: HashSet<(DeliveryId, &str, i32)> = rows
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect();
    let is_recorded = |end: &End| {
        let RunKey {
            delivery,
            handler,
            attempt,
        } = end.run;
        recorded.contains(&(delivery, handler, integer(attempt)))
    };
    Ok(ends.iter().map(is_recorded).collect())
}

/// Claims due runs, and looks at what is due besides.
pub(super) async fn claim(
    session: &Session,
    worker: WorkerId,
    handlers: &mut Handlers,
    at: At,
    room: usize,
) -> Result<Due> {
    let linked = handlers.linked();
    let (by_hand, room) = (at.by_hand(), i64::try_from(room).unwrap_or(i64::MAX));
    // It looks first: what becomes due between the two is claimed, or due next.
    let (look, claimed) = try_join(
        session.query_one(LOOK, &[&by_hand, &linked]),
        session.query(CLAIM_UNTROUBLED, &[&by_hand, &linked, &room, &worker]),
    )
    .await?;
    if claimed.is_empty() && look.get(0) {
        return Ok(Due::Crashed);
    }
    let next: Option<Millis> = look.get(1);
    Ok(Due::Claimed {
        deliveries: deliveries(handlers, &claimed),
        next: next.map(|next| at.now.saturating_add(next)),
    })
}

/// When the next run becomes due.
#[cfg(any(test, feature = "testing"))]
pub(super) async fn next_due(
    session: &Session,
    at: At,
    handlers: &[&'static str],
) -> Result<Option<Millis>> {
    let look = session.query_one(LOOK, &[&at.by_hand(), &handlers]).await?;
    let next: Option<Millis> = look.get(1);
    Ok(next.map(|next| at.now.saturating_add(next)))
}

/// Claims a due run whose process ended in it.
pub(super) async fn claim_crashed(
    session: &Session,
    worker: WorkerId,
    handlers: &mut Handlers,
    at: At,
) -> Result<Option<ClaimedDelivery>> {
    let linked = handlers.linked();
    let claimed = session
        .query(CLAIM_CRASHED, &[&at.by_hand(), &linked, &worker])
        .await?;
    Ok(deliveries(handlers, &claimed).into_iter().next())
}

/// Reads runs that were claimed together, each with its delivery.
pub(super) fn deliveries(handlers: &mut Handlers, rows: &[Row]) -> Vec<ClaimedDelivery> {
    let mut deliveries = BTreeMap::<DeliveryId, ClaimedDelivery>::new();
    for row in rows {
        let delivery = row.get(0);
        let run = Claimed {
            run: RunKey {
                delivery,
                handler: handlers.find(row.get(1)),
                attempt: count(row.get(2)),
            },
            crashes: count(row.get(3)),
            uncounted: count(row.get(4)),
        };
        let of = deliveries
            .entry(delivery)
            .or_insert_with(|| ClaimedDelivery {
                stored: stored(delivery, row),
                runs: vec![],
            });
        of.runs.push(run);
    }
    deliveries.into_values().collect()
}

pub(super) fn stored(delivery: DeliveryId, row: &Row) -> Result<Stored> {
    let wrong = || {
        let text = format!("delivery {delivery} was changed by hand: its key is not one");
        StoreError::new(StoreErrorKind::Row, text)
    };
    let body: Option<&[u8]> = row.get("body");
    Ok(Stored {
        key: row.get::<_, &[u8]>("key").try_into().map_err(|_| wrong())?,
        event: row.get::<_, &str>("event").into(),
        received_at: row.get("received_at"),
        meta: row.get("meta"),
        body: body.map(Bytes::copy_from_slice),
    })
}

/// A count as a column has it.
pub(super) fn integer(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A count of a column, which a shell may have made a negative one.
pub(super) fn count(integer: i32) -> u32 {
    u32::try_from(integer).unwrap_or_default()
}
