//! The databases that an inbox can be in.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use siohook_inbox::{Inbox, InboxBuilder};
#[cfg(unix)]
use test_postgres::Server;

use crate::Result;

/// For how long a process in PostgreSQL is taken to be alive.
pub(crate) const LEASE: Duration = Duration::from_millis(1500);

/// A file of SQLite, or a database of a PostgreSQL server.
pub(crate) struct Database {
    /// The file or the URL: what [`inbox`] needs to know.
    pub(crate) place: String,
    server: Option<Server>,
}

impl Database {
    pub(crate) fn sqlite(folder: &Path) -> Result<Self> {
        let place = crate::path(&folder.join("inbox.db"))?.to_owned();
        let server = None;
        Ok(Self { place, server })
    }

    pub(crate) fn postgres() -> Self {
        let server = Server::start();
        let place = server.create_database();
        let server = Some(server);
        Self { place, server }
    }

    /// Makes the database keep a record of every run that leaves its end, in `again`, and of every
    /// one that is taken back, in `taken`. The tables of the inbox are there already. Runs can be
    /// read in `stored`, and what is wrong with the database in `integrity`.
    pub(crate) fn watch(&self) -> Result<()> {
        if let Some(server) = &self.server {
            server.try_sql(&self.place, include_str!("postgres.sql"))?;
        } else {
            Connection::open(&self.place)?.execute_batch(include_str!("sqlite.sql"))?;
        }
        Ok(())
    }

    /// Lets no run wait any longer. One that was killed several times would for a minute.
    pub(crate) fn hurry(&self) -> Result<()> {
        if let Some(server) = &self.server {
            let hurry = "UPDATE siohook.run SET due_at = now()
                         WHERE state = 'waiting' AND due_at > now()";
            server.try_sql(&self.place, hurry)?;
        } else {
            let hurry = "UPDATE siohook_run SET due_at = 0 WHERE state = 'waiting' AND due_at > 0";
            Connection::open(&self.place)?.execute(hurry, [])?;
        }
        Ok(())
    }

    /// The rows of a query with one column.
    pub(crate) fn rows(&self, query: &str) -> Result<Vec<String>> {
        if let Some(server) = &self.server {
            let rows = server.try_sql(&self.place, query)?;
            return Ok(rows.lines().map(str::to_owned).collect());
        }
        let database = Connection::open(&self.place)?;
        let mut query = database.prepare(query)?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Restarts the server without warning.
    pub(crate) fn restart(&self) {
        if let Some(server) = &self.server {
            server.restart_immediate();
        }
    }
}

/// The inbox in a database.
pub(crate) fn inbox(place: &str) -> InboxBuilder {
    if place.starts_with("postgres:") {
        Inbox::postgres(place).lease(LEASE)
    } else {
        // A kill takes nothing from any file system.
        Inbox::sqlite(place).accept_volatile()
    }
}

/// Elsewhere, no server is started.
#[cfg(not(unix))]
enum Server {}

#[cfg(not(unix))]
impl Server {
    fn start() -> Self {
        panic!("`--postgres` needs Unix")
    }

    fn create_database(&self) -> String {
        match *self {}
    }

    fn try_sql(&self, _: &str, _: &str) -> std::result::Result<String, String> {
        match *self {}
    }

    fn restart_immediate(&self) {
        match *self {}
    }
}
