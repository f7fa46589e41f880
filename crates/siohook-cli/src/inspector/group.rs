//! Attempts of one message, which are one row of the list.

use std::collections::HashMap;

use serde::Serialize;

use super::index::{Listed, Row};

/// The latest delivery of a message that is shown, and those before it.
#[derive(Serialize)]
pub(super) struct Group {
    #[serde(flatten)]
    latest: Listed,
    /// The latest one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<Listed>,
}

/// A part of the list.
pub(super) struct Part {
    /// The latest one first.
    pub(super) groups: Vec<Group>,
    pub(super) has_more: bool,
}

/// The latest groups of the deliveries that fit. `rows` are in the order of receipt. Those from
/// `end` on are in the parts before, and so are further attempts of their messages.
pub(super) fn part(
    mut rows: Vec<Listed>,
    end: usize,
    limit: usize,
    fits: impl Fn(&Row) -> bool,
) -> Part {
    let given = rows.split_off(end);
    let mut given_by_message: HashMap<_, Vec<_>> = HashMap::new();
    for row in given.iter().map(|listed| &*listed.row) {
        let message = row.summary.message_id.as_deref();
        given_by_message.entry(message).or_default().push(row);
    }
    // What fits may have to be read, so only what decides is asked.
    let is_given = |message: Option<&str>| {
        let rows = message.and_then(|_| given_by_message.get(&message));
        rows.is_some_and(|rows| rows.iter().any(|row| fits(row)))
    };

    let mut part = Part {
        groups: vec![],
        has_more: false,
    };
    let mut places: HashMap<String, usize> = HashMap::new();
    for listed in rows.into_iter().rev() {
        let message = listed.row.summary.message_id.clone();
        let place = message.as_ref().and_then(|message| places.get(message));
        if let Some(group) = place.and_then(|place| part.groups.get_mut(*place)) {
            if fits(&listed.row) {
                group.earlier.push(listed);
            }
        } else if !part.has_more && fits(&listed.row) && !is_given(message.as_deref()) {
            if part.groups.len() == limit {
                // The rest of the groups may have earlier attempts.
                part.has_more = true;
                continue;
            }
            if let Some(message) = message {
                places.insert(message, part.groups.len());
            }
            part.groups.push(Group {
                latest: listed,
                earlier: vec![],
            });
        }
    }
    part
}
