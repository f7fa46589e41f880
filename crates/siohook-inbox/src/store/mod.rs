//! What a store does: the tables of deliveries and runs, and the one transaction that changes them.
//!
//! A store makes no decision. What is claimed, when, and how a run ends is decided by the
//! [`engine`](crate::engine), so all stores follow one state machine.

mod error;
#[cfg(any(test, feature = "testing"))]
mod memory;
mod migrate;
mod retention;
#[cfg(feature = "sqlite")]
mod sqlite;

use bytes::Bytes;
use siohook::Delivery;

pub(crate) use self::error::{StoreError, StoreErrorKind};
#[cfg(any(test, feature = "testing"))]
pub(crate) use self::memory::Memory;
#[cfg(test)]
pub(crate) use self::memory::{Row, State};
pub use self::migrate::Migrate;
pub(crate) use self::retention::{Fate, Retention, Standing, Swept};
#[cfg(feature = "sqlite")]
pub(crate) use self::sqlite::{SqliteSettings, SqliteStore};
pub(crate) use crate::clock::Millis;
use crate::dead_letter::DeadReason;
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

/// Which runs to claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// At most this many of the due ones whose process never ended in them.
    Untroubled(usize),
    /// One of those whose process ended in them.
    Crashed,
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

/// What [`Store::take_back`] found.
#[derive(Debug, Default)]
pub(crate) struct TakenBack {
    pub(crate) waiting: u32,
    /// Those that are dead now.
    pub(crate) dead: Vec<Claimed>,
}

/// Tables of deliveries and runs, seen by one worker.
///
/// Changes are made between [`begin`](Self::begin) and [`commit`](Self::commit). If one of them
/// fails, [`rollback`](Self::rollback) undoes the group. A store blocks until it is done: it runs
/// on a thread of its own.
pub(crate) trait Store: Send + 'static {
    /// The id of this worker.
    #[cfg(test)]
    fn worker(&self) -> WorkerId;

    /// Begins a transaction. It fails if what is written could get lost.
    fn begin(&mut self) -> Result<()>;

    /// Makes the group durable. If it fails, the group may be stored or not.
    fn commit(&mut self) -> Result<()>;

    /// Undoes the group as far as it went.
    fn rollback(&mut self);

    /// Records ends. Each is `false` if the run is not this worker's any more.
    fn end(&mut self, now: Millis, ends: &[End]) -> Result<Vec<bool>>;

    /// Claims due runs of handlers that this worker links: those that are due longest, in any order.
    fn claim(&mut self, now: Millis, claim: Claim) -> Result<Vec<Claimed>>;

    /// Whether a run of a handler that this worker links is due whose process ended in it.
    fn has_crashed(&mut self, now: Millis) -> Result<bool>;

    /// Reads a delivery. An error of the kind `Row` concerns this one only.
    fn read(&mut self, delivery: DeliveryId) -> Result<Stored>;

    /// Stores a delivery and its runs. They are `running` if this worker is to run them.
    fn accept(&mut self, now: Millis, accept: &Accept, is_running: bool) -> Result<Accepted>;

    /// When the next run after `now` becomes due.
    fn next_due(&mut self, now: Millis) -> Result<Option<Millis>>;

    /// Whether another worker changed the store since the last call.
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

/// How long a run waits after its process ended in it: 4 seconds, 16 seconds, 64 seconds, at most
/// an hour.
pub(crate) fn crash_delay(crashes: u32) -> Millis {
    let delay = 4_i64
        .checked_pow(crashes)
        .and_then(|factor| factor.checked_mul(1000));
    delay.unwrap_or(Millis::MAX).min(60 * 60 * 1000)
}
