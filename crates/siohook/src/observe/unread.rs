//! One warning for each member of an event's body that could not be read.

use std::collections::HashSet;
use std::sync::Mutex;

use tracing::{Level, enabled, warn};

use crate::delivery::{Delivery, Unread};
use crate::sync::lock;

/// Warns once for each event and member. Both are names of the catalogue and its types, so
/// their number is bounded.
#[derive(Default)]
pub(super) struct UnreadWarnings(Mutex<HashSet<(Box<str>, Box<str>)>>);

impl UnreadWarnings {
    /// Warns of the unread members of a delivery that got no warning yet.
    pub(super) fn warn(&self, delivery: &Delivery) {
        let unread = delivery.known_unread();
        if unread.is_empty() || !enabled!(target: "siohook", Level::WARN) {
            return;
        }
        let event = delivery.event();
        for member in unread {
            let name = (event.as_str().into(), anywhere(member));
            if lock(&self.0).insert(name) {
                warn!(
                    target: "siohook",
                    "a member of `{event}` could not be read, and handlers run without it: {member}"
                );
            }
        }
    }
}

/// The pointer with `*` for each index in a list, because indices are unbounded.
fn anywhere(member: &Unread) -> Box<str> {
    let is_index = |token: &str| token.starts_with(|first: char| first.is_ascii_digit());
    let tokens = member.pointer().split('/');
    let tokens: Vec<&str> = tokens
        .map(|token| if is_index(token) { "*" } else { token })
        .collect();
    tokens.join("/").into()
}
