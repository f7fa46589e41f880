//! Parts of several bodies.

use serde::{Serialize, Serializer};

use crate::state::{Contact, State};

#[derive(Serialize)]
pub(super) struct Named<'a> {
    id: u64,
    name: &'a str,
}

impl<'a> Named<'a> {
    pub(super) fn new(id: u64, name: &'a str) -> Self {
        Self { id, name }
    }
}

#[derive(Serialize)]
pub(super) struct FunnelStep<'a> {
    id: u64,
    name: &'a str,
    r#type: &'a str,
    funnel: Named<'a>,
}

impl<'a> FunnelStep<'a> {
    pub(super) fn find(state: &'a State, id: u64) -> Option<Self> {
        let (funnel, step) = state.step(id)?;
        Some(Self {
            id,
            name: &step.name,
            r#type: &step.r#type,
            funnel: Named::new(funnel.id, &funnel.name),
        })
    }
}

/// Values of a contact by slugs, in the order of the account's fields. PHP writes an empty map as
/// a list.
pub(super) struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    pub(super) fn of(state: &'a State, contact: &'a Contact) -> Self {
        let values = state.contact_fields.iter().filter_map(|field| {
            let value = contact.fields.get(&field.slug)?;
            Some((&*field.slug, &**value))
        });
        Self(values.collect())
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_empty() {
            return serializer.collect_seq([(); 0]);
        }
        serializer.collect_map(self.0.iter().copied())
    }
}
