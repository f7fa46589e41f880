//! A schema of PostgreSQL as the store, and the settings that only it has.

use std::time::Duration;

use super::{Inbox, InboxBuilder, Place};
use crate::store::{PostgresSettings, PostgresStore, Store};
use crate::{InboxError, SECOND};

impl Inbox {
    /// Stores deliveries in PostgreSQL 12 or later, which any number of processes share, on any number
    /// of machines.
    ///
    /// `url` is `postgres://user:password@host/database`, or text of the form `host=… dbname=…`, with
    /// the parameters of libpq. `sslmode=verify-full` with `sslrootcert=system` or
    /// `sslrootcert=/path/ca.pem` encrypts the connection and proves who the server is; as in libpq,
    /// the default encrypts if the server can, and proves nothing. Several hosts are tried in their
    /// order until one can be written.
    ///
    /// ```no_run
    /// # async fn f(dispatcher: siohook::Dispatcher) -> Result<(), Box<dyn std::error::Error>> {
    /// use siohook_inbox::Inbox;
    ///
    /// let url = std::env::var("DATABASE_URL")?;
    /// let inbox = Inbox::postgres(url).open(&dispatcher).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The tables are in a schema of their own, named [`siohook`](InboxBuilder::schema). The inbox has
    /// two connections, on a thread with a runtime of its own, so a program with any executor can
    /// use it.
    ///
    /// A server that runs with `fsync=off` is refused, and so is a standby. A commit that is
    /// acknowledged is on the disk of the primary; if a standby without synchronous replication is
    /// promoted, the newest ones can be missing.
    ///
    /// # Processes that end
    ///
    /// Each process tells the server again and again that it lives. If it is silent for longer than
    /// its [lease](InboxBuilder::lease), others take its runs back. A process that was only stopped,
    /// with a virtual machine for example, finds its ends refused when it goes on: those runs may run
    /// twice, which `tracing` and the counter `siohook.inbox.lease_lost` report.
    pub fn postgres(url: impl Into<String>) -> InboxBuilder {
        InboxBuilder::new(Place::Postgres(PostgresSettings::new(url)))
    }
}

impl InboxBuilder {
    /// Connects through a pooler that gives each transaction another connection, such as PgBouncer
    /// with `pool_mode = transaction`.
    ///
    /// What is told to a session does not survive there. So each transaction brings its settings and
    /// its statements with it, which takes a little longer, and processes look for work once a second
    /// instead of hearing of it. It has no effect on other stores.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::postgres("postgres://pooler.example.com/shop").pooled();
    /// # let _ = builder;
    /// ```
    pub fn pooled(self) -> Self {
        self.with_postgres(|postgres| postgres.is_pooled = true)
    }

    /// Sets the name of the schema: `siohook` by default. It has no effect on other stores.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::postgres("postgres://db.example.com/shop").schema("webhooks");
    /// # let _ = builder;
    /// ```
    pub fn schema(self, schema: impl Into<String>) -> Self {
        let schema = schema.into();
        self.with_postgres(|postgres| postgres.schema = schema)
    }

    /// Sets how long this process may be silent until others take its runs: 30 seconds by default, at
    /// least 1 second. It tells that it lives four times within this time. It has no effect on other
    /// stores.
    ///
    /// Runs of a process that was killed wait for so long. A process that is stopped for longer than
    /// this, while its handlers run, finds them started elsewhere.
    ///
    /// ```
    /// use siohook_inbox::{Inbox, SECOND};
    ///
    /// let builder = Inbox::postgres("postgres://db.example.com/shop").lease(SECOND * 10);
    /// # let _ = builder;
    /// ```
    pub fn lease(self, lease: Duration) -> Self {
        self.with_postgres(|postgres| postgres.lease = lease)
    }

    fn with_postgres(mut self, change: impl FnOnce(&mut PostgresSettings)) -> Self {
        #[allow(irrefutable_let_patterns, reason = "it may be the only store")]
        if let Place::Postgres(postgres) = &mut self.place {
            change(postgres);
        }
        self
    }
}

/// The shortest lease: a beat of the heart takes its time.
const LEASE_AT_LEAST: Duration = SECOND;

/// PostgreSQL cuts longer names.
const NAME_AT_MOST: usize = 63;

/// What is wrong with the settings.
pub(super) fn problems(settings: &PostgresSettings, handlers: &[&str]) -> Vec<String> {
    let mut problems = vec![];
    if settings.lease < LEASE_AT_LEAST {
        problems.push(format!(
            "`lease({:?})` is shorter than a second, in which a sign of life can be late",
            settings.lease
        ));
    }
    let schema = &settings.schema;
    if schema.is_empty() || schema.len() > NAME_AT_MOST || schema.contains('\0') {
        problems.push(format!(
            "`schema({schema:?})`: the name of a schema has 1 to {NAME_AT_MOST} bytes and no NUL"
        ));
    }
    for handler in handlers.iter().filter(|handler| handler.contains('\0')) {
        problems.push(format!(
            "handler {handler:?} has a NUL in its id, which PostgreSQL can't store; give it another \
             `id`"
        ));
    }
    problems
}

pub(super) fn open(settings: PostgresSettings) -> Result<Box<dyn Store>, InboxError> {
    let store = PostgresStore::open(settings);
    let store = store.map_err(|error| InboxError::store(&error))?;
    Ok(Box::new(store))
}
