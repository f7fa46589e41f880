//! Bodies, in the shape and the order of members in which systeme.io sends them.

mod automation;
mod automation_sale;
mod common;
mod contact;
mod sale;
#[cfg(test)]
mod tests;

use serde::Serialize;
use siohook_sender::Sample;

use crate::state::{Happening, Kind, State};

pub(crate) use self::automation::automation;
pub(crate) use self::contact::Person;

#[derive(Serialize)]
struct ContactBody<'a> {
    contact: Person<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<common::Named<'a>>,
}

/// The account webhook of what happened. `None` if it has no event, or if the tag or the order
/// was deleted since.
pub(crate) fn account(state: &State, happening: &Happening) -> Option<Sample> {
    let contact = state.contacts.get(&happening.contact)?;
    let (event, tag) = match &happening.kind {
        Kind::Created => ("CONTACT_CREATED", None),
        Kind::OptIn { .. } => ("CONTACT_OPT_IN", None),
        Kind::TagAdded(tag) => ("CONTACT_TAG_ADDED", Some(state.tags.get(tag)?)),
        Kind::TagRemoved(tag) => ("CONTACT_TAG_REMOVED", Some(state.tags.get(tag)?)),
        Kind::Sale { order, line } => {
            let body = sale::body(state, contact, *order, *line)?;
            return Some(Sample::account("SALE_NEW", body));
        }
        Kind::SaleCanceled { order, line } => {
            let body = sale::body(state, contact, *order, *line)?;
            return Some(Sample::account("SALE_CANCELED", body));
        }
        _ => return None,
    };
    let body = ContactBody {
        contact: Person::whole(state, contact),
        tag: tag.map(|tag| common::Named::new(tag.id, &tag.name)),
    };
    Some(Sample::account(event, body))
}
