//! The store in a schema of PostgreSQL.
//!
//! The thread of the inbox has a runtime, on which two connections live: one stores deliveries, the
//! other records ends and claims. A group is a commit of each, at the same time. So a group that
//! fails may be stored in part. What this process owns without knowing it is given back then.

mod back_off;
mod connection;
mod counts;
mod errors;
mod heart;
mod hints;
mod link;
mod names;
mod parameters;
mod params;
mod records;
mod runs;
mod schema;
mod session;
mod settings;
mod statements;
mod sweep;
mod target;
#[cfg(all(test, unix))]
mod tests;
mod tls;
mod transaction;
mod workers;

use std::collections::HashSet;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::{join, select};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use self::connection::Connector;
use self::heart::Heart;
use self::hints::Hints;
use self::link::{Link, Session};
use self::names::Names;
pub(crate) use self::records::PostgresRecords;
use self::runs::{At, integer};
pub(crate) use self::schema::step as postgres_step;
use self::session::Role;
pub(crate) use self::settings::PostgresSettings;
use self::statements::{
    DELETE_WORKER, GIVE_BACK_ALL, HAS_DUE_ORPHANS, PUT_OFF_ORPHANS, SCHEMA_VERSION,
};
use self::transaction::Transaction;
use self::workers::{Identity, RunRow};
use super::handlers::Handlers;
use super::{
    Accept, Accepted, Claimed, ClaimedDelivery, DeliveryId, Due, End, Ending, Millis, Others,
    Recorded, Result, Retention, RunKey, Store, StoreError, Swept, TakenBack, WorkerId,
};
use crate::stats::Stats;

/// A store on a server. Any number of processes can share it, on any number of machines.
pub(crate) struct PostgresStore {
    accept: Link,
    work: Link,
    worker: WorkerId,
    heart: Heart,
    hints: Hints,
    handlers: Handlers,
    /// The runs of this process, as it knows them.
    known: HashSet<RunKey>,
    transaction: Option<Transaction>,
    is_retired: bool,
    settings: PostgresSettings,
    /// The tasks of the connections end with it.
    runtime: Runtime,
}

impl PostgresStore {
    /// Connects, and creates the tables if they are missing.
    pub(crate) fn open(settings: PostgresSettings) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| {
            StoreError::unavailable(format!("the runtime of PostgreSQL's connections: {error}"))
        })?;
        let connector = Arc::new(Connector::new(&settings)?);
        let names = Arc::new(Names::new(&settings.schema));
        let mut work = Link::new(Role::Work, Arc::clone(&connector), Arc::clone(&names));
        let accept = Link::new(Role::Accept, connector, names);
        let identity = Identity {
            lease: settings.lease,
            handlers: settings.handlers.clone().into(),
        };
        let (worker, heart) = runtime.block_on(async {
            let session = work.session().await?;
            schema::prepare(&session, settings.migrate).await?;
            let before = Instant::now();
            let worker = identity.register(&session).await?;
            let heart = Heart::start(worker, identity, work.current(), before);
            Ok::<_, StoreError>((worker, heart))
        })?;
        Ok(Self {
            accept,
            work,
            worker,
            heart,
            hints: Hints::new(),
            handlers: Handlers::new(settings.handlers.clone()),
            known: HashSet::new(),
            transaction: None,
            is_retired: false,
            settings,
            runtime,
        })
    }

    fn at(&self, now: Millis) -> At {
        At {
            now,
            is_by_hand: self.settings.is_by_hand,
        }
    }

    /// The connections, made again if they broke.
    fn sessions(&mut self) -> Result<(Arc<Session>, Arc<Session>)> {
        let Self {
            runtime,
            accept,
            work,
            hints,
            settings,
            heart,
            ..
        } = self;
        runtime.block_on(async {
            let (accept, work) = join(accept.session(), work.session()).await;
            let (accept, work) = (accept?, work?);
            hints.tell_by(&accept);
            if !settings.is_pooled {
                hints.listen(&work).await?;
            }
            if !heart.is_young() {
                heart.hurry();
            }
            Ok((accept, work))
        })
    }

    /// The connection that works.
    fn session(&mut self) -> Result<Arc<Session>> {
        self.sessions().map(|(_, work)| work)
    }

    /// Begins a transaction on the connection that works, unless one is open.
    fn transaction(&mut self) -> Result<Arc<Session>> {
        if let Some(transaction) = &self.transaction {
            return Ok(transaction.session());
        }
        let session = self.session()?;
        let transaction = self.runtime.block_on(Transaction::begin(session))?;
        Ok(self.transaction.insert(transaction).session())
    }

    /// Gives all runs back, and the worker's row. Those who take the runs of others back lock both in
    /// the same order.
    fn leave(&mut self) -> Result<Arc<Session>> {
        let session = self.transaction()?;
        self.runtime.block_on(async {
            session.execute(DELETE_WORKER, &[&self.worker]).await?;
            session.execute(GIVE_BACK_ALL, &[&self.worker]).await
        })?;
        self.commit()?;
        Ok(session)
    }

    /// Tells other processes that there may be something to claim.
    fn tell(&mut self) {
        let _runtime = self.runtime.enter();
        self.hints.tell(self.accept.current());
    }

    /// Gives back the runs that this process has without knowing.
    fn give_back_unknown(&mut self, session: &Session, own: Vec<RunRow>) -> Result<()> {
        let known: HashSet<_> = self
            .known
            .iter()
            .map(|run| (run.delivery, run.handler, integer(run.attempt)))
            .collect();
        let unknown = own.into_iter().filter(|(delivery, handler, attempts)| {
            !known.contains(&(*delivery, &**handler, *attempts))
        });
        let mut runs = vec![];
        for (delivery, handler, attempts) in unknown {
            runs.push(RunKey {
                delivery,
                handler: self.handlers.find(&handler),
                attempt: runs::count(attempts),
            });
        }
        self.give_back(session, &runs)
    }

    /// Remembers the runs that were claimed, except for those that have a twin here, which are given
    /// back. Returns whether there were any.
    ///
    /// Other processes took the twin, because this one was silent for too long, and an operator began
    /// it anew. Its handler has not noticed, and its end would pass for the end of the new one.
    fn give_back_twins(
        &mut self,
        session: &Session,
        claimed: &mut Vec<ClaimedDelivery>,
    ) -> Result<bool> {
        let mut twins = vec![];
        for delivery in claimed.iter_mut() {
            let has_twin = |run: &mut Claimed| !self.known.insert(run.run);
            twins.extend(delivery.runs.extract_if(.., has_twin));
        }
        claimed.retain(|delivery| !delivery.runs.is_empty());
        let twins: Vec<_> = twins.iter().map(|twin| twin.run).collect();
        self.give_back(session, &twins)?;
        Ok(!twins.is_empty())
    }

    /// Gives runs back, which are due at once.
    fn give_back(&self, session: &Session, runs: &[RunKey]) -> Result<()> {
        let end = |&run| End {
            run,
            ending: Ending::GivenBack,
        };
        let ends: Vec<_> = runs.iter().map(end).collect();
        let ended = runs::end(session, self.worker, self.at(0), &ends);
        self.runtime.block_on(ended).map(drop)
    }
}

impl Store for PostgresStore {
    #[cfg(test)]
    fn worker(&self) -> WorkerId {
        self.worker
    }

    fn begin(&mut self) -> Result<()> {
        self.sessions().map(drop)
    }

    fn commit(&mut self) -> Result<()> {
        match self.transaction.take() {
            Some(transaction) => self.runtime.block_on(transaction.commit()),
            None => Ok(()),
        }
    }

    fn rollback(&mut self) {
        if let Some(transaction) = self.transaction.take() {
            self.runtime.block_on(transaction.rollback());
        }
    }

    fn claim(&mut self, now: Millis, room: usize) -> Result<Due> {
        let (session, at) = (self.session()?, self.at(now));
        let due = runs::claim(&session, self.worker, &mut self.handlers, at, room);
        let mut due = self.runtime.block_on(due)?;
        if let Due::Claimed { deliveries, next } = &mut due
            && self.give_back_twins(&session, deliveries)?
        {
            *next = Some(now);
        }
        Ok(due)
    }

    fn claim_crashed(&mut self, now: Millis) -> Result<Option<ClaimedDelivery>> {
        let (session, at) = (self.session()?, self.at(now));
        let claimed = runs::claim_crashed(&session, self.worker, &mut self.handlers, at);
        let mut claimed = Vec::from_iter(self.runtime.block_on(claimed)?);
        self.give_back_twins(&session, &mut claimed)?;
        Ok(claimed.pop())
    }

    fn record(
        &mut self,
        now: Millis,
        ends: &[End],
        accepts: &[(&Accept, bool)],
    ) -> Result<Recorded> {
        let ((accept, work), at) = (self.sessions()?, self.at(now));
        let accepted = runs::accept(&accept, self.worker, at, accepts);
        let ended = runs::end(&work, self.worker, at, ends);
        let (accepted, ended) = self.runtime.block_on(join(accepted, ended));
        let ended = ended?;
        for end in ends {
            self.known.remove(&end.run);
        }
        let accepted = accepted?;
        let mut is_for_others = ends.iter().any(|end| end.ending == Ending::GivenBack);
        for ((accept, _), accepted) in accepts.iter().zip(&accepted) {
            let Ok(Accepted::Fresh { id, is_running }) = *accepted else {
                continue;
            };
            is_for_others |= !is_running;
            if is_running {
                let run = |&handler| RunKey {
                    delivery: id,
                    handler,
                    attempt: 1,
                };
                self.known.extend(accept.handlers.iter().map(run));
            }
        }
        if is_for_others {
            self.tell();
        }
        Ok(Recorded {
            ends: ended,
            accepts: accepted,
        })
    }

    fn may_start(&self) -> bool {
        self.heart.is_young()
    }

    #[cfg(any(test, feature = "testing"))]
    fn next_due(&mut self, now: Millis) -> Result<Option<Millis>> {
        let (session, at) = (self.session()?, self.at(now));
        let linked = self.handlers.linked();
        self.runtime.block_on(runs::next_due(&session, at, linked))
    }

    fn wait(&mut self, until: &mut (dyn Future<Output = ()> + Unpin), patience: Duration) {
        let hints = &self.hints;
        self.runtime.block_on(async {
            let hint = pin!(hints.next());
            let _ = timeout(patience, select(until, hint)).await;
        });
    }

    fn has_changed(&mut self) -> Result<bool> {
        // Tests that move the clock do not wait for hints.
        Ok(self.hints.take() || self.settings.is_by_hand)
    }

    fn others(&mut self) -> Result<Others> {
        let session = self.session()?;
        let others = workers::others(&session, self.worker);
        let (others, own) = self.runtime.block_on(others)?;
        self.give_back_unknown(&session, own)?;
        Ok(others)
    }

    fn take_back(&mut self, now: Millis, gone: WorkerId, limit: u32) -> Result<TakenBack> {
        let (session, at) = (self.transaction()?, self.at(now));
        let taken = workers::take_back(&session, &mut self.handlers, at, gone, limit);
        self.runtime.block_on(taken)
    }

    fn has_due_orphans(&mut self, now: Millis) -> Result<bool> {
        let (session, by_hand) = (self.session()?, self.at(now).by_hand());
        let found = self
            .runtime
            .block_on(session.query_one(HAS_DUE_ORPHANS, &[&by_hand]));
        found.map(|row| row.get(0))
    }

    fn put_off_orphans(&mut self, now: Millis, due: Millis) -> Result<()> {
        let (session, by_hand) = (self.session()?, self.at(now).by_hand());
        let after = due.saturating_sub(now);
        let put_off = self
            .runtime
            .block_on(session.execute(PUT_OFF_ORPHANS, &[&by_hand, &after]));
        put_off.map(drop)
    }

    fn sweep(&mut self, now: Millis, retention: &Retention, after: DeliveryId) -> Result<Swept> {
        let session = self.session()?;
        let batch = self
            .runtime
            .block_on(sweep::look(&session, now, retention, after))?;
        if batch.is_empty() {
            return Ok(batch.swept);
        }
        let session = self.transaction()?;
        let swept = self.runtime.block_on(batch.carry_out(&session))?;
        self.commit()?;
        Ok(swept)
    }

    fn stats(&mut self, now: Millis) -> Result<Stats> {
        let (session, at) = (self.session()?, self.at(now));
        let stats = counts::stats(&session, at, self.handlers.linked());
        self.runtime.block_on(stats)
    }

    fn check(&mut self) -> Result<()> {
        let (accept, work) = self.sessions()?;
        let ask = |session: Arc<Session>| async move {
            session.query_one(SCHEMA_VERSION, &[]).await.map(drop)
        };
        let (accept, work) = self.runtime.block_on(join(ask(accept), ask(work)));
        accept.and(work)
    }

    #[cfg(any(test, feature = "testing"))]
    fn die(&mut self) {
        if let Some(session) = self.work.current().upgrade() {
            // Else its lease is over in time.
            let _ = self
                .runtime
                .block_on(session.execute(DELETE_WORKER, &[&self.worker]));
        }
    }

    fn retire(&mut self) -> Result<()> {
        if self.is_retired {
            return Ok(());
        }
        let session = self.leave().inspect_err(|_| {
            self.rollback();
            // If the process goes on, it gives them back when it looks at the others.
            self.known.clear();
        })?;
        self.is_retired = true;
        self.heart.stop();
        // Others look anyway, a little later.
        let _ = self.runtime.block_on(hints::tell(&session));
        Ok(())
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("worker", &self.worker)
            .finish_non_exhaustive()
    }
}
