//! A store with many deliveries.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use siohook::ReplyOutcome;
use siohook::testing::block_on;
use siohook_inbox::{Inbox, InboxBuilder};
use tempfile::TempDir;

use crate::worker::{dispatcher, incoming};

/// Those that a store is filled with. Their ids begin with 2.
pub(crate) const DELIVERIES: u64 = 6000;

/// The runs of each.
#[derive(Clone, Copy)]
pub(crate) enum Runs {
    Dead(&'static str),
    Waiting(&'static str),
    DeadAndWaiting,
    /// Every second one ended ten days ago, the others an hour ago.
    Done,
    /// Every tenth one has a run of the new handler as well.
    Renamed,
    /// The first one has so many, all done. The others have none.
    OfOne(usize),
}

/// No run is half of something.
pub(crate) const BROKEN: &str = "SELECT count(*) FROM siohook.run WHERE
    (state = 'dead') <> (reason IS NOT NULL) OR (state = 'running') <> (owner IS NOT NULL)
    OR (state IN ('done', 'dead')) <> (ended_at IS NOT NULL)
    OR NOT EXISTS (SELECT 1 FROM siohook.delivery WHERE id = delivery)";

/// No text of an error is left without its body, and no run waits for one.
pub(crate) const HALF_ERASED: &str = "SELECT count(*) FROM siohook.run
    JOIN siohook.delivery ON id = delivery
    WHERE body IS NULL AND (error IS NOT NULL OR state NOT IN ('done', 'dead'))";

pub(crate) enum Store {
    File {
        path: PathBuf,
        _folder: Option<TempDir>,
    },
    Database(Box<Database>),
}

/// A database of a server.
pub(crate) struct Database {
    url: String,
    client: tokio_postgres::Client,
    runtime: tokio::runtime::Runtime,
}

/// What a store is opened with, by what [`Store::place`] returned.
pub(crate) fn builder(place: &str) -> InboxBuilder {
    if place.starts_with("postgres://") {
        Inbox::postgres(place)
    } else {
        Inbox::sqlite(place).accept_volatile()
    }
}

impl Store {
    pub(crate) fn file() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let path = folder.path().join("inbox.db");
        Self::File {
            path,
            _folder: Some(folder),
        }
    }

    /// A file that there is.
    pub(crate) fn copy(path: &Path) -> Self {
        Self::File {
            path: path.to_owned(),
            _folder: None,
        }
    }

    pub(crate) fn database(server: &test_postgres::Server) -> Self {
        let url = server.create_database();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let client = runtime.block_on(async {
            let connecting = tokio_postgres::connect(&url, tokio_postgres::NoTls);
            let (client, connection) = connecting.await.unwrap();
            tokio::spawn(connection);
            client
        });
        Self::Database(Box::new(Database {
            url,
            client,
            runtime,
        }))
    }

    /// The file or the URL.
    pub(crate) fn place(&self) -> &str {
        match self {
            Self::File { path, .. } => path.to_str().unwrap(),
            Self::Database(database) => &database.url,
        }
    }

    /// Another file in the folder.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        match self {
            Self::File { path, .. } => path.with_file_name(name),
            Self::Database(_) => PathBuf::new(),
        }
    }

    pub(crate) fn builder(&self) -> InboxBuilder {
        builder(self.place())
    }

    /// Fills a new store with deliveries of one contact.
    pub(crate) fn fill(&self, runs: Runs) {
        let dispatcher = dispatcher(&Arc::default());
        let inbox = block_on(self.builder().open(&dispatcher)).unwrap();
        let first = incoming("killed.filled", "lea@example.com", 0);
        let reply = block_on(inbox.receiver().receive(first));
        assert_eq!(reply.outcome(), ReplyOutcome::Accepted);
        drop(inbox);
        self.execute(&format!(
            "WITH RECURSIVE n (i) AS (
               SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {DELIVERIES})
             INSERT INTO siohook.delivery (key, event, message_id, received_at, meta, body)
             SELECT {{key}}, event, message_id, {{past}}, meta, body
             FROM siohook.delivery CROSS JOIN n WHERE id = 1"
        ));
        self.execute("DELETE FROM siohook.run");
        self.execute("DELETE FROM siohook.delivery WHERE id = 1");
        let add = |handler: &str, state: &str, of: &str| {
            self.execute(&format!(
                "INSERT INTO siohook.run
                   (delivery, handler, state, due_at, attempts, ended_at, reason, error)
                 SELECT id, {handler}, '{state}', {{later}}, 3,
                   CASE WHEN '{state}' = 'waiting' THEN NULL
                     WHEN id % 2 = 0 THEN {{past}} ELSE {{hour_ago}} END,
                   CASE WHEN '{state}' = 'dead' THEN 'exhausted' END,
                   CASE WHEN '{state}' = 'done' THEN NULL ELSE 'no mail to lea@example.com' END
                 FROM siohook.delivery {of}"
            ));
        };
        match runs {
            Runs::Dead(handler) => add(&format!("'{handler}'"), "dead", ""),
            Runs::Waiting(handler) => add(&format!("'{handler}'"), "waiting", ""),
            Runs::DeadAndWaiting => {
                add("'killed.old'", "dead", "");
                add("'killed.filled'", "waiting", "");
            }
            Runs::Done => add("'killed.filled'", "done", ""),
            Runs::Renamed => {
                add("'killed.old'", "dead", "");
                add("'killed.new'", "dead", "WHERE id % 10 = 0");
            }
            Runs::OfOne(count) => {
                let numbers = format!(
                    ", (WITH RECURSIVE n (i) AS (
                         SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
                       SELECT i FROM n WHERE i <= {count}) AS n WHERE id = 2"
                );
                add("'killed.' || i", "done", &numbers);
            }
        }
    }

    /// The value of a query, which names the tables as PostgreSQL does.
    pub(crate) fn count(&self, sql: &str) -> u64 {
        let count: i64 = match self {
            Self::File { .. } => {
                let found = self
                    .connection()
                    .query_row(&of_file(sql), [], |row| row.get(0));
                found.unwrap()
            }
            Self::Database(database) => {
                let found = database.client.query_one(sql, &[]);
                database.runtime.block_on(found).unwrap().get(0)
            }
        };
        count.unsigned_abs()
    }

    /// How many connections a server has. It carries out the last statement of a killed process.
    pub(crate) fn connections(&self) -> u64 {
        match self {
            Self::File { .. } => 0,
            Self::Database(_) => self.count(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                   AND backend_type = 'client backend'",
            ),
        }
    }

    fn execute(&self, sql: &str) {
        match self {
            Self::File { .. } => {
                self.connection().execute(&of_file(sql), []).unwrap();
            }
            Self::Database(database) => {
                let sql = sql
                    .replace("{key}", "decode(lpad(to_hex(i), 76, '0'), 'hex')")
                    .replace("{past}", "now() - interval '10 days'")
                    .replace("{hour_ago}", "now() - interval '1 hour'")
                    .replace("{later}", "now() + interval '1 hour'");
                let executed = database.client.batch_execute(&sql);
                database.runtime.block_on(executed).unwrap();
            }
        }
    }

    fn connection(&self) -> Connection {
        let connection = Connection::open(self.place()).unwrap();
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        connection
            .pragma_update(None, "foreign_keys", "ON")
            .unwrap();
        connection
    }

    /// Checks the file. A server checks its own.
    pub(crate) fn check(&self) {
        if let Self::File { .. } = self {
            let check = "PRAGMA integrity_check";
            let check = self.connection().query_row(check, [], |row| row.get(0));
            assert_eq!(check, Ok("ok".to_owned()));
        }
    }
}

/// The same for SQLite.
fn of_file(sql: &str) -> String {
    let ago = |seconds: i64| format!("(CAST(strftime('%s') AS INTEGER) - {seconds}) * 1000");
    sql.replace("siohook.", "siohook_")
        .replace("{key}", "CAST(printf('%038d', i) AS BLOB)")
        .replace("{past}", &ago(10 * 24 * 3600))
        .replace("{hour_ago}", &ago(3600))
        .replace("{later}", &ago(-3600))
}
