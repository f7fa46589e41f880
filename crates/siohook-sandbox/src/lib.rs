//! A [systeme.io](https://systeme.io) account on your machine, to develop receivers of its
//! webhooks against.

mod outgoing;

pub use outgoing::{Outgoing, Source};
