//! What an operator does with a store: lists, dead letters, replays, personal data, backups.
//!
//! An [`Operator`] has a thread of its own, and a connection where the store allows several, so workers
//! and receivers go on. The calls are made of the reads and the short changes of [`Records`].

mod batches;
mod dead;
mod deliveries;
mod filter;
mod handlers;
mod personal;
mod replay;
mod run;
mod stored;
mod thread;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_channel::oneshot;
use siohook::{Delivery, Dispatcher, Timestamp};

pub use self::dead::DeadLetters;
#[cfg(test)]
pub(crate) use self::dead::{Amount, change_letters};
pub use self::deliveries::Deliveries;
use self::filter::earliest_kept;
pub use self::personal::Erased;
pub(crate) use self::personal::Personal;
pub use self::replay::{Replay, ReplayHandlers};
pub use self::run::{RunSummary, State};
use self::stored::Body;
pub use self::stored::{DeliverySummary, StoredDelivery};
use self::thread::Thread;
use crate::clock::Clock;
use crate::inbox::Place;
use crate::store::{DeliveryId, Records, StoreError};
use crate::sync::lock;
use crate::{InboxBuilder, InboxError, Stats};

/// Reads and mends what an inbox stores, while programs use it or without one.
///
/// [`InboxBuilder::operator`] opens it on a store. An [`Inbox`](crate::Inbox) dereferences to one,
/// so its methods can be called on an inbox, too. Clones are cheap, and share a thread and a
/// connection. It needs no runtime, runs no handler and changes no tables.
///
/// ```no_run
/// # async fn f() -> Result<(), siohook_inbox::InboxError> {
/// use siohook_inbox::{Inbox, MINUTE};
///
/// let inbox = Inbox::sqlite("inbox.db").operator().await?;
/// for letter in inbox.dead().handler("grant").list(100).await? {
///     println!("{letter}");
/// }
/// // The school is open again.
/// let runs = inbox.dead().handler("grant").spread(MINUTE * 10).retry().await?;
/// println!("{runs} runs are tried again");
/// # Ok(())
/// # }
/// ```
///
/// A worker sees a change within 20 milliseconds if several processes have the file of SQLite open,
/// and within 250 milliseconds if one has.
///
/// # Long changes
///
/// A change of many runs is made in transactions of about 10 milliseconds, so deliveries are
/// accepted meanwhile. If the program is killed in the middle, the first ones are changed and the
/// others are not: call it again. A future that is dropped goes on to its end.
///
/// # Errors
///
/// Every call fails with [`Store`](InboxError::Store) if the store can't be read or written, and
/// with [`Request`](InboxError::Request) if what was asked for can't be done. Either text says what
/// to do.
///
/// # An old SQLite
///
/// The versions of SQLite before 3.51.3 that can lose commits allow one connection to a file. With
/// one of them, the methods of an [`Inbox`](crate::Inbox) use its connection for about 10 milliseconds
/// at a time, and deliveries wait as long. They look at all runs that are kept, so lists and counts take
/// longer. [`backup`](Self::backup) fails, and so does an operator in another program, or from
/// [`InboxBuilder::operator`], until the inbox is dropped.
#[derive(Clone)]
pub struct Operator(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    /// It is started by the first call.
    thread: Mutex<Option<Thread>>,
}

/// What the thread knows.
pub(crate) struct Shared {
    place: Place,
    clock: Clock,
    /// Restores deliveries.
    dispatcher: Dispatcher,
    personal: Option<Personal>,
}

impl InboxBuilder {
    /// Opens the store for an operator. It exists already, because [`open`](Self::open) created it.
    ///
    /// Of the settings, the store, [`personal`](Self::personal) and what concerns the file count.
    ///
    /// ```no_run
    /// # async fn f() -> Result<(), siohook_inbox::InboxError> {
    /// let inbox = siohook_inbox::Inbox::sqlite("inbox.db").operator().await?;
    /// println!("{} dead", inbox.stats().await?.dead());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The store does not exist, or its tables are of another version, or it can't be used. The text
    /// names the file and says what to do.
    pub async fn operator(self) -> Result<Operator, InboxError> {
        let dispatcher = Dispatcher::builder()
            .accept_unverified()
            .allow_no_handlers()
            .select(|_| false)
            .build()
            .map_err(|error| InboxError::Settings(vec![error.to_string()]))?;
        let operator = Operator::new(&self, dispatcher);
        operator.ask(|_, _| Ok(())).await?;
        Ok(operator)
    }
}

impl Operator {
    /// Makes an operator of a store that is opened by the first call.
    pub(crate) fn new(builder: &InboxBuilder, dispatcher: Dispatcher) -> Self {
        let shared = Arc::new(Shared {
            place: builder.place.clone().absolute(),
            clock: builder.clock.clone(),
            dispatcher,
            personal: builder.personal.clone(),
        });
        Self(Arc::new(Inner {
            shared,
            thread: Mutex::default(),
        }))
    }

    /// Does something on the thread.
    async fn ask<T: Send + 'static>(
        &self,
        call: impl FnOnce(&mut dyn Records, &Shared) -> Result<T, InboxError> + Send + 'static,
    ) -> Result<T, InboxError> {
        let (reply, answer) = oneshot::channel();
        self.send(Box::new(move |connection, busy| {
            let result = connection.call(call);
            drop(busy);
            let _ = reply.send(result);
        }))?;
        let ended = |_| InboxError::store(&StoreError::ended());
        answer.await.map_err(ended)?
    }

    fn send(&self, job: thread::Job) -> Result<(), InboxError> {
        let mut thread = lock(&self.0.thread);
        let job = match &*thread {
            Some(thread) => thread.send(job).err(),
            None => Some(job),
        };
        // There is none yet, or a panic ended it.
        if let Some(job) = job {
            let started = Thread::start(Arc::clone(&self.0.shared))?;
            let _ = started.send(job);
            *thread = Some(started);
        }
        Ok(())
    }

    /// Counts the runs of the whole store.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// println!("{} waiting", inbox.stats().await?.waiting());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The store can't be read.
    pub async fn stats(&self) -> Result<Stats, InboxError> {
        self.ask(|records, shared| Ok(records.stats(shared.clock.now())?))
            .await
    }

    /// Counts the runs that are done and not yet deleted by the retention.
    ///
    /// [`stats`](Self::stats) leaves them out, because it reads what is open only. This reads all runs
    /// that are kept: 0.2 s for a million in SQLite. Workers go on meanwhile.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// println!("{} done", inbox.count_done().await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The store can't be read.
    pub async fn count_done(&self) -> Result<u64, InboxError> {
        self.ask(|records, _| Ok(records.count_done()?)).await
    }

    /// Reads a delivery, with its body and its runs.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// let stored = inbox.delivery(7).await?;
    /// println!("{}", stored.summary());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// It is not stored, or not any more.
    pub async fn delivery(&self, id: i64) -> Result<StoredDelivery, InboxError> {
        self.ask(move |records, shared| {
            let found = records.delivery(id)?;
            let (summary, stored) = found.ok_or_else(|| not_stored(id))?;
            let delivery = stored.body.clone();
            let delivery = delivery.and_then(|body| shared.restore(&stored.meta, body));
            Ok(StoredDelivery {
                summary,
                body: stored.body.map(Body),
                delivery,
            })
        })
        .await
    }

    /// Clears away deliveries whose handlers are all done, or that have none, and whose last handler
    /// ended before a time. Returns how many.
    ///
    /// Their bodies and the texts of errors are erased. What is left is deleted 6 days after the
    /// last handler ended, and not before, so that a copy that systeme.io sends is recognised. A
    /// run that was purged counts as done.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::SystemTime;
    ///
    /// use siohook_inbox::DAY;
    ///
    /// inbox.purge_done(SystemTime::now() - DAY).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The time is not from 1970 to 9999.
    pub async fn purge_done(
        &self,
        before: impl TryInto<Timestamp, Error: fmt::Display>,
    ) -> Result<u64, InboxError> {
        let before = filter::millis_of("purge_done", before)?;
        self.ask(move |records, shared| {
            let now = shared.clock.now();
            let retention = earliest_kept(now, before);
            let (mut purged, mut after) = (0, 0);
            loop {
                let swept = records.sweep(now, &retention, after)?;
                purged += (swept.erased + swept.deleted) as u64;
                match swept.up_to {
                    Some(up_to) => after = up_to,
                    None => return Ok(purged),
                }
            }
        })
        .await
    }

    /// Writes a copy of the store into a new file, while programs use it.
    ///
    /// The file can be read by its owner only. It is whole and checked, or it does not exist: until
    /// then its name ends with `.part`. Never copy the file of an inbox that is open: the copy would lack what
    /// is in its `-wal`.
    ///
    /// An inbox that is opened on a backup runs again what was not done when it was made, so restore
    /// the last one. Erase contacts in backups, too.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// inbox.backup("/var/backups/shop/inbox-2026-10-01.db").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// * The file exists, or the one with `.part`.
    /// * The store is no file of SQLite.
    /// * [An old SQLite](Self#an-old-sqlite) allows one connection, and an inbox has it.
    pub async fn backup(&self, path: impl Into<PathBuf>) -> Result<(), InboxError> {
        let path = path.into();
        self.ask(move |records, _| records.backup(&path)).await
    }
}

impl Shared {
    /// Makes a delivery of what is stored.
    fn restore(&self, meta: &str, body: Bytes) -> Option<Delivery> {
        let record = serde_json::from_str(meta).ok()?;
        self.dispatcher.restore(record, body).ok()
    }
}

fn not_stored(id: DeliveryId) -> InboxError {
    InboxError::Request(format!("delivery {id} is not stored, or not any more"))
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = &self.0.shared.place;
        f.debug_tuple("Operator").field(place).finish()
    }
}
