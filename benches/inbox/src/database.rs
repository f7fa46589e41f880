//! The databases that are measured, and where a new inbox is in them.

use std::any::Any;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::thread;

use postgres::{Client, NoTls};
use rusqlite::Connection;
use siohook_inbox::{Inbox, InboxBuilder};
use test_postgres::Server;

use crate::Result;
use crate::options::Options;

/// A database, with what was promised for it.
#[derive(Clone)]
pub(crate) struct Database {
    server: Option<Arc<Server>>,
    /// Deliveries accepted a second: × disk with one producer, × a commit each with 32 and 256.
    pub(crate) accepted: [f64; 3],
    /// Deliveries accepted and run a second with 256 producers.
    pub(crate) run: f64,
}

impl Database {
    /// Files of SQLite.
    pub(crate) fn sqlite() -> Self {
        Self {
            server: None,
            accepted: [0.45, 4.0, 8.0],
            run: 20_000.0,
        }
    }

    /// A PostgreSQL server of this program, with its own settings and its data beside the files.
    pub(crate) fn postgres(options: &Options) -> Self {
        let server = Server::builder().data_in(options.data()).start();
        Self {
            server: Some(Arc::new(server)),
            accepted: [0.30, 6.0, 11.0],
            run: 11_000.0,
        }
    }

    /// The version of the server.
    pub(crate) fn version(&self) -> String {
        let Some(server) = &self.server else {
            return format!("SQLite {}", rusqlite::version());
        };
        format!(
            "PostgreSQL {}",
            server.sql(&server.url(), "SHOW server_version")
        )
    }

    /// The size of everything in a place.
    pub(crate) fn megabytes(&self, place: &Place) -> Result<u64> {
        let bytes = match (&self.server, place) {
            (Some(server), Place::Url(url)) => {
                let size = server.sql(url, "SELECT pg_database_size(current_database())");
                size.parse()?
            }
            (_, place) => fs::metadata(place.text())?.len(),
        };
        Ok(bytes / 1_000_000)
    }

    /// Does what a server does by itself in the minutes after so much was written, so that it does not
    /// do it beside what is measured.
    pub(crate) fn tidy(&self, place: &Place) {
        if let (Some(server), Place::Url(url)) = (&self.server, place) {
            server.sql(url, "VACUUM (ANALYZE)");
        }
    }

    /// A new place of this name. What others left to be written is written first.
    pub(crate) fn fresh(&self, options: &Options, name: &str) -> Result<Place> {
        let Some(server) = &self.server else {
            return Ok(Place::File(options.fresh(name)?));
        };
        let url = server.replace_database(name);
        server.sql(&url, "CHECKPOINT");
        rustix::fs::sync();
        Ok(Place::Url(url))
    }
}

/// The file or the URL of an inbox.
#[derive(Clone)]
pub(crate) enum Place {
    File(PathBuf),
    Url(String),
}

impl Place {
    /// Reads what [`text`](Self::text) wrote.
    pub(crate) fn of(text: String) -> Self {
        if text.starts_with("postgres:") {
            Self::Url(text)
        } else {
            Self::File(text.into())
        }
    }

    pub(crate) fn text(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Url(url) => url.clone(),
        }
    }

    pub(crate) fn inbox(&self) -> InboxBuilder {
        match self {
            Self::File(path) => Inbox::sqlite(path),
            Self::Url(url) => Inbox::postgres(url),
        }
    }

    /// Lets nothing be written until what it returns is dropped.
    pub(crate) fn lock(&self) -> Result<mpsc::Sender<()>> {
        let (locked, is_locked) = mpsc::channel();
        let (lock, unlocked) = mpsc::channel();
        let place = self.clone();
        thread::spawn(move || {
            let _connection: Box<dyn Any> = match place.locked() {
                Ok(connection) => connection,
                Err(error) => return locked.send(Err(error.to_string())),
            };
            let sent = locked.send(Ok(()));
            let _ = unlocked.recv();
            sent
        });
        is_locked.recv()??;
        Ok(lock)
    }

    /// A connection that holds a lock.
    fn locked(self) -> Result<Box<dyn Any>> {
        match self {
            Self::File(path) => {
                let connection = Connection::open(path)?;
                connection.execute_batch("BEGIN IMMEDIATE")?;
                Ok(Box::new(connection))
            }
            Self::Url(url) => {
                let mut connection = Client::connect(&url, NoTls)?;
                connection.batch_execute("BEGIN; LOCK TABLE siohook.delivery")?;
                Ok(Box::new(connection))
            }
        }
    }
}
