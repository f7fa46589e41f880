//! What an operator does with a schema.

mod changes;
mod lists;
pub(super) mod statements;

use std::path::Path;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};

use self::statements::{COUNT_DONE, LAST_ID, RECEIVED_FROM};
use super::connection::Connector;
use super::link::{Link, Session};
use super::names::Names;
use super::runs::{self, At};
use super::session::Role;
use super::transaction::Transaction;
use super::{PostgresSettings, counts, hints, schema, sweep};
use crate::InboxError;
use crate::dead_letter::DeadLetter;
use crate::operator::DeliverySummary;
use crate::stats::Stats;
use crate::store::{
    Change, Changed, DeadQuery, DeliveryId, DeliveryQuery, ErasedBatch, Filter, Millis, Records,
    Result, Retention, RunId, StoreError, Stored, Swept, ids_of,
};

/// An operator's connection to a server.
pub(crate) struct PostgresRecords {
    link: Link,
    is_by_hand: bool,
    runtime: Runtime,
}

impl PostgresRecords {
    /// Connects to a schema that an inbox has created.
    pub(crate) fn open(settings: &PostgresSettings) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| {
            StoreError::unavailable(format!("the runtime of PostgreSQL's connections: {error}"))
        })?;
        let connector = Arc::new(Connector::new(settings)?);
        let names = Arc::new(Names::new(&settings.schema));
        let mut records = Self {
            link: Link::new(Role::Operator, connector, names),
            is_by_hand: settings.is_by_hand,
            runtime,
        };
        let session = records.session()?;
        records.runtime.block_on(schema::check(&session))?;
        Ok(records)
    }

    fn session(&mut self) -> Result<Arc<Session>> {
        self.runtime.block_on(self.link.session())
    }

    fn at(&self, now: Millis) -> At {
        At {
            now,
            is_by_hand: self.is_by_hand,
        }
    }

    /// Runs a change in a transaction, and tells the workers.
    fn in_transaction<T>(&mut self, change: impl AsyncFnOnce(&Session) -> Result<T>) -> Result<T> {
        let session = self.session()?;
        self.runtime.block_on(async {
            let transaction = Transaction::begin(session).await?;
            let session = transaction.session();
            match change(&session).await {
                Ok(changed) => {
                    transaction.commit().await?;
                    tell(&session).await;
                    Ok(changed)
                }
                Err(error) => {
                    transaction.rollback().await;
                    Err(error)
                }
            }
        })
    }
}

/// Tells the workers that there may be something to claim. They look once a second anyway.
async fn tell(session: &Session) {
    let _ = hints::tell(session).await;
}

/// Asks for the texts that PostgreSQL has.
fn as_stored(filter: &Filter) -> Filter {
    filter.map(|text| runs::text(text).into_owned())
}

fn as_stored_dead(query: &DeadQuery) -> DeadQuery {
    DeadQuery {
        filter: as_stored(&query.filter),
        ..query.clone()
    }
}

impl Records for PostgresRecords {
    fn stats(&mut self, now: Millis) -> Result<Stats> {
        let (session, at) = (self.session()?, self.at(now));
        self.runtime.block_on(counts::stats(&session, at, &[]))
    }

    fn count_done(&mut self) -> Result<u64> {
        let session = self.session()?;
        let all = (DeliveryId::MIN, DeliveryId::MAX);
        let counted = async { session.query_one(COUNT_DONE, &[&all.0, &all.1]).await };
        let counted = self.runtime.block_on(counted)?;
        Ok(counted.get::<_, i64>(0).unsigned_abs())
    }

    fn deliveries(&mut self, query: &DeliveryQuery, limit: usize) -> Result<Vec<DeliverySummary>> {
        let session = self.session()?;
        let query = &DeliveryQuery {
            filter: as_stored(&query.filter),
            ..query.clone()
        };
        let last = || {
            let last = self.runtime.block_on(session.query_one(LAST_ID, &[]))?;
            Ok::<_, StoreError>(last.get(0))
        };
        let ids = ids_of(&query.filter, last, |id| {
            let rows = self
                .runtime
                .block_on(session.query(RECEIVED_FROM, &[&id]))?;
            Ok(rows.first().map(|row| (row.get(0), row.get(1))))
        })?;
        let found = lists::deliveries(&session, query, ids, limit);
        self.runtime.block_on(found)
    }

    fn delivery(&mut self, id: DeliveryId) -> Result<Option<(DeliverySummary, Stored)>> {
        let session = self.session()?;
        self.runtime.block_on(lists::delivery(&session, id))
    }

    fn letters(&mut self, query: &DeadQuery, limit: usize) -> Result<Vec<DeadLetter>> {
        let (session, query) = (self.session()?, as_stored_dead(query));
        self.runtime
            .block_on(lists::letters(&session, &query, limit))
    }

    fn dead_runs(
        &mut self,
        query: &DeadQuery,
        after: Option<&RunId>,
        limit: usize,
    ) -> Result<Vec<RunId>> {
        let (session, query) = (self.session()?, as_stored_dead(query));
        let found = lists::dead_runs(&session, &query, after, limit);
        self.runtime.block_on(found)
    }

    fn runs_of(&mut self, handler: &str, after: DeliveryId, limit: usize) -> Result<Vec<RunId>> {
        let (session, handler) = (self.session()?, runs::text(handler));
        let found = lists::runs_of(&session, &handler, after, limit);
        self.runtime.block_on(found)
    }

    fn bodies(&mut self, after: DeliveryId) -> Result<Vec<(DeliveryId, Option<Stored>)>> {
        let session = self.session()?;
        self.runtime.block_on(lists::bodies(&session, after))
    }

    fn change(&mut self, now: Millis, runs: &[(RunId, Change)]) -> Result<Changed> {
        let (session, at) = (self.session()?, self.at(now));
        self.runtime.block_on(async {
            let changed = changes::change(&session, at, runs).await?;
            tell(&session).await;
            Ok(changed)
        })
    }

    fn erase(&mut self, now: Millis, deliveries: &[DeliveryId]) -> Result<ErasedBatch> {
        let at = self.at(now);
        self.in_transaction(async |session| changes::erase(session, at, deliveries).await)
    }

    /// The server's vacuum does that, sooner or later.
    fn wipe(&mut self) -> Result<()> {
        Ok(())
    }

    fn add_runs(
        &mut self,
        now: Millis,
        delivery: DeliveryId,
        handlers: &[String],
    ) -> Result<Option<u64>> {
        let at = self.at(now);
        self.in_transaction(async |session| {
            changes::add_runs(session, at, delivery, handlers).await
        })
    }

    fn sweep(&mut self, now: Millis, retention: &Retention, after: DeliveryId) -> Result<Swept> {
        let session = self.session()?;
        let batch = sweep::look(&session, now, retention, after);
        let batch = self.runtime.block_on(batch)?;
        if batch.is_empty() {
            return Ok(batch.swept);
        }
        self.in_transaction(async |session| batch.carry_out(session).await)
    }

    fn backup(&mut self, _: &Path) -> std::result::Result<(), InboxError> {
        let schema = self.link.names().schema();
        Err(InboxError::Request(format!(
            "a schema of PostgreSQL is backed up by PostgreSQL: `pg_dump --schema={schema}`, or \
             whatever backs up its server"
        )))
    }
}
