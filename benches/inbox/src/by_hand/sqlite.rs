//! SQLite: a thread owns the file.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::group::Group;
use super::{Accept, Command, FUNCTIONS, Job, Run, Settings, Threads, first_runs, function, spawn};
use crate::Result;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS delivery (
      id INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, event TEXT NOT NULL,
      received_at INTEGER NOT NULL, meta TEXT NOT NULL, body BLOB);
    CREATE TABLE IF NOT EXISTS run (
      delivery INTEGER NOT NULL REFERENCES delivery (id) ON DELETE CASCADE, handler TEXT NOT NULL,
      state TEXT NOT NULL CHECK (
        state = 'done' OR state = 'running' OR state = 'waiting' OR state = 'dead'),
      due_at INTEGER NOT NULL, attempts INTEGER NOT NULL, owner INTEGER, ended_at INTEGER,
      error TEXT, PRIMARY KEY (delivery, handler)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS run_waiting ON run (due_at) WHERE state = 'waiting';
    CREATE INDEX IF NOT EXISTS run_running ON run (owner) WHERE state = 'running';
    CREATE INDEX IF NOT EXISTS run_dead ON run (ended_at) WHERE state = 'dead';";
const INSERT: &str = "
    INSERT INTO delivery (key, event, received_at, meta, body) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (key) DO NOTHING";
const INSERT_RUN: &str = "
    INSERT INTO run (delivery, handler, state, due_at, attempts, owner)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const DONE: &str = "
    UPDATE run SET state = 'done', ended_at = ?1, owner = NULL, error = NULL
    WHERE delivery = ?2 AND handler = ?3 AND owner = 1 AND attempts = ?4 AND state = 'running'";
const CLAIM: &str = "
    UPDATE run SET state = 'running', owner = 1, attempts = attempts + 1
    WHERE (delivery, handler) IN (
      SELECT delivery, handler FROM run WHERE state = 'waiting' AND due_at <= ?1
      ORDER BY due_at LIMIT ?2)
    RETURNING delivery, handler, attempts";
const READ: &str = "SELECT event, body FROM delivery WHERE id = ?1";

/// Opens a file.
pub(super) fn open(path: &Path, settings: Settings) -> Result<Threads> {
    let (commands, receiver) = mpsc::channel();
    let mut writer = Writer::open(path, settings)?;
    Ok(Threads {
        accepts: commands.clone(),
        ends: commands,
        handles: vec![spawn(move || writer.drive(&receiver))],
    })
}

struct Writer {
    connection: Connection,
    path: PathBuf,
    inode: u64,
    data_version: i64,
    settings: Settings,
    /// More runs may wait than the last claim took.
    more: bool,
}

impl Writer {
    fn open(path: &Path, settings: Settings) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(2))?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000;
             PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384;",
        )?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            inode: inode(path),
            data_version: 0,
            settings,
            more: true,
        })
    }

    /// Commits what is waiting until it is told to stop.
    fn drive(&mut self, commands: &Receiver<Command>) -> Result<()> {
        let (mut group, mut goes_on) = (Group::default(), true);
        while goes_on {
            let patience = if self.claims() {
                Duration::ZERO
            } else {
                Duration::from_millis(250)
            };
            goes_on = group.take(commands, self.settings.group, patience);
            self.look()?;
            if !group.accepts.is_empty() || !group.ends.is_empty() || self.claims() {
                self.commit(&mut group)?;
            }
        }
        Ok(())
    }

    fn claims(&self) -> bool {
        self.more && self.settings.room > 0
    }

    /// The file is still there, and another connection may have changed it.
    fn look(&mut self) -> Result<()> {
        assert_eq!(inode(&self.path), self.inode, "the file was moved");
        let mut version = self.connection.prepare_cached("PRAGMA data_version")?;
        let version = version.query_row([], |row| row.get(0))?;
        self.more |= version != self.data_version;
        self.data_version = version;
        Ok(())
    }

    fn commit(&mut self, Group { accepts, ends }: &mut Group) -> Result<()> {
        let now = now();
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut room = self.settings.room + ends.len();
        let mut done = transaction.prepare_cached(DONE)?;
        for run in ends.iter() {
            let parameters = params![now, run.delivery, FUNCTIONS[run.function], run.attempt];
            assert_eq!(done.execute(parameters)?, 1, "the run was not ours");
        }
        drop(done);
        let mut jobs = vec![];
        if self.more && room > 0 {
            let claimed = claim(&transaction, now, room)?;
            self.more = claimed.len() == room;
            room -= claimed.len();
            jobs = read(&transaction, claimed)?;
        }
        let mut insert = transaction.prepare_cached(INSERT)?;
        let mut insert_run = transaction.prepare_cached(INSERT_RUN)?;
        for (accept, _) in accepts.iter() {
            let Accept {
                key,
                event,
                meta,
                body,
            } = accept;
            if insert.execute(params![&key[..], event, now, meta, &body[..]])? == 0 {
                continue;
            }
            let delivery = transaction.last_insert_rowid();
            let starts = !self.more && room >= FUNCTIONS.len();
            let (state, owner) = if starts {
                ("running", Some(1))
            } else {
                ("waiting", None)
            };
            for function in FUNCTIONS {
                let attempt = i64::from(starts);
                insert_run.execute(params![delivery, function, state, now, attempt, owner])?;
            }
            if starts {
                room -= FUNCTIONS.len();
                let (event, body) = (event.clone(), body.clone());
                jobs.push(Job {
                    event,
                    body,
                    runs: first_runs(delivery),
                });
            } else {
                self.more = true;
            }
        }
        drop((insert, insert_run));
        transaction.commit()?;
        self.settings.room = room;
        for (_, reply) in accepts.drain(..) {
            let _ = reply.send(());
        }
        let recorded = &self.settings.recorded;
        recorded.fetch_add(ends.len() as u64, Ordering::Relaxed);
        ends.clear();
        let _ = self.settings.jobs.send(jobs);
        Ok(())
    }
}

/// Claims the runs that wait longest.
fn claim(transaction: &Transaction<'_>, now: i64, room: usize) -> Result<Vec<Run>> {
    let mut claim = transaction.prepare_cached(CLAIM)?;
    let mut rows = claim.query(params![now, room.cast_signed()])?;
    let mut runs = vec![];
    while let Some(row) = rows.next()? {
        runs.push(Run {
            delivery: row.get(0)?,
            function: function(row.get_ref(1)?.as_str()?)?,
            attempt: row.get(2)?,
        });
    }
    Ok(runs)
}

fn read(transaction: &Transaction<'_>, claimed: Vec<Run>) -> Result<Vec<Job>> {
    let mut deliveries = BTreeMap::<i64, Vec<Run>>::new();
    for run in claimed {
        deliveries.entry(run.delivery).or_default().push(run);
    }
    let mut read = transaction.prepare_cached(READ)?;
    let read = |(delivery, runs)| {
        let job = |row: &rusqlite::Row<'_>| {
            let (event, body) = (row.get(0)?, row.get::<_, Vec<u8>>(1)?.into());
            Ok(Job { event, body, runs })
        };
        Ok(read.query_row([delivery], job)?)
    };
    deliveries.into_iter().map(read).collect()
}

fn inode(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.ino())
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
