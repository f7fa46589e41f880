//! Erases bodies and deletes deliveries that are kept no longer.

use super::link::Session;
use super::statements::{
    DELETE_DELIVERIES, DELIVERIES_AFTER, ERASE_BODIES, ERASE_ERRORS, LOCK_DELIVERIES, LOCK_RUNS,
};
use crate::store::{DeliveryId, Fate, Millis, Result, Retention, Standing, Swept};

/// The deliveries of a batch.
const BATCH: i64 = 500;

/// What a batch does.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) swept: Swept,
    erase: Vec<DeliveryId>,
    delete: Vec<DeliveryId>,
}

/// Decides about the deliveries after one.
pub(super) async fn look(
    session: &Session,
    now: Millis,
    retention: &Retention,
    after: DeliveryId,
) -> Result<Batch> {
    let rows = session.query(DELIVERIES_AFTER, &[&after, &BATCH]).await?;
    let mut batch = Batch::default();
    for row in &rows {
        let (id, received_at) = (row.get(0), row.get(1));
        if retention.is_young(now, received_at) {
            batch.swept.up_to = None;
            return Ok(batch);
        }
        let standing = Standing {
            received_at,
            has_body: row.get(2),
            is_open: row.get(3),
            is_dead: row.get(4),
            ended_at: row.get(5),
        };
        match batch.swept.decide(retention, now, &standing) {
            Fate::Keep => {}
            Fate::Erase => batch.erase.push(id),
            Fate::Delete => batch.delete.push(id),
        }
        batch.swept.up_to = Some(id);
    }
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) < BATCH {
        batch.swept.up_to = None;
    }
    Ok(batch)
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.erase.is_empty() && self.delete.is_empty()
    }

    /// Carries it out, except where a run was started anew since. It is a part of a transaction.
    pub(super) async fn carry_out(mut self, session: &Session) -> Result<Swept> {
        let all = [&self.erase[..], &self.delete].concat();
        session.query(LOCK_DELIVERIES, &[&all]).await?;
        session.query(LOCK_RUNS, &[&all]).await?;
        let deleted = session.query(DELETE_DELIVERIES, &[&self.delete]).await?;
        let erased = session.query(ERASE_BODIES, &[&self.erase]).await?;
        let ids: Vec<DeliveryId> = erased.iter().map(|row| row.get(0)).collect();
        session.execute(ERASE_ERRORS, &[&ids]).await?;
        self.swept.deleted = deleted.len();
        self.swept.erased = erased.len();
        Ok(self.swept)
    }
}
