//! How connections are made, and what one is.

use std::future::poll_fn;
use std::sync::Mutex;
use std::time::Duration;

use futures_channel::mpsc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, Client, Config, Notification};

use super::errors;
use super::session::{self, Role};
use super::settings::PostgresSettings;
use super::target::{Host, Target};
use super::tls::{HandshakeError, Tls};
use crate::store::{Result, StoreError};
use crate::sync::lock;

/// How long the hosts of a URL may take together.
const LIMIT: Duration = Duration::from_secs(5);

/// Makes connections to the servers of a URL.
pub(super) struct Connector {
    target: Target,
    tls: Tls,
    is_pooled: bool,
    accept_volatile: bool,
}

impl Connector {
    /// Reads the URL, and the certificates that it names.
    pub(super) fn new(settings: &PostgresSettings) -> Result<Self> {
        let wrong = |problem| {
            StoreError::unavailable(format!("the URL of PostgreSQL can't be used: {problem}"))
        };
        let target = Target::parse(&settings.url).map_err(wrong)?;
        Ok(Self {
            tls: Tls::new(&target.tls).map_err(wrong)?,
            target,
            is_pooled: settings.is_pooled,
            accept_volatile: settings.accept_volatile,
        })
    }

    /// Connects to the first host that can be written and keeps what it commits, sets what the role
    /// needs, and takes at most 5 seconds for it.
    ///
    /// The connection lives on the current runtime of tokio.
    pub(super) async fn connect(&self, role: Role) -> Result<Connection> {
        let hosts = &self.target.hosts;
        let share = LIMIT / u32::try_from(hosts.len()).unwrap_or(u32::MAX);
        let share = self
            .target
            .connect_timeout
            .map_or(share, |of_url| of_url.min(share));
        let mut problems = vec![];
        for host in hosts {
            let server = self.target.shown(host);
            let mut config = self.target.config(host);
            // Half of it for each address of a name, so that a second one gets its turn.
            config.connect_timeout(share / 2);
            let connected = timeout(share, self.connect_to(&server, config, host, role));
            match connected.await {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(error)) => problems.push(error.to_string()),
                Err(_) => problems.push(format!("{server} {}", errors::SILENT)),
            }
        }
        Err(StoreError::unavailable(problems.join(", and ")))
    }

    async fn connect_to(
        &self,
        server: &str,
        mut config: Config,
        host: &Host,
        role: Role,
    ) -> Result<Connection> {
        let mut first = None;
        for mode in self.tls.attempts(host.is_socket()) {
            config.ssl_mode(*mode);
            match config.connect(self.tls.clone()).await {
                Ok((client, connection)) => {
                    let problem = session::greeting_problem(
                        connection.parameter("server_version"),
                        connection.parameter("server_encoding"),
                    );
                    if let Some(problem) = problem {
                        return Err(refused(server, &problem));
                    }
                    let connection = Connection::spawn(server, client, connection);
                    return self.begin(connection, role).await;
                }
                Err(error) if wants_other_mode(&error) => {
                    first.get_or_insert(error);
                }
                Err(error) => {
                    first.get_or_insert(error);
                    break;
                }
            }
        }
        Err(match first {
            Some(error) => errors::store_error(server, &error),
            None => refused(server, errors::SILENT),
        })
    }

    async fn begin(&self, mut connection: Connection, role: Role) -> Result<Connection> {
        let state = session::begin(&connection.client, role, self.is_pooled).await;
        let state = state.map_err(|error| connection.error(&error))?;
        if let Some(problem) = state.problem(self.accept_volatile) {
            return Err(refused(&connection.server, problem));
        }
        connection.pid = state.pid;
        connection.is_pooled = self.is_pooled;
        connection.begin = session::transaction(role, self.is_pooled);
        Ok(connection)
    }
}

/// Whether a server may take the same client with TLS, if it did not without, or the other way
/// round: the handshake failed, or `pg_hba.conf` refused it before a password was asked for.
fn wants_other_mode(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
        || errors::cause::<HandshakeError>(error).is_some()
}

fn refused(server: &str, problem: &str) -> StoreError {
    StoreError::unavailable(format!("{server} {problem}"))
}

/// A connection, driven by a task that ends with it.
pub(super) struct Connection {
    pub(super) client: Client,
    /// Host, port and database, as they stand in the text of an error.
    pub(super) server: String,
    /// As notifications of this connection name it. Behind a pooler it means nothing.
    pub(super) pid: i32,
    /// It may be another connection of the server in each transaction.
    pub(super) is_pooled: bool,
    /// What begins a transaction.
    pub(super) begin: String,
    notifications: Mutex<Option<mpsc::Receiver<Notification>>>,
    driver: JoinHandle<()>,
}

impl Connection {
    fn spawn<S, T>(
        server: &str,
        client: Client,
        connection: tokio_postgres::Connection<S, T>,
    ) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (hints, notifications) = mpsc::channel(64);
        Self {
            client,
            server: server.to_owned(),
            pid: 0,
            is_pooled: false,
            begin: String::new(),
            notifications: Mutex::new(Some(notifications)),
            driver: tokio::spawn(drive(connection, hints)),
        }
    }

    /// Returns what other connections tell those that listen, once. Each is a hint: if many wait, more
    /// are dropped.
    pub(super) fn notifications(&self) -> Option<mpsc::Receiver<Notification>> {
        lock(&self.notifications).take()
    }

    /// Whether the server closed it, or it broke.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Explains an error of a statement.
    pub(super) fn error(&self, error: &tokio_postgres::Error) -> StoreError {
        errors::store_error(&self.server, error)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// Reads and writes until the connection ends. Its error is that of the statement that waits.
async fn drive<S, T>(
    mut connection: tokio_postgres::Connection<S, T>,
    mut hints: mpsc::Sender<Notification>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notification(notification) = message {
            // Whoever has 64 hints to follow needs no other.
            let _ = hints.try_send(notification);
        }
    }
}
