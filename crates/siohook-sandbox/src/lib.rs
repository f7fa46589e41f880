//! A [systeme.io](https://systeme.io) account on your machine, to develop receivers of its
//! webhooks against.

mod allow;
mod api;
mod change;
mod client;
mod clock;
mod directory;
mod disable_below;
mod hint;
mod ids;
mod log;
mod message;
mod outgoing;
mod schedule;
mod sender;
pub mod state;
#[cfg(test)]
mod test_account;
mod wire;

pub use allow::{AllowList, Destination, ParseHostError, Refusal};
pub use api::{Api, Ignored};
pub use client::{Answer, Client, Outcome};
pub use clock::{AdvanceError, Busy, Clock, Pace, ParsePaceError};
pub use directory::{Directory, Target};
pub use disable_below::{DisableBelow, ParseDisableBelowError};
pub use message::{Attempt, Message, Status};
pub use outgoing::{Outgoing, Source};
pub use schedule::{ParseScheduleError, Schedule};
pub use sender::{ResendError, Sender, Settings};
pub use siohook_events::{ParseTimestampError, Timestamp};
