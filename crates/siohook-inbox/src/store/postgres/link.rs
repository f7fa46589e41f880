//! A connection that is made again when it breaks, with the statements that it has prepared.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use futures_util::future::join3;
use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;
use tokio_postgres::{Row, RowStream, Statement};

use super::back_off::BackOff;
use super::connection::{Connection, Connector};
use super::errors;
use super::names::Names;
use super::params::Params;
use super::session::Role;
use crate::store::{Result, StoreError};
use crate::sync::lock;

/// How long a round trip takes at most. The server ends statements earlier.
fn limit(role: Role) -> Duration {
    Duration::from_secs(match role {
        Role::Accept | Role::Work => 6,
        Role::Operator => 65,
    })
}

/// A connection for a role.
pub(super) struct Link {
    role: Role,
    connector: Arc<Connector>,
    names: Arc<Names>,
    current: Arc<Mutex<Option<Arc<Session>>>>,
    back_off: BackOff,
    /// Why the last attempt to connect failed.
    error: Option<StoreError>,
}

impl Link {
    pub(super) fn new(role: Role, connector: Arc<Connector>, names: Arc<Names>) -> Self {
        Self {
            role,
            connector,
            names,
            current: Arc::default(),
            back_off: BackOff::default(),
            error: None,
        }
    }

    /// Returns the connection, which is made again if it broke. After a failure, another attempt is
    /// made a little later, and until then the answer is the same.
    pub(super) async fn session(&mut self) -> Result<Arc<Session>> {
        if let Some(session) = self.current().upgrade() {
            return Ok(session);
        }
        let broken = lock(&self.current).take();
        if let Some(silence) = broken.and_then(|session| session.silence.get().cloned()) {
            self.failed(silence);
        }
        if let (Some(error), false) = (
            &self.error,
            self.back_off.remaining(Instant::now()).is_zero(),
        ) {
            return Err(error.clone());
        }
        match self.connector.connect(self.role).await {
            Ok(connection) => {
                self.back_off.succeeded();
                self.error = None;
                let session = Arc::new(Session::new(
                    connection,
                    Arc::clone(&self.names),
                    limit(self.role),
                ));
                *lock(&self.current) = Some(Arc::clone(&session));
                Ok(session)
            }
            Err(error) => {
                self.failed(error.clone());
                Err(error)
            }
        }
    }

    fn failed(&mut self, error: StoreError) {
        self.back_off.failed(Instant::now());
        self.error = Some(error);
    }

    /// The schema of the tables.
    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    /// The connection as it is, for tasks beside the store.
    pub(super) fn current(&self) -> Current {
        Current(Arc::clone(&self.current))
    }
}

/// The connection of a [`Link`], whichever that is.
#[derive(Clone)]
pub(super) struct Current(Arc<Mutex<Option<Arc<Session>>>>);

impl Current {
    /// Returns the connection unless it is broken.
    pub(super) fn upgrade(&self) -> Option<Arc<Session>> {
        let current = lock(&self.0).clone();
        current.filter(|session| !session.is_broken())
    }
}

type Answer = std::result::Result<(Vec<Row>, u64), tokio_postgres::Error>;

async fn collect(rows: RowStream) -> Answer {
    let (mut rows, mut all) = (pin!(rows), vec![]);
    while let Some(row) = rows.try_next().await? {
        all.push(row);
    }
    Ok((all, rows.rows_affected().unwrap_or_default()))
}

/// One connection.
pub(super) struct Session {
    pub(super) connection: Connection,
    names: Arc<Names>,
    /// How long a round trip takes at most.
    limit: Duration,
    prepared: Mutex<HashMap<&'static str, Statement>>,
    is_broken: AtomicBool,
    /// It did not answer in time.
    silence: OnceLock<StoreError>,
    pub(super) is_in_transaction: AtomicBool,
    alone: Arc<tokio::sync::Mutex<()>>,
}

impl Session {
    pub(super) fn new(connection: Connection, names: Arc<Names>, limit: Duration) -> Self {
        Self {
            connection,
            names,
            limit,
            prepared: Mutex::default(),
            is_broken: AtomicBool::new(false),
            silence: OnceLock::new(),
            is_in_transaction: AtomicBool::new(false),
            alone: Arc::default(),
        }
    }

    /// Waits until no transaction is open, and lets none begin.
    pub(super) async fn alone(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.alone).lock_owned().await
    }

    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed)
            || self.silence.get().is_some()
            || self.connection.is_closed()
    }

    /// Gives the connection up: another one is made.
    pub(super) fn give_up(&self) {
        self.is_broken.store(true, Ordering::Relaxed);
    }

    /// Runs one of the statements.
    pub(super) async fn query(&self, sql: &'static str, params: Params<'_>) -> Result<Vec<Row>> {
        self.run(sql, params).await.map(|(rows, _)| rows)
    }

    /// Runs a statement that returns a row.
    pub(super) async fn query_one(&self, sql: &'static str, params: Params<'_>) -> Result<Row> {
        let rows = self.query(sql, params).await?;
        rows.into_iter().next().ok_or_else(|| {
            let server = &self.connection.server;
            StoreError::unavailable(format!("{server} lacks a row that the inbox had stored"))
        })
    }

    /// Runs a statement, and returns how many rows it changed.
    pub(super) async fn execute(&self, sql: &'static str, params: Params<'_>) -> Result<u64> {
        self.run(sql, params).await.map(|(_, changed)| changed)
    }

    /// Runs a statement, and returns its rows and how many it changed.
    async fn run(&self, sql: &'static str, params: Params<'_>) -> Result<(Vec<Row>, u64)> {
        if !self.connection.is_pooled {
            return self.in_time(self.run_prepared(sql, params)).await;
        }
        if self.is_in_transaction.load(Ordering::Relaxed) {
            return self.in_time(self.run_typed(sql, params)).await;
        }
        Box::pin(self.in_time(self.run_in_transaction(sql, params))).await
    }

    async fn run_in_transaction(&self, sql: &'static str, params: Params<'_>) -> Answer {
        let client = &self.connection.client;
        // They are sent at once.
        let (begun, answer, committed) = join3(
            client.batch_execute(&self.connection.begin),
            self.run_typed(sql, params),
            client.batch_execute("COMMIT"),
        )
        .await;
        begun?;
        let answer = answer?;
        committed?;
        Ok(answer)
    }

    /// Prepares a statement the first time, and runs it.
    async fn run_prepared(&self, sql: &'static str, params: Params<'_>) -> Answer {
        let statement = self.prepared(sql).await?;
        let values = params.iter().map(|param| param.value());
        let rows = self.connection.client.query_raw(&statement, values);
        collect(rows.await?).await
    }

    /// Runs a statement that its connection does not have to remember.
    async fn run_typed(&self, sql: &'static str, params: Params<'_>) -> Answer {
        let sql = self.names.in_schema(sql);
        let values = params.iter().map(|param| (param.value(), param.kind()));
        let rows = self.connection.client.query_typed_raw(&sql, values);
        collect(rows.await?).await
    }

    /// Runs statements without parameters.
    pub(super) async fn batch(&self, sql: &str) -> Result<()> {
        let sql = self.names.in_schema(sql);
        self.in_time(self.connection.client.batch_execute(&sql))
            .await
    }

    async fn prepared(
        &self,
        sql: &'static str,
    ) -> std::result::Result<Statement, tokio_postgres::Error> {
        let prepared = lock(&self.prepared).get(sql).cloned();
        if let Some(prepared) = prepared {
            return Ok(prepared);
        }
        let in_schema = self.names.in_schema(sql);
        let statement = self.connection.client.prepare(&in_schema).await?;
        lock(&self.prepared).insert(sql, statement.clone());
        Ok(statement)
    }

    /// Waits for an answer, and gives the connection up if there is none.
    async fn in_time<T>(
        &self,
        answer: impl Future<Output = std::result::Result<T, tokio_postgres::Error>>,
    ) -> Result<T> {
        let Ok(answer) = timeout(self.limit, answer).await else {
            let server = &self.connection.server;
            let silence = StoreError::unavailable(format!("{server} {}", errors::SILENT));
            return Err(self.silence.get_or_init(|| silence).clone());
        };
        answer.map_err(|error| {
            if errors::ends_connection(&error) {
                self.give_up();
            }
            self.connection.error(&error)
        })
    }
}
