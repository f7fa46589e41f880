//! Events: the catalogue, names, patterns, and the markers that stand for what a handler
//! listens to.

pub use siohook_events::{Event, EventName, EventPattern, PatternError, events, nearest};

pub use crate::handler::{AnyEvent, NoPayload, SeveralEvents, UnlistedEvent};
