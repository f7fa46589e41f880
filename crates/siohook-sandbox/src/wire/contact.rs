use serde::Serialize;
use siohook_events::Timestamp;

use super::common::Named;
use crate::state::{Contact, State};

/// A contact in account webhooks and in answers of the API.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(
    clippy::struct_excessive_bools,
    reason = "systeme.io has these three switches"
)]
pub(crate) struct Person<'a> {
    id: u64,
    email: &'a str,
    registered_at: Timestamp,
    locale: &'a str,
    #[serde(rename = "sourceURL")]
    source_url: Option<&'a str>,
    unsubscribed: bool,
    bounced: bool,
    needs_confirmation: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<Field<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<Named<'a>>>,
}

#[derive(Serialize)]
struct Field<'a> {
    #[serde(rename = "fieldName")]
    name: &'a str,
    slug: &'a str,
    value: Option<&'a str>,
}

impl<'a> Person<'a> {
    /// With all fields of the account, and the tags.
    pub(crate) fn whole(state: &'a State, contact: &'a Contact) -> Self {
        let fields = state.contact_fields.iter().map(|field| Field {
            name: &field.field_name,
            slug: &field.slug,
            value: contact.fields.get(&field.slug).map(String::as_str),
        });
        let tags = contact.tags.iter().filter_map(|id| state.tags.get(id));
        let tags = tags.map(|tag| Named::new(tag.id, &tag.name));
        Self {
            fields: Some(fields.collect()),
            tags: Some(tags.collect()),
            ..Self::brief(contact)
        }
    }

    /// Without fields and tags.
    pub(crate) fn brief(contact: &'a Contact) -> Self {
        Self {
            id: contact.id,
            email: &contact.email,
            registered_at: contact.registered_at,
            locale: &contact.locale,
            source_url: contact.source_url.as_deref(),
            unsubscribed: contact.unsubscribed,
            bounced: contact.bounced,
            needs_confirmation: contact.needs_confirmation,
            fields: None,
            tags: None,
        }
    }
}
