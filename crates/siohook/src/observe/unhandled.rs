//! One warning for each event that no handler listens to.

use std::collections::HashSet;
use std::sync::Mutex;

use siohook_events::EventName;
use tracing::{Level, enabled, warn};

use crate::handler::{LONGEST_NAME, Report};
use crate::sync::lock;

/// The most unlisted names that get a warning. They come from outside and are unbounded.
const UNLISTED_NAMES: usize = 100;

/// Warns once for each name.
#[derive(Default)]
pub(super) struct UnhandledWarnings(Mutex<Warned>);

/// The names that got a warning.
#[derive(Default)]
struct Warned {
    listed: HashSet<&'static str>,
    unlisted: HashSet<Box<str>>,
    /// Whether a name that is too long to be kept got its warning.
    too_long: bool,
}

impl UnhandledWarnings {
    /// Warns if no handler listens to the event and it is the first delivery of its name.
    pub(super) fn warn(&self, report: &Report) {
        if !report.is_unhandled() || !enabled!(target: "siohook", Level::WARN) {
            return;
        }
        let event = report.delivery().event();
        let Some(warned) = self.first(event) else {
            return;
        };
        let status = report.reply().status();
        let more = if warned == UNLISTED_NAMES {
            "\nThis is the 100th name that the catalogue does not have. No further ones are reported."
        } else {
            ""
        };
        let handler = report.suggestion().map_or_else(
            || "; no handler can have this name".to_owned(),
            |handler| format!("; a handler to paste:\n\n{handler}"),
        );
        warn!(
            target: "siohook",
            "no handler listens to `{event}`, which is answered with {status}{handler}{more}"
        );
    }

    /// The number of unlisted names, if this name is new.
    fn first(&self, event: &EventName) -> Option<usize> {
        let mut warned = lock(&self.0);
        if let Some(listed) = event.event() {
            return warned.listed.insert(listed.name()).then_some(0);
        }
        let name = event.as_str();
        if name.len() > LONGEST_NAME {
            let is_first = !std::mem::replace(&mut warned.too_long, true);
            return is_first.then_some(0);
        }
        if warned.unlisted.len() >= UNLISTED_NAMES || warned.unlisted.contains(name) {
            return None;
        }
        warned.unlisted.insert(name.into());
        Some(warned.unlisted.len())
    }
}
