//! The store in a file, by SQLite.

mod connection;
mod counts;
mod errors;
mod integrity;
mod lent;
mod place;
mod records;
mod runs;
mod schema;
mod statements;
mod sweep;
#[cfg(test)]
mod tests;
mod workers;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, params};

use self::integrity::{Background, Checked, Damage};
use self::lent::Lender;
pub(crate) use self::lent::Lending;
use self::place::Place;
pub(crate) use self::records::open as sqlite_records;
pub(crate) use self::schema::step as sqlite_step;
use self::statements::{
    BEGIN, CHECKPOINT, CLAIM_CRASHED, CLAIM_UNTROUBLED, COMMIT, DATA_VERSION, DELETE_WORKER,
    GIVE_BACK_ALL, HAS_CRASHED, HAS_DUE_ORPHANS, NEXT_DUE, PUT_OFF_ORPHANS, ROLLBACK,
};
use self::workers::{Lock, Worker};
use super::handlers::Handlers;
use super::{
    Accept, Accepted, Claimed, ClaimedDelivery, DeliveryId, Due, End, Migrate, Millis, Others,
    Recorded, Result, Retention, Store, StoreError, StoreErrorKind, Stored, Swept, TakenBack,
    WorkerId, park,
};
use crate::stats::Stats;

/// How to open a [`SqliteStore`].
#[derive(Clone, Debug)]
pub(crate) struct SqliteSettings {
    pub(crate) path: PathBuf,
    /// The ids of the handlers that this program links.
    pub(crate) handlers: Vec<&'static str>,
    /// Does not look for damage after a process was killed.
    pub(crate) skip_check: bool,
    /// Opens the file wherever it lies.
    pub(crate) accept_volatile: bool,
    pub(crate) migrate: Migrate,
    /// How long another process may lock the file until a group fails. It is shorter than a sender
    /// waits for an answer.
    pub(crate) busy: Duration,
    /// How long `open` looks for damage.
    pub(crate) check_for: Duration,
    /// Whether the file is for one process. `None`: if the linked SQLite needs it.
    pub(crate) exclusive: Option<bool>,
    /// Where the worker lends its connection to the operator of its inbox, if it is the only one.
    pub(crate) lending: Lending,
}

impl SqliteSettings {
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            handlers: vec![],
            skip_check: false,
            accept_volatile: false,
            migrate: Migrate::Auto,
            busy: Duration::from_secs(2),
            check_for: Duration::from_secs(2),
            exclusive: None,
            lending: Lending::default(),
        }
    }
}

/// A store in a file. Several processes can share it.
pub(crate) struct SqliteStore {
    /// It ends before the connection is closed.
    #[cfg_attr(not(test), expect(dead_code, reason = "dropping it ends the check"))]
    background: Option<Background>,
    connection: Connection,
    /// `None` if the file allows several connections. It ends after this one is closed.
    lender: Option<Lender>,
    place: Place,
    worker: Worker,
    is_retired: bool,
    handlers: Handlers,
    damage: Damage,
    /// The locks of workers that were taken back in this group.
    taken: Vec<Lock>,
    /// As of the last [`has_changed`](Store::has_changed).
    data_version: i64,
    /// What the user should know, each a sentence or two.
    pub(crate) warnings: Vec<String>,
}

impl SqliteStore {
    /// Opens the file, or creates it.
    pub(crate) fn open(settings: SqliteSettings) -> Result<Self> {
        let version = rusqlite::version_number();
        connection::check_version(version)?;
        let is_affected = connection::loses_commits(version);
        let is_exclusive = settings.exclusive.unwrap_or(is_affected);
        let path = place::prepare(&settings.path, settings.accept_volatile, settings.migrate)?;
        let mut connection = connection::open(&path, settings.busy, is_exclusive)?;
        schema::prepare(&connection, &path, settings.migrate)?;

        let mut warnings = vec![];
        if is_affected && is_exclusive {
            warnings.push(connection::exclusive_warning(&path));
        }
        let damage = Damage::default();
        let mut background = None;
        let wrap = |error| errors::store_error(&path, &error);
        let was_killed = || {
            let others = workers::others(&connection, &path, None).map_err(wrap)?;
            Ok(!others.gone.is_empty())
        };
        if !settings.skip_check
            && was_killed()?
            && integrity::check(&mut connection, &path, settings.check_for)? == Checked::Partly
        {
            warnings.push(integrity::partly_warning(
                &path,
                settings.check_for,
                is_exclusive,
            ));
            if !is_exclusive {
                background = Some(Background::start(path.clone(), damage.clone()));
            }
        }

        let handlers = serde_json::json!(settings.handlers).to_string();
        let worker = Worker::register(&connection, &path, handlers)?;
        let data_version = data_version(&connection).map_err(wrap)?;
        let place = Place::new(&path)?;
        Ok(Self {
            background,
            connection,
            lender: is_exclusive.then(|| settings.lending.begin(&place)),
            place,
            worker,
            is_retired: false,
            handlers: Handlers::new(settings.handlers),
            damage,
            taken: vec![],
            data_version,
            warnings,
        })
    }

    /// Explains an error, and remembers damage.
    fn error(&self, error: &rusqlite::Error) -> StoreError {
        let error = errors::store_error(self.place.path(), error);
        self.damage.note(&error);
        error
    }

    /// Claims runs by one of the statements for it.
    fn claim_runs(&mut self, sql: &str, now: Millis, room: usize) -> Result<Vec<ClaimedDelivery>> {
        let worker = &self.worker;
        let claimed = runs::claim(&self.connection, worker, &mut self.handlers, sql, now, room);
        self.with_deliveries(claimed.map_err(|error| self.error(&error))?)
    }

    /// Reads the deliveries of runs.
    fn with_deliveries(&self, runs: Vec<Claimed>) -> Result<Vec<ClaimedDelivery>> {
        let mut deliveries = BTreeMap::<DeliveryId, Vec<Claimed>>::new();
        for run in runs {
            deliveries.entry(run.run.delivery).or_default().push(run);
        }
        let deliveries = deliveries.into_iter().map(|(id, runs)| {
            let stored = match self.read(id) {
                Err(error) if error.kind != StoreErrorKind::Row => return Err(error),
                stored => stored,
            };
            Ok(ClaimedDelivery { stored, runs })
        });
        deliveries.collect()
    }

    fn read(&self, delivery: DeliveryId) -> Result<Stored> {
        runs::read(&self.connection, delivery).map_err(|error| {
            let row = errors::unreadable_row(self.place.path(), &error);
            row.unwrap_or_else(|| self.error(&error))
        })
    }

    fn accept(&self, now: Millis, accept: &Accept, is_running: bool) -> Result<Accepted> {
        let worker = self.worker.id;
        runs::accept(&self.connection, worker, now, accept, is_running).map_err(|error| {
            let goes_on = !self.connection.is_autocommit();
            let row = errors::row_error(self.place.path(), &error).filter(|_| goes_on);
            row.unwrap_or_else(|| self.error(&error))
        })
    }

    /// When the next run after `now` becomes due.
    fn due_after(&self, now: Millis) -> Result<Option<Millis>> {
        let due = self.connection.prepare_cached(NEXT_DUE);
        let due = due.and_then(|mut due| due.query_row([now], |row| row.get(0)));
        due.map_err(|error| self.error(&error))
    }

    /// Runs a statement.
    fn execute(&self, sql: &str, params: impl rusqlite::Params) -> Result<()> {
        let executed = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut sql| sql.execute(params));
        executed.map(drop).map_err(|error| self.error(&error))
    }

    /// Whether a query finds a row.
    fn exists(&self, sql: &str, params: impl rusqlite::Params) -> Result<bool> {
        let found = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut sql| sql.exists(params));
        found.map_err(|error| self.error(&error))
    }
}

impl Store for SqliteStore {
    #[cfg(test)]
    fn worker(&self) -> WorkerId {
        self.worker.id
    }

    fn begin(&mut self) -> Result<()> {
        self.place.check()?;
        self.damage.check()?;
        self.execute(BEGIN, [])?;
        if !self.is_retired {
            self.worker
                .ensure_registered(&self.connection, self.place.path())?;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<()> {
        self.execute(COMMIT, [])?;
        self.taken.drain(..).for_each(Lock::remove);
        Ok(())
    }

    fn rollback(&mut self) {
        self.taken.clear();
        if !self.connection.is_autocommit() {
            let _ = self.execute(ROLLBACK, []);
        }
    }

    fn claim(&mut self, now: Millis, room: usize) -> Result<Due> {
        if self.exists(HAS_CRASHED, params![now, self.worker.handlers])? {
            return Ok(Due::Crashed);
        }
        let deliveries = self.claim_runs(CLAIM_UNTROUBLED, now, room)?;
        let claimed: usize = deliveries.iter().map(|delivery| delivery.runs.len()).sum();
        // With less than that, another claim comes first.
        let next = if claimed < room {
            self.due_after(now)?
        } else {
            None
        };
        Ok(Due::Claimed { deliveries, next })
    }

    fn claim_crashed(&mut self, now: Millis) -> Result<Option<ClaimedDelivery>> {
        let claimed = self.claim_runs(CLAIM_CRASHED, now, 1)?;
        Ok(claimed.into_iter().next())
    }

    fn record(
        &mut self,
        now: Millis,
        ends: &[End],
        accepts: &[(&Accept, bool)],
    ) -> Result<Recorded> {
        let ends = runs::end(&self.connection, self.worker.id, now, ends);
        let ends = ends.map_err(|error| self.error(&error))?;
        let accepts = accepts.iter().map(|(accept, is_running)| {
            match self.accept(now, accept, *is_running) {
                // The others go on without it.
                Err(error) if error.kind == StoreErrorKind::Row => Ok(Err(error)),
                accepted => accepted.map(Ok),
            }
        });
        let accepts = accepts.collect::<Result<_>>()?;
        Ok(Recorded { ends, accepts })
    }

    #[cfg(any(test, feature = "testing"))]
    fn next_due(&mut self, now: Millis) -> Result<Option<Millis>> {
        self.due_after(now)
    }

    fn wait(&mut self, until: &mut (dyn Future<Output = ()> + Unpin), patience: Duration) {
        match &mut self.lender {
            Some(lender) => lender.wait(&self.connection, until, patience),
            None => park::wait(until, patience),
        }
    }

    fn has_changed(&mut self) -> Result<bool> {
        // The version counts the changes of other connections only.
        if self.lender.as_mut().is_some_and(Lender::has_changed) {
            return Ok(true);
        }
        let version = data_version(&self.connection).map_err(|error| self.error(&error))?;
        let before = std::mem::replace(&mut self.data_version, version);
        Ok(version != before)
    }

    fn others(&mut self) -> Result<Others> {
        workers::others(&self.connection, self.place.path(), Some(self.worker.id))
            .map_err(|error| self.error(&error))
    }

    fn take_back(&mut self, now: Millis, gone: WorkerId, limit: u32) -> Result<TakenBack> {
        let Some(lock) = Lock::take_over(self.place.path(), gone) else {
            return Ok(TakenBack::default());
        };
        self.taken.push(lock);
        let taken = runs::take_back(&self.connection, &mut self.handlers, now, gone, limit);
        let (waiting, dead) = taken.map_err(|error| self.error(&error))?;
        let dead = self.with_deliveries(dead)?;
        Ok(TakenBack { waiting, dead })
    }

    fn has_due_orphans(&mut self, now: Millis) -> Result<bool> {
        self.exists(HAS_DUE_ORPHANS, [now])
    }

    fn put_off_orphans(&mut self, now: Millis, due: Millis) -> Result<()> {
        self.execute(PUT_OFF_ORPHANS, [now, due])
    }

    fn sweep(&mut self, now: Millis, retention: &Retention, after: DeliveryId) -> Result<Swept> {
        self.begin()?;
        let swept = sweep::sweep(&self.connection, now, retention, after)
            .map_err(|error| self.error(&error))?;
        if swept.changed() {
            self.commit()?;
        } else {
            self.rollback();
        }
        Ok(swept)
    }

    fn stats(&mut self, now: Millis) -> Result<Stats> {
        counts::stats(&self.connection, now, self.handlers.linked())
            .map_err(|error| self.error(&error))
    }

    fn check(&mut self) -> Result<()> {
        let begun = self.begin();
        self.rollback();
        begun
    }

    fn retire(&mut self) -> Result<()> {
        if self.is_retired {
            return Ok(());
        }
        let retire = |store: &mut Self| {
            store.begin()?;
            store.execute(GIVE_BACK_ALL, [store.worker.id])?;
            store.execute(DELETE_WORKER, [store.worker.id])?;
            store.commit()
        };
        retire(self).inspect_err(|_| self.rollback())?;
        self.is_retired = true;
        self.worker.remove_lock();
        // The file is whole without its WAL, unless another process goes on writing.
        let _ = self.connection.query_row(CHECKPOINT, [], |_| Ok(()));
        Ok(())
    }
}

fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(DATA_VERSION)?
        .query_row([], |row| row.get(0))
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("SqliteStore");
        debug
            .field("path", &self.place.path())
            .field("worker", &self.worker.id);
        debug.finish_non_exhaustive()
    }
}
