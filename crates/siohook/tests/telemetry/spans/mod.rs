//! The spans of deliveries, handlers and refusals, and the events in them.

mod ends;
mod events;
mod fields;
mod nesting;

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use siohook::{DetachedTask, Dispatcher, Incoming};
use tracing::Level;

use crate::capture::{Capture, Span};
use crate::handlers::{Always, KEPT, builder, dispatcher, place};
use crate::support::{
    self, SECRET, TAG_ADDED, account, automation, envelope, finish, fixture, only, poll,
    signed_with,
};

fn receive(capture: &Capture, functions: &'static [&'static str], incoming: Incoming) -> u16 {
    let dispatcher = dispatcher(functions);
    capture.during(|| finish(dispatcher.receive(incoming)).status())
}
