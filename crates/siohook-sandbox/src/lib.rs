//! A [systeme.io](https://systeme.io) account on your machine, to develop receivers of its
//! webhooks against.
//!
//! * [`state::State`] is the account: contacts, tags, rules, workflows, courses, orders and more.
//!   A change returns the [`Outgoing`] messages that systeme.io would send.
//! * [`Api`] is systeme.io's public API over that state, as an axum router.
//! * [`Sender`] sends messages to receivers on this machine, byte for byte as systeme.io does: a
//!   queue for each destination, a [`Schedule`] of retries, and a [`Clock`] that can be moved by
//!   hand. A [`Directory`] tells it where a message goes.

mod account;
mod allow;
mod api;
mod change;
mod client;
mod clock;
mod control;
mod directory;
mod disable_below;
mod fidelity;
mod hint;
mod ids;
mod log;
mod message;
mod outgoing;
mod sandbox;
mod schedule;
mod sender;
mod server;
pub mod state;
mod strict;
mod success;
#[cfg(test)]
mod test_account;
mod wire;

pub use allow::{AllowList, Destination, ParseHostError, Refusal};
pub use api::openapi;
pub use client::{Answer, Client, Outcome};
pub use clock::{AdvanceError, Busy, Clock, Pace, ParsePaceError};
pub use directory::{Directory, Target};
pub use disable_below::{DisableBelow, ParseDisableBelowError};
pub use fidelity::{Fidelity, Known, fidelity};
pub use message::{Attempt, Message, Status};
pub use outgoing::{Outgoing, Source};
pub use sandbox::{
    Builder, ContactActions, FireBuilder, FireError, Messages, Sandbox, StartError, WebhookBuilder,
};
pub use schedule::{ParseScheduleError, Schedule};
pub use sender::{ResendError, Sender, Settings};
pub use server::TlsError;
pub use siohook_events::{ParseTimestampError, Timestamp};
pub use success::{ParseSuccessError, Success};
