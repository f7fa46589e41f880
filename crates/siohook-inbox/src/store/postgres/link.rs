//! A connection that is made again when it breaks, with the statements that it has prepared.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;
use tokio::time::timeout;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

use super::back_off::BackOff;
use super::connection::{Connection, Connector, Role};
use super::errors;
use super::names::Names;
use crate::store::{Result, StoreError};
use crate::sync::lock;

/// How long a round trip takes at most. The server ends statements earlier.
fn limit(role: Role) -> Duration {
    Duration::from_secs(match role {
        Role::Accept | Role::Work => 6,
        Role::Operator => 65,
    })
}

/// The parameters of a statement.
pub(super) type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

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

    /// Runs one of the statements, which is prepared the first time.
    pub(super) async fn query(&self, sql: &'static str, params: Params<'_>) -> Result<Vec<Row>> {
        self.in_time(async {
            let statement = self.prepared(sql).await?;
            self.connection.client.query(&statement, params).await
        })
        .await
    }

    /// Runs a statement that returns a row.
    pub(super) async fn query_one(&self, sql: &'static str, params: Params<'_>) -> Result<Row> {
        self.in_time(async {
            let statement = self.prepared(sql).await?;
            self.connection.client.query_one(&statement, params).await
        })
        .await
    }

    /// Runs a statement, and returns how many rows it changed.
    pub(super) async fn execute(&self, sql: &'static str, params: Params<'_>) -> Result<u64> {
        self.in_time(async {
            let statement = self.prepared(sql).await?;
            self.connection.client.execute(&statement, params).await
        })
        .await
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
