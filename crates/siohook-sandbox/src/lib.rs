//! A [systeme.io](https://systeme.io) account on your machine, to develop receivers of its
//! webhooks against.

mod allow;
mod client;
mod clock;
mod outgoing;
mod schedule;

pub use allow::{AllowList, Destination, ParseHostError, Refusal};
pub use client::{Answer, Client, Outcome};
pub use clock::{AdvanceError, Busy, Clock, Pace, ParsePaceError};
pub use outgoing::{Outgoing, Source};
pub use schedule::{ParseScheduleError, Schedule};
