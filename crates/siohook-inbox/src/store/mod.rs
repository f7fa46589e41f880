//! What a store does: the tables of deliveries and runs, and the one transaction that changes them.
//!
//! A store makes no decision. What is claimed, when, and how a run ends is decided by the
//! [`engine`](crate::engine), so all stores follow one state machine.

#[cfg(test)]
mod agrees;
mod error;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod handlers;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod host;
#[cfg(any(test, feature = "testing"))]
mod memory;
mod migrate;
mod park;
#[cfg(feature = "postgres")]
mod postgres;
mod records;
mod retention;
#[cfg(test)]
mod shorthand;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::time::Duration;

use bytes::Bytes;
use siohook::Delivery;

pub(crate) use self::error::{StoreError, StoreErrorKind};
#[cfg(any(test, feature = "testing"))]
pub(crate) use self::memory::Memory;
#[cfg(test)]
pub(crate) use self::memory::{Row, State};
pub use self::migrate::Migrate;
#[cfg(feature = "postgres")]
pub(crate) use self::postgres::{PostgresRecords, PostgresSettings, PostgresStore, postgres_step};
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(crate) use self::records::ids_of;
pub(crate) use self::records::{
    Change, Changed, DeadQuery, DeliveryQuery, ErasedBatch, EventFilter, Filter, Records, RunId,
};
pub(crate) use self::retention::{Fate, Retention, Standing, Swept};
#[cfg(test)]
pub(crate) use self::shorthand::{Shorthand, runs};
#[cfg(feature = "sqlite")]
pub(crate) use self::sqlite::{Lending, SqliteSettings, SqliteStore, sqlite_records, sqlite_step};
pub(crate) use crate::clock::Millis;
use crate::dead_reason::DeadReason;
use crate::stats::Stats;

/// The id of a delivery in a store, in the order of acceptance.
pub(crate) type DeliveryId = i64;

/// The id of a process in a store. It is never used again.
pub(crate) type WorkerId = i64;

pub(crate) type Result<T> = std::result::Result<T, StoreError>;

/// A delivery to store, with its handlers.
pub(crate) struct Accept {
    pub(crate) key: [u8; 38],
    /// The record of the delivery as JSON.
    pub(crate) meta: String,
    /// Handed to the handlers if they run at once.
    pub(crate) delivery: Delivery,
    pub(crate) handlers: Vec<&'static str>,
}

/// What became of an [`Accept`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// It was stored, and its runs are `running` if there was room for all of them.
    Fresh { id: DeliveryId, is_running: bool },
    /// An earlier attempt had stored it.
    Before,
}

/// The run of a handler that a worker has, as the fence knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RunKey {
    pub(crate) delivery: DeliveryId,
    pub(crate) handler: &'static str,
    /// Starts so far. Together with the owner it tells this run from later ones.
    pub(crate) attempt: u32,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) run: RunKey,
    pub(crate) ending: Ending,
}

/// What a run becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Done,
    Retry {
        due: Millis,
        error: Option<String>,
    },
    Dead {
        reason: DeadReason,
        error: Option<String>,
    },
    /// It was stopped before it ended, and waits again.
    GivenBack,
}

/// A run that was claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claimed {
    pub(crate) run: RunKey,
    /// Starts since the last end in which the process ended.
    pub(crate) crashes: u32,
    /// Other starts that are no attempts: those that were given back, and earlier crashes.
    pub(crate) uncounted: u32,
}

/// A delivery as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) key: [u8; 38],
    pub(crate) event: Box<str>,
    pub(crate) received_at: Millis,
    /// The record of the delivery as JSON.
    pub(crate) meta: String,
    /// `None` once it was erased.
    pub(crate) body: Option<Bytes>,
}

/// The runs of a delivery that were claimed together.
#[derive(Debug)]
pub(crate) struct ClaimedDelivery {
    /// Its row. An error of the kind `Row` concerns this one only.
    pub(crate) stored: Result<Stored>,
    /// There is at least one.
    pub(crate) runs: Vec<Claimed>,
}

/// What [`Store::claim`] found.
#[derive(Debug)]
pub(crate) enum Due {
    /// A run is due whose process ended in it. Nothing was claimed.
    Crashed,
    Claimed {
        deliveries: Vec<ClaimedDelivery>,
        /// When the next run becomes due that is not due yet.
        next: Option<Millis>,
    },
}

/// What became of the ends and deliveries of a group, in their order.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// Each is `false` if the run is not this worker's any more.
    pub(crate) ends: Vec<bool>,
    /// An error of the kind `Row` concerns its delivery only.
    pub(crate) accepts: Vec<Result<Accepted>>,
}

/// What [`Store::take_back`] found.
#[derive(Debug, Default)]
pub(crate) struct TakenBack {
    pub(crate) waiting: u32,
    /// Those that are dead now.
    pub(crate) dead: Vec<ClaimedDelivery>,
}

/// Tables of deliveries and runs, seen by one worker.
///
/// Changes are made between [`begin`](Self::begin) and [`commit`](Self::commit). If one of them
/// fails, [`rollback`](Self::rollback) undoes the group as far as that is possible. A store blocks
/// until it is done: it runs on a thread of its own.
pub(crate) trait Store: Send + 'static {
    /// The id of this worker.
    #[cfg(test)]
    fn worker(&self) -> WorkerId;

    /// Begins a group. It fails if what is written could get lost.
    fn begin(&mut self) -> Result<()>;

    /// Makes the group durable. If it fails, the group may be stored or not.
    fn commit(&mut self) -> Result<()>;

    /// Ends a group that failed. What it changed may be stored, in part too.
    fn rollback(&mut self);

    /// Claims due runs of handlers that this worker links, at most `room`: those that are due
    /// longest, in any order. It claims none while a run is due whose process ended in it.
    fn claim(&mut self, now: Millis, room: usize) -> Result<Due>;

    /// Claims one of the due runs whose process ended in them.
    fn claim_crashed(&mut self, now: Millis) -> Result<Option<ClaimedDelivery>>;

    /// Records ends, and stores deliveries with their runs. These are `running` if this worker is
    /// to run them, which is said beside each.
    fn record(
        &mut self,
        now: Millis,
        ends: &[End],
        accepts: &[(&Accept, bool)],
    ) -> Result<Recorded>;

    /// Whether this worker may start what it claimed. If not, other workers may take it for one that
    /// ended.
    fn may_start(&self) -> bool {
        true
    }

    /// When the next run after `now` becomes due.
    #[cfg(any(test, feature = "testing"))]
    fn next_due(&mut self, now: Millis) -> Result<Option<Millis>>;

    /// Waits until the future is ready or time is over. It may return earlier, if another worker
    /// changed the store, or an operator used it. No group is open meanwhile.
    fn wait(&mut self, until: &mut (dyn Future<Output = ()> + Unpin), patience: Duration) {
        park::wait(until, patience);
    }

    /// Whether another worker or an operator changed the store since the last call.
    fn has_changed(&mut self) -> Result<bool>;

    /// The workers that ended without saying so, and whether there are others that live.
    fn others(&mut self) -> Result<Others>;

    /// Takes back the runs of a worker that ended. A run has one more crash, waits for
    /// [`crash_delay`], and is dead with as many crashes as `limit`.
    fn take_back(&mut self, now: Millis, gone: WorkerId, limit: u32) -> Result<TakenBack>;

    /// Whether a run is due whose handler no living worker links.
    fn has_due_orphans(&mut self, now: Millis) -> Result<bool>;

    /// Lets some of those runs wait until `due`, at most as many as take a few milliseconds.
    fn put_off_orphans(&mut self, now: Millis, due: Millis) -> Result<()>;

    /// Erases bodies and deletes deliveries that are not kept any longer, of those with an id above
    /// `after`, oldest first. It is a transaction of its own, and ends after a few milliseconds.
    fn sweep(&mut self, now: Millis, retention: &Retention, after: DeliveryId) -> Result<Swept>;

    /// Counts the whole store.
    fn stats(&mut self, now: Millis) -> Result<Stats>;

    /// Checks that the next group can be stored, as far as that can be seen without writing.
    fn check(&mut self) -> Result<()>;

    /// Lets others know that this worker ended, as they know of a process that was killed.
    #[cfg(any(test, feature = "testing"))]
    fn die(&mut self) {}

    /// Ends this worker: what it runs waits again, and stays due. A second call does nothing.
    fn retire(&mut self) -> Result<()>;
}

/// The other workers of a store.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Others {
    /// They ended without giving their runs back.
    pub(crate) gone: Vec<WorkerId>,
    pub(crate) is_alone: bool,
}

/// How long a run waits whose handler no worker links, before it is looked at again.
pub(crate) const ORPHANS_WAIT: Millis = 60_000;

/// How long a run waits after its process ended in it: 4 seconds, 16 seconds, 64 seconds, at most
/// an hour.
pub(crate) fn crash_delay(crashes: u32) -> Millis {
    let delay = 4_i64
        .checked_pow(crashes)
        .and_then(|factor| factor.checked_mul(1000));
    delay.unwrap_or(Millis::MAX).min(60 * 60 * 1000)
}
