//! Tests that a store keeps the promises of the inbox: on this disk, with this SQLite.
//!
//! ```no_run
//! use std::sync::atomic::{AtomicU32, Ordering};
//!
//! use siohook_inbox::Inbox;
//! use siohook_inbox::conformance::{Subject, check};
//!
//! static NUMBER: AtomicU32 = AtomicU32::new(0);
//!
//! let subject = Subject::new("sqlite", || {
//!     let number = NUMBER.fetch_add(1, Ordering::Relaxed);
//!     Inbox::sqlite(format!("/var/lib/shop/check-{number}.db"))
//! });
//! let report = check(&subject);
//! println!("{report}");
//! assert!(report.is_ok());
//! ```
//!
//! Each case opens a new store, accepts deliveries, and ends the inbox as `kill -9` ends a process.
//! The clock is moved by hand, so a case that lasts for days takes milliseconds. All cases together
//! take a few seconds. They need no runtime.
//!
//! A loss of power is not tested, nor a disk that is full.
//!
//! # The handlers of the cases
//!
//! The cases have handlers, which are linked into the program while the feature `conformance` is
//! enabled. Enable it in `[dev-dependencies]` only. Other dispatchers of the program list them as
//! well. They need no state, and listen to unlisted names that begin with `siohook.conformance` or
//! `SIOHOOK_CONFORMANCE`. [`is_own`] tells them apart:
//!
//! ```standalone_crate
//! use siohook::Dispatcher;
//! use siohook_inbox::conformance;
//!
//! let dispatcher = Dispatcher::builder()
//!     .accept_unverified()
//!     .select(|handler| !conformance::is_own(handler))
//!     .allow_no_handlers()
//!     .build()?;
//! assert!(dispatcher.handlers().is_empty());
//! # Ok::<(), siohook::BuildError>(())
//! ```

#[macro_use]
mod failure;
mod case;
mod cases;
mod handlers;
mod patience;
mod program;
mod report;
mod script;
mod stage;
mod subject;

pub use self::case::{Case, Section};
pub use self::cases::cases;
pub use self::failure::Failure;
pub use self::handlers::is_own;
pub use self::report::{Outcome, Report, Verdict, check};
pub use self::subject::Subject;
