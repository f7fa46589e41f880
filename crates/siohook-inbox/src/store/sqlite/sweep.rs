//! Erases bodies and deletes deliveries that are kept no longer.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::statements::{DELETE_DELIVERY, DELIVERIES_AFTER, ERASE_BODY, ERASE_ERRORS, RUNS_ENDED};
use crate::store::{DeliveryId, Fate, Millis, Retention, Standing, Swept};

/// How long a batch takes. Deliveries wait meanwhile.
pub(super) const BATCH: Duration = Duration::from_millis(10);

/// Sweeps one batch. The caller begins and commits.
pub(super) fn sweep(
    connection: &Connection,
    now: Millis,
    retention: &Retention,
    after: DeliveryId,
) -> rusqlite::Result<Swept> {
    let started = Instant::now();
    let mut swept = Swept::default();
    let mut deliveries = connection.prepare_cached(DELIVERIES_AFTER)?;
    let mut deliveries = deliveries.query([after])?;
    while let Some(row) = deliveries.next()? {
        let id = row.get(0)?;
        let received_at = row.get(1)?;
        if retention.is_young(now, received_at) {
            break;
        }
        let mut runs = connection.prepare_cached(RUNS_ENDED)?;
        let standing = runs.query_row([id], |runs| {
            Ok(Standing {
                received_at,
                has_body: row.get(2)?,
                is_open: runs.get(0)?,
                is_dead: runs.get(1)?,
                ended_at: runs.get(2)?,
            })
        })?;
        let fate = swept.decide(retention, now, &standing);
        carry_out(connection, id, fate)?;
        if started.elapsed() > BATCH {
            swept.up_to = Some(id);
            break;
        }
    }
    Ok(swept)
}

fn carry_out(connection: &Connection, id: DeliveryId, fate: Fate) -> rusqlite::Result<()> {
    let statements: &[&str] = match fate {
        Fate::Keep => &[],
        Fate::Erase => &[ERASE_BODY, ERASE_ERRORS],
        Fate::Delete => &[DELETE_DELIVERY],
    };
    for sql in statements {
        connection.prepare_cached(sql)?.execute([id])?;
    }
    Ok(())
}
