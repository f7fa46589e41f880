//! The processes that share a store. Each has a row, and says again and again that it lives.

use std::process;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join;

use super::link::Session;
use super::runs::{self, At, integer};
use super::statements::{
    DELETE_GONE, HAS_WORKER, INSERT_WORKER, INSERT_WORKER_AGAIN, OTHERS, OWN_RUNS, RUNS_OF_WORKER,
    TAKE_BACK,
};
use crate::DeadReason;
use crate::dead_reason::crashed_text;
use crate::store::handlers::Handlers;
use crate::store::host::host;
use crate::store::{Claimed, DeliveryId, Millis, Others, Result, TakenBack, WorkerId, crash_delay};

/// What others are told of this process.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) lease: Duration,
    pub(super) handlers: Arc<[&'static str]>,
}

impl Identity {
    /// Adds the row of a new worker.
    pub(super) async fn register(&self, session: &Session) -> Result<WorkerId> {
        let (host, pid, lease) = self.row();
        let row = session
            .query_one(INSERT_WORKER, &[&host, &pid, &lease, &&self.handlers[..]])
            .await?;
        Ok(row.get(0))
    }

    /// Adds the row of a worker that was taken for one that ended.
    pub(super) async fn register_again(&self, session: &Session, id: WorkerId) -> Result<()> {
        let (host, pid, lease) = self.row();
        session
            .execute(
                INSERT_WORKER_AGAIN,
                &[&id, &host, &pid, &lease, &&self.handlers[..]],
            )
            .await
            .map(drop)
    }

    fn row(&self) -> (String, i64, i64) {
        let lease = i64::try_from(self.lease.as_millis()).unwrap_or(i64::MAX);
        (host(), i64::from(process::id()), lease)
    }
}

/// Looks at the other workers, and at the runs of this one.
pub(super) async fn others(session: &Session, worker: WorkerId) -> Result<(Others, Vec<RunRow>)> {
    let (others, own) = try_join(
        session.query(OTHERS, &[&worker]),
        session.query(OWN_RUNS, &[&worker]),
    )
    .await?;
    let (gone, living): (Vec<_>, Vec<_>) = others.iter().partition(|row| row.get(1));
    let mut gone: Vec<_> = gone.into_iter().map(|row| row.get(0)).collect();
    gone.dedup();
    let others = Others {
        gone,
        is_alone: living.is_empty(),
    };
    let own = own.iter().map(|row| (row.get(0), row.get(1), row.get(2)));
    Ok((others, own.collect()))
}

/// A run as it is stored: its delivery, its handler, and its attempts.
pub(super) type RunRow = (DeliveryId, String, i32);

/// Takes back the runs of a worker that ended, unless another process is faster. It is a part of a
/// transaction.
pub(super) async fn take_back(
    session: &Session,
    handlers: &mut Handlers,
    at: At,
    gone: WorkerId,
    limit: u32,
) -> Result<TakenBack> {
    let is_ours = session.execute(DELETE_GONE, &[&gone]).await? > 0;
    let has_row = session.query_one(HAS_WORKER, &[&gone]).await?;
    if !is_ours && has_row.get(0) {
        return Ok(TakenBack::default());
    }
    let rows = session.query(RUNS_OF_WORKER, &[&gone]).await?;
    let mut taken = TakenBack::default();
    let mut columns = Columns::default();
    for mut delivery in runs::deliveries(handlers, &rows) {
        for run in &mut delivery.runs {
            run.crashes = run.crashes.saturating_add(1);
            columns.push(run, limit);
        }
        let runs = delivery.runs.len();
        delivery.runs.retain(|run| run.crashes >= limit);
        taken.waiting += u32::try_from(runs - delivery.runs.len()).unwrap_or(u32::MAX);
        if !delivery.runs.is_empty() {
            taken.dead.push(delivery);
        }
    }
    let Columns {
        deliveries,
        handlers,
        crashes,
        after,
        errors,
    } = &columns;
    let reason = DeadReason::Crashed.as_str();
    session
        .execute(
            TAKE_BACK,
            &[
                &at.by_hand(),
                deliveries,
                handlers,
                crashes,
                after,
                &reason,
                errors,
            ],
        )
        .await?;
    Ok(taken)
}

/// The runs that are taken back, as a statement has them.
#[derive(Default)]
struct Columns {
    deliveries: Vec<DeliveryId>,
    handlers: Vec<&'static str>,
    crashes: Vec<i32>,
    after: Vec<Millis>,
    /// Of those that are dead.
    errors: Vec<Option<String>>,
}

impl Columns {
    fn push(&mut self, run: &Claimed, limit: u32) {
        self.deliveries.push(run.run.delivery);
        self.handlers.push(run.run.handler);
        self.crashes.push(integer(run.crashes));
        self.after.push(crash_delay(run.crashes));
        let is_dead = run.crashes >= limit;
        self.errors.push(is_dead.then(|| crashed_text(run.crashes)));
    }
}
