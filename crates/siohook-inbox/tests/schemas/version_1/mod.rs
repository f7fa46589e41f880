//! A program of version 1: its statements, with its parameters, and the lock of its worker.

pub(crate) mod statements;

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use siohook::testing::{self, Sample};

use self::statements::{
    BEGIN, CLAIM_CRASHED, CLAIM_UNTROUBLED, COMMIT, DELETE_WORKER, END_DONE, END_RETRY,
    GIVE_BACK_ALL, INSERT_DELIVERY, INSERT_RUN, INSERT_WORKER, RUNS_OF_WORKER, TAKE_BACK, WORKERS,
};

const HANDLERS: [&str; 2] = ["grant", "mail"];

/// A program that has the file open. Dropping it ends the process.
pub(crate) struct Old {
    path: PathBuf,
    file: Connection,
    pub(crate) worker: i64,
    handlers: String,
    _lock: File,
}

/// A run that the program has.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    pub(crate) delivery: i64,
    pub(crate) handler: String,
    pub(crate) attempt: u32,
}

impl Old {
    pub(crate) fn open(path: &Path) -> Self {
        let file = Connection::open(path).unwrap();
        file.pragma_update(None, "foreign_keys", "ON").unwrap();
        file.pragma_update(None, "synchronous", "FULL").unwrap();
        file.busy_timeout(std::time::Duration::from_secs(10))
            .unwrap();
        let version: i64 = file
            .query_row("SELECT version FROM siohook_schema", [], |row| row.get(0))
            .unwrap();
        assert!(version <= 2, "version 1 refuses what is newer by two");
        let handlers = serde_json::json!(HANDLERS).to_string();
        file.execute_batch(BEGIN).unwrap();
        file.execute(
            INSERT_WORKER,
            params![
                None::<i64>,
                std::process::id(),
                "old.example.com",
                0,
                handlers
            ],
        )
        .unwrap();
        let worker = file.last_insert_rowid();
        let lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(beside(path, worker))
            .unwrap();
        lock.try_lock().unwrap();
        file.execute_batch(COMMIT).unwrap();
        Self {
            path: path.to_owned(),
            file,
            worker,
            handlers,
            _lock: lock,
        }
    }

    /// Runs statements in one transaction, as a group.
    fn group<T>(&self, change: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> T {
        self.file.execute_batch(BEGIN).unwrap();
        let changed = change(&self.file).unwrap();
        self.file.execute_batch(COMMIT).unwrap();
        changed
    }

    /// Stores a delivery. Returns `None` if it was stored before.
    pub(crate) fn accept(&self, now: i64, sample: &Sample, is_running: bool) -> Option<i64> {
        let delivery = testing::delivery(sample);
        let meta = serde_json::to_string(&delivery.to_record()).unwrap();
        self.group(|file| {
            let inserted = file.execute(
                INSERT_DELIVERY,
                params![
                    delivery.key().stored(),
                    delivery.event().as_str(),
                    delivery.message_id(),
                    now,
                    meta,
                    &delivery.body()[..]
                ],
            )?;
            if inserted == 0 {
                return Ok(None);
            }
            let id = file.last_insert_rowid();
            let (state, owner) = if is_running {
                ("running", Some(self.worker))
            } else {
                ("waiting", None)
            };
            for handler in HANDLERS {
                file.execute(
                    INSERT_RUN,
                    params![id, handler, state, now, is_running, owner],
                )?;
            }
            Ok(Some(id))
        })
    }

    pub(crate) fn claim(&self, now: i64, limit: i64) -> Vec<Claimed> {
        self.claim_by(CLAIM_UNTROUBLED, now, limit)
    }

    pub(crate) fn claim_crashed(&self, now: i64) -> Vec<Claimed> {
        self.claim_by(CLAIM_CRASHED, now, 1)
    }

    fn claim_by(&self, sql: &str, now: i64, limit: i64) -> Vec<Claimed> {
        self.group(|file| {
            let mut claim = file.prepare_cached(sql)?;
            let claimed =
                claim.query_map(params![self.worker, now, self.handlers, limit], |row| {
                    Ok(Claimed {
                        delivery: row.get(0)?,
                        handler: row.get(1)?,
                        attempt: row.get(2)?,
                    })
                })?;
            claimed.collect()
        })
    }

    /// Records that a run is done. Returns `false` if it is not this program's any more.
    pub(crate) fn done(&self, now: i64, run: &Claimed) -> bool {
        let fence = params![run.delivery, run.handler, self.worker, run.attempt, now];
        self.group(|file| file.prepare_cached(END_DONE)?.execute(fence)) == 1
    }

    pub(crate) fn retry(&self, due: i64, run: &Claimed) -> bool {
        let fence = params![
            run.delivery,
            run.handler,
            self.worker,
            run.attempt,
            due,
            "later"
        ];
        self.group(|file| file.prepare_cached(END_RETRY)?.execute(fence)) == 1
    }

    /// Takes back the runs of workers that have ended, and returns how many there were.
    pub(crate) fn take_back(&self, due: i64) -> usize {
        self.group(|file| {
            let mut workers = file.prepare(WORKERS)?;
            let workers = workers.query_map([], |row| row.get(0))?;
            let workers = workers.collect::<rusqlite::Result<Vec<i64>>>()?;
            let mut taken = 0;
            for gone in workers.into_iter().filter(|&id| id != self.worker) {
                let lock = File::open(beside(&self.path, gone));
                if lock.as_ref().is_ok_and(|lock| lock.try_lock().is_err()) {
                    continue;
                }
                let mut runs = file.prepare(RUNS_OF_WORKER)?;
                let runs = runs.query_map([gone], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get::<_, u32>(3)?))
                })?;
                let runs = runs.collect::<rusqlite::Result<Vec<(i64, String, u32)>>>()?;
                for (delivery, handler, crashes) in &runs {
                    file.execute(TAKE_BACK, params![delivery, handler, crashes + 1, due])?;
                }
                taken += runs.len();
                file.execute(DELETE_WORKER, [gone])?;
            }
            Ok(taken)
        })
    }

    /// Leaves as a program that is drained.
    pub(crate) fn retire(self) {
        self.group(|file| {
            file.execute(GIVE_BACK_ALL, [self.worker])?;
            file.execute(DELETE_WORKER, [self.worker])
        });
        std::fs::remove_file(beside(&self.path, self.worker)).unwrap();
    }
}

/// The file of a worker's lock.
fn beside(path: &Path, worker: i64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!("-worker{worker}"));
    name.into()
}
