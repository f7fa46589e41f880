//! A durable inbox for [`siohook`]: it stores each delivery before it is answered, and runs the
//! handlers afterwards.
//!
//! Without an inbox, a delivery is answered when its handlers have ended, so the sender waits for
//! them, and a restart relies on the sender's retries. With one, the answer means "stored": after
//! `kill -9` at any moment no acknowledged delivery is lost, and no handler that is recorded as
//! done runs again.
//!
//! ```no_run
//! # use siohook::Dispatcher;
//! # use siohook_inbox::{Inbox, InboxError};
//! # async fn f(dispatcher: Dispatcher) -> Result<(), InboxError> {
//! let inbox = Inbox::sqlite("inbox.db").open(&dispatcher).await?;
//! let receiver = inbox.receiver(); // a `Dispatcher` for any adapter
//! let worker = tokio::spawn(inbox.clone().run());
//! # Ok(())
//! # }
//! ```
//!
//! The program in the documentation of [`Inbox`] is complete.
//!
//! # What happens to a delivery
//!
//! 1. [`receiver`](Inbox::receiver) verifies it and stores it, with a run for each handler that
//!    listens. Then it replies. A delivery that was stored before is answered with 200 as well.
//! 2. [`run`](Inbox::run) runs the handlers. Each run is done, or waits for its next attempt, or is
//!    dead.
//!
//! | a handler | its run |
//! |---|---|
//! | succeeds | is done |
//! | returns an error, panics, or takes longer than [`timeout`](InboxBuilder::timeout) | waits for the delay of its [`Retry`], and is dead (`exhausted`) when its attempts are spent |
//! | returns [`HandlerError::retry_after`](siohook::HandlerError::retry_after) | waits exactly so long, at most 7 days |
//! | returns [`HandlerError::permanent`](siohook::HandlerError::permanent) | is dead (`permanent`) |
//! | does not match the body | is dead (`mismatch`); a handler of a pattern and an event that the catalogue does not list: done |
//! | is running when its process ends | waits 4 seconds, then runs alone in its process; after the third time in a row it is dead (`crashed`) |
//! | is dropped by [`drain`](Inbox::drain) | waits, and runs again |
//!
//! [`on_dead`](InboxBuilder::on_dead) is called with each [`DeadLetter`].
//!
//! # What is left to a handler
//!
//! The effect of a handler and the record of it are two steps. If the process ends between them,
//! the handler runs once more. [`Run`] is an argument that has a key for what must happen once.
//!
//! # Handlers and their ids
//!
//! Runs are stored under the [`id`](siohook::HandlerInfo::id) of their handler. A process claims
//! only runs of handlers that it has, so two versions of a program can share a store. A run whose
//! handler was renamed or removed waits as an [orphan](Stats::orphans) until a process has a
//! handler with its id again, or until it is [renamed](Operator::rename_handler) as well. Give
//! handlers an id before you store deliveries.
//!
//! # Dead letters and personal data
//!
//! An [`Operator`] lists what is stored, retries or purges dead letters, runs new handlers over old
//! deliveries, erases the deliveries of a person and makes backups, while programs go on. Its
//! methods can be called on an [`Inbox`], too.
//!
//! # The file
//!
//! SQLite's file is created with its `-wal` and `-shm` beside it, and a file `-worker…` for each
//! process that has it open. All are readable by their owner only, and hold personal data.
//!
//! * Put it on a disk. File systems in memory, of a container's layer and of a network are refused,
//!   because they lose what was acknowledged.
//! * Don't copy the `.db` alone: without its `-wal` the newest deliveries are missing. Use
//!   [`backup`](Operator::backup).
//! * A shell may read it: `sqlite3 -readonly inbox.db 'SELECT * FROM siohook_runs'`. A shell that
//!   holds a lock on it makes the receiver answer 503 after 2 seconds.
//! * The versions of SQLite before 3.51.3 have a bug that can lose commits of several processes.
//!   With one of them, a single process can open the file, and a backup needs this process to be
//!   stopped. The feature `bundled` has a newer one.
//!
//! # Several machines
//!
//! With [`Inbox::postgres`], processes of any number of machines share a schema. One that only accepts
//! never calls [`run`](Inbox::run), one that only works never mounts the
//! [`receiver`](Inbox::receiver). If one ends, others run what it left, once its
//! [lease](InboxBuilder::lease) of 30 seconds is over.
//!
//! [`siohook::guide::deploy`] says how to back up, restore and upgrade either store.
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `sqlite` (default) | [`Inbox::sqlite`] |
//! | `postgres` | [`Inbox::postgres`] |
//! | `bundled` (default) | compiles SQLite, which needs a C compiler; without it, the system's library is linked |
//! | `tracing`, `metrics` | spans, events, counters and gauges, as [`siohook::guide::observability`] explains |
//! | `conformance` | [`conformance`]: tests that a store keeps the promises of the inbox |
//! | `testing` | [`testing`]: an inbox in memory, a clock that is moved by hand, and the end of a process |

// Without a store, most of the crate is of no use.
#![cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "testing")),
    allow(unused, clippy::redundant_clone)
)]

// The program of the README has a signal that only Unix has.
#[cfg(all(doctest, unix))]
#[doc = include_str!("../README.md")]
mod readme {}

mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
mod dead_letter;
mod dead_reason;
mod engine;
mod error;
mod inbox;
mod observe;
mod operator;
mod policy;
mod retry;
mod run;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub mod schema;
mod stats;
mod store;
mod sync;
#[cfg(feature = "testing")]
pub mod testing;

use std::time::Duration;

pub use self::dead_letter::DeadLetter;
pub use self::dead_reason::DeadReason;
pub use self::engine::Drained;
pub use self::error::InboxError;
pub use self::inbox::{Errors, Inbox, InboxBuilder};
pub use self::operator::{
    DeadLetters, Deliveries, DeliverySummary, Erased, Operator, Replay, ReplayHandlers, RunSummary,
    State, StoredDelivery,
};
pub use self::retry::Retry;
pub use self::run::Run;
pub use self::stats::{HandlerStats, Stats};
pub use self::store::Migrate;

/// A second, for settings such as `SECOND * 5`.
pub const SECOND: Duration = Duration::from_secs(1);
/// A minute.
pub const MINUTE: Duration = Duration::from_secs(60);
/// An hour.
pub const HOUR: Duration = Duration::from_secs(60 * 60);
/// 24 hours.
pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);
