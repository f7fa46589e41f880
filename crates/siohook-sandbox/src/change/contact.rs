//! Contacts, their tags and their opt-ins.

use std::collections::{BTreeMap, BTreeSet};

use super::Refusal;
use super::run::Run;
use crate::state::{Contact, Kind};

impl Run<'_> {
    pub(super) fn create_contact(
        &mut self,
        email: String,
        locale: Option<String>,
        fields: BTreeMap<String, String>,
        source_url: Option<String>,
        depth: u32,
    ) -> Result<u64, Refusal> {
        if self.state.contact_with_email(&email).is_some() {
            return Err(Refusal::EmailTaken);
        }
        let id = self.state.ids.number();
        let contact = Contact {
            id,
            email,
            registered_at: self.now,
            locale: locale.unwrap_or_else(|| "en".to_owned()),
            source_url,
            unsubscribed: false,
            bounced: false,
            needs_confirmation: false,
            fields,
            tags: BTreeSet::new(),
            campaigns: BTreeSet::new(),
            customer: None,
        };
        self.state.contacts.insert(id, contact);
        self.announce(id, Kind::Created, depth);
        Ok(id)
    }

    pub(super) fn add_tag(
        &mut self,
        contact: u64,
        tag: u64,
        depth: u32,
    ) -> Result<Option<u64>, Refusal> {
        let is_known = self.state.tags.contains_key(&tag);
        let tags = &mut self.contact(contact)?.tags;
        if !is_known {
            return Err(Refusal::unknown("tag", tag));
        }
        if tags.insert(tag) {
            self.announce(contact, Kind::TagAdded(tag), depth);
        }
        Ok(None)
    }

    pub(super) fn remove_tag(
        &mut self,
        contact: u64,
        tag: u64,
        depth: u32,
    ) -> Result<Option<u64>, Refusal> {
        if self.contact(contact)?.tags.remove(&tag) {
            self.announce(contact, Kind::TagRemoved(tag), depth);
        }
        Ok(None)
    }

    pub(super) fn opt_in(
        &mut self,
        email: String,
        page: u64,
        ip: Option<String>,
        fields: BTreeMap<String, String>,
        source_url: Option<String>,
        depth: u32,
    ) -> Result<Option<u64>, Refusal> {
        if self.state.step(page).is_none() && self.state.blog_page(page).is_none() {
            return Err(Refusal::unknown("page", page));
        }
        let known = self.state.contact_with_email(&email).map(|known| known.id);
        let contact = if let Some(id) = known {
            self.contact(id)?.fields.extend(fields);
            id
        } else {
            self.create_contact(email, None, fields, source_url, depth)?
        };
        self.announce(contact, Kind::OptIn { page, ip }, depth);
        Ok(Some(contact))
    }
}
