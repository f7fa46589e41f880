use std::cell::RefCell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, NoTls, Row as SqlRow};

use super::world::Disk;
use crate::DeadReason;
use crate::store::{DeliveryId, PostgresSettings, PostgresStore, Row, State, Store};

/// A schema of a server that all tests share.
pub(crate) struct PostgresDisk {
    settings: PostgresSettings,
    client: RefCell<Client>,
    runtime: Runtime,
}

impl PostgresDisk {
    /// Makes a new schema, or returns `None` if PostgreSQL is not installed.
    pub(crate) fn new() -> Option<Self> {
        static DATABASE: OnceLock<String> = OnceLock::new();
        static NUMBER: AtomicU32 = AtomicU32::new(0);

        let server = test_postgres::shared()?;
        let url = DATABASE.get_or_init(|| server.create_database());
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let settings = PostgresSettings {
            schema: format!("world_{number}"),
            is_by_hand: true,
            // A test is not a process that others may take for dead.
            lease: Duration::from_secs(600),
            ..PostgresSettings::new(url)
        };
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
            tokio::spawn(connection);
            client
        });
        let disk = Self {
            settings,
            client: RefCell::new(client),
            runtime,
        };
        // The tables are there from the beginning.
        disk.open(vec![]).retire().unwrap();
        Some(disk)
    }
}

impl Disk for PostgresDisk {
    fn open(&self, handlers: Vec<&'static str>) -> Box<dyn Store> {
        let settings = PostgresSettings {
            handlers,
            ..self.settings.clone()
        };
        Box::new(PostgresStore::open(settings).unwrap())
    }

    fn runs(&self) -> Vec<(DeliveryId, [u8; 38], String, Row)> {
        let sql = format!(
            "SELECT delivery, key, handler, state, owner, reason, attempts, crashes, uncounted, error,
               (extract(epoch FROM due_at) * 1000)::bigint,
               (extract(epoch FROM ended_at) * 1000)::bigint
             FROM {0}.run JOIN {0}.delivery ON id = delivery ORDER BY delivery, handler",
            self.settings.schema
        );
        let client = self.client.borrow();
        let rows = self.runtime.block_on(client.query(&sql, &[])).unwrap();
        let run = |row: &SqlRow| {
            let key: &[u8] = row.get(1);
            (row.get(0), key.try_into().unwrap(), row.get(2), run(row))
        };
        rows.iter().map(run).collect()
    }
}

fn run(row: &SqlRow) -> Row {
    let count = |column| u32::try_from(row.get::<_, i32>(column)).unwrap();
    Row {
        state: match row.get(3) {
            "waiting" => State::Waiting,
            "running" => State::Running(row.get(4)),
            "done" => State::Done,
            "dead" => State::Dead(DeadReason::parse(row.get(5)).unwrap()),
            other => panic!("no test has a run that is {other}"),
        },
        attempts: count(6),
        crashes: count(7),
        uncounted: count(8),
        error: row.get(9),
        due_at: row.get(10),
        ended_at: row.get(11),
    }
}
