//! The state machine of runs, and the thread that drives it.
//!
//! One thread owns a store. It takes whatever was sent to it (deliveries to accept, ends of runs),
//! adds the claims that there is room for, and commits all of it at once: one sync of the disk for
//! the whole group. After the commit it answers, and hands the claimed runs to
//! [`Inbox::run`](crate::Inbox::run).

mod command;
mod deadlines;
mod drain;
mod failures;
mod group;
mod others;
mod outage;
mod shutdown;
mod sweeper;
#[cfg(test)]
pub(crate) mod tests;
mod thread;
mod writer;

pub(crate) use self::command::{AcceptCommand, Command, Ended, Expired, Job, Source, Task};
pub use self::drain::Drained;
pub(crate) use self::thread::{Engine, spawn};
pub(crate) use self::writer::{EngineSettings, Writer};
