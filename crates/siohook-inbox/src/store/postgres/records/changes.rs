//! What an operator changes.

use serde_json::Value;

use super::super::link::Session;
use super::super::runs::At;
use super::super::statements::ERASE_ERRORS;
use super::statements::{
    ADD_RUNS, AGAIN, END_ERASED, ERASE_DELIVERIES, GIVE_UP, HAS_BODY, METAS, PURGE, RENAME, RETRY,
};
use crate::store::{Change, Changed, DeliveryId, ErasedBatch, Millis, ORPHANS_WAIT, Result, RunId};

/// The rows that are changed at a time. Some plans compare each with each.
const BATCH: usize = 100;
/// The handlers of a delivery are started anew together.
const BATCH_OF_ONE: usize = 1000;
/// As far as the calendar of PostgreSQL reaches, and further than any run waits: 1000 years.
const FOR_EVER: Millis = 1000 * 365 * 24 * 60 * 60 * 1000;

/// Changes the first runs, as far as the same is made of them.
pub(super) async fn change(session: &Session, at: At, runs: &[(RunId, Change)]) -> Result<Changed> {
    let Some((_, first)) = runs.first() else {
        return Ok(Changed::default());
    };
    let batch = match first {
        Change::Again => BATCH_OF_ONE,
        _ => BATCH,
    };
    let of_a_kind = runs
        .iter()
        .take(batch)
        .take_while(|(_, change)| first.is_like(change));
    let runs: Vec<_> = of_a_kind.collect();
    let deliveries: Vec<_> = runs.iter().map(|(run, _)| run.delivery).collect();
    let handlers: Vec<_> = runs.iter().map(|(run, _)| &*run.handler).collect();
    let by_hand = at.by_hand();
    let changed = match first {
        Change::Retry { .. } => {
            let after: Vec<_> = runs
                .iter()
                .map(|(_, change)| match change {
                    Change::Retry { due } => due.saturating_sub(at.now).min(FOR_EVER),
                    _ => 0,
                })
                .collect();
            session
                .execute(RETRY, &[&by_hand, &deliveries, &handlers, &after])
                .await
        }
        Change::Again => {
            session
                .execute(AGAIN, &[&by_hand, &deliveries, &handlers])
                .await
        }
        Change::Purge => session.execute(PURGE, &[&deliveries, &handlers]).await,
        Change::GiveUp => {
            session
                .execute(GIVE_UP, &[&by_hand, &deliveries, &handlers])
                .await
        }
        Change::Rename(to) => {
            session
                .execute(
                    RENAME,
                    &[&deliveries, &handlers, &&**to, &by_hand, &ORPHANS_WAIT],
                )
                .await
        }
    };
    Ok(Changed {
        taken: runs.len(),
        changed: changed?,
    })
}

impl Change {
    /// Whether one statement makes both.
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Rename(to), Self::Rename(other)) => to == other,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// Erases the first deliveries. It is a part of a transaction.
pub(super) async fn erase(
    session: &Session,
    at: At,
    deliveries: &[DeliveryId],
) -> Result<ErasedBatch> {
    let deliveries = &deliveries[..deliveries.len().min(BATCH)];
    let rows = session.query(METAS, &[&deliveries]).await?;
    let ids: Vec<DeliveryId> = rows.iter().map(|row| row.get(0)).collect();
    let metas: Vec<_> = rows.iter().map(|row| without_query(row.get(1))).collect();
    let erased = session.execute(ERASE_DELIVERIES, &[&ids, &metas]).await?;
    let runs_stopped = session.execute(END_ERASED, &[&at.by_hand(), &ids]).await?;
    session.execute(ERASE_ERRORS, &[&ids]).await?;
    Ok(ErasedBatch {
        deliveries: Changed {
            taken: deliveries.len(),
            changed: erased,
        },
        runs_stopped,
    })
}

/// Removes the parameters of the URL from a record.
fn without_query(meta: &str) -> String {
    let meta = serde_json::from_str(meta).map(|mut meta: Value| {
        if let Value::Object(members) = &mut meta {
            members.remove("query");
        }
        meta.to_string()
    });
    meta.unwrap_or_else(|_| "{}".to_owned())
}

/// Adds runs to a delivery that has a body. It is a part of a transaction.
pub(super) async fn add_runs(
    session: &Session,
    at: At,
    delivery: DeliveryId,
    handlers: &[String],
) -> Result<Option<u64>> {
    if session.query(HAS_BODY, &[&delivery]).await?.is_empty() {
        return Ok(None);
    }
    let added = session
        .execute(ADD_RUNS, &[&at.by_hand(), &delivery, &handlers])
        .await?;
    Ok(Some(added))
}
