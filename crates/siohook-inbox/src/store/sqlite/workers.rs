//! The processes that share a store. Each has a row, and holds the lock on a file: the kernel frees
//! it when the process ends, however it ends.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process;

use rusqlite::{Connection, params};

use super::errors;
use super::place::{self, FileId};
use super::statements::{
    BEGIN, COMMIT, DELETE_WORKER, INSERT_WORKER, IS_REGISTERED, ROLLBACK, WORKERS,
};
use crate::clock::Clock;
use crate::store::host::host;
use crate::store::{Others, Result, StoreError, WorkerId};

/// The lock of a worker on its file.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// `None` if the file is missing.
    file: Option<File>,
}

impl Lock {
    /// Creates the file of a new worker. Returns `None` if another process holds its lock.
    fn create(database: &Path, worker: WorkerId) -> Result<Option<Self>> {
        let path = lock_path(database, worker);
        let wrap = |error| errors::file_error(&path, &error);
        let file = place::private().create(true).truncate(false).open(&path);
        let file = file.map_err(wrap)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self {
                path,
                file: Some(file),
            })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(wrap(error)),
        }
    }

    /// Takes the lock of another worker, so that no other process takes its runs back meanwhile.
    /// Returns `None` if that worker lives, or if it can't be told.
    pub(super) fn take_over(database: &Path, worker: WorkerId) -> Option<Self> {
        let path = lock_path(database, worker);
        let file = match File::open(&path) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(_) => return None,
        };
        let is_free = file.as_ref().is_none_or(|file| file.try_lock().is_ok());
        is_free.then_some(Self { path, file })
    }

    /// Removes the file. The worker has no row any more.
    pub(super) fn remove(self) {
        let _ = fs::remove_file(&self.path);
    }

    /// Whether other processes can find the lock.
    fn is_in_place(&self) -> bool {
        let file = self.file.as_ref().map(FileId::of);
        matches!((file, FileId::at(&self.path)), (Some(Ok(ours)), Ok(found)) if ours == found)
    }
}

fn lock_path(database: &Path, worker: WorkerId) -> PathBuf {
    place::beside(database, &format!("-worker{worker}"))
}

/// The worker of a store.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) id: WorkerId,
    lock: Lock,
    /// The ids of its handlers as JSON.
    pub(super) handlers: String,
}

impl Worker {
    /// Adds a row and takes the lock, in one transaction.
    pub(super) fn register(
        connection: &Connection,
        database: &Path,
        handlers: String,
    ) -> Result<Self> {
        let wrap = |error| errors::store_error(database, &error);
        connection.execute_batch(BEGIN).map_err(wrap)?;
        let worker = Self::insert(connection, database, handlers).inspect_err(|_| {
            let _ = connection.execute_batch(ROLLBACK);
        })?;
        connection.execute_batch(COMMIT).map_err(|error| {
            worker.remove_lock();
            wrap(error)
        })?;
        Ok(worker)
    }

    fn insert(connection: &Connection, database: &Path, handlers: String) -> Result<Self> {
        let wrap = |error| errors::store_error(database, &error);
        loop {
            insert_row(connection, None, &handlers).map_err(wrap)?;
            let id = connection.last_insert_rowid();
            if let Some(lock) = Lock::create(database, id)? {
                return Ok(Self { id, lock, handlers });
            }
            // A process that had an earlier file of this name open is still there. No id is used
            // twice, so the next row has another one.
            connection.execute(DELETE_WORKER, [id]).map_err(wrap)?;
        }
    }

    /// Adds the row again if another process deleted it: without the file of its lock, a worker is
    /// taken for one that ended.
    pub(super) fn ensure_registered(
        &mut self,
        connection: &Connection,
        database: &Path,
    ) -> Result<()> {
        let wrap = |error| errors::store_error(database, &error);
        let exists = connection
            .prepare_cached(IS_REGISTERED)
            .and_then(|mut row| row.exists([self.id]))
            .map_err(wrap)?;
        if !exists {
            if !self.lock.is_in_place() {
                // Others look at it for a moment only.
                self.lock = Lock::create(database, self.id)?.ok_or_else(|| {
                    let lock = errors::shown(&lock_path(database, self.id));
                    StoreError::unavailable(format!("{lock} is locked; try again"))
                })?;
            }
            insert_row(connection, Some(self.id), &self.handlers).map_err(wrap)?;
        }
        Ok(())
    }

    /// Removes the file of the lock. The row is gone.
    pub(super) fn remove_lock(&self) {
        let _ = fs::remove_file(&self.lock.path);
    }
}

/// Looks at the locks of all workers except one.
pub(super) fn others(
    connection: &Connection,
    database: &Path,
    except: Option<WorkerId>,
) -> rusqlite::Result<Others> {
    let mut others = Others {
        gone: vec![],
        is_alone: true,
    };
    let mut workers = connection.prepare_cached(WORKERS)?;
    for worker in workers.query_map([], |row| row.get(0))? {
        let worker = worker?;
        if Some(worker) == except {
            continue;
        }
        if Lock::take_over(database, worker).is_some() {
            others.gone.push(worker);
        } else {
            others.is_alone = false;
        }
    }
    Ok(others)
}

fn insert_row(
    connection: &Connection,
    id: Option<WorkerId>,
    handlers: &str,
) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached(INSERT_WORKER)?;
    insert.execute(params![
        id,
        process::id(),
        host(),
        Clock::system().now(),
        handlers
    ])?;
    Ok(())
}
