//! Contacts, their tags and their fields.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::draft::Draft;
use super::object::{Object, lies_in};
use super::school::check_locale;
use crate::Outgoing;
use crate::api::{is_country, is_email, is_slug};
use crate::state::{Change, Contact, ContactField, State, Tag};
use crate::strict::{Misfit, step};

/// The longest name of a tag.
const LONGEST_TAG: usize = 64;

/// The body that creates a contact.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewContact {
    email: String,
    locale: Option<String>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
    source_url: Option<String>,
}

impl Object for Contact {
    const NAME: &'static str = "contact";
    const FIXED: &'static [&'static str] =
        &["/id", "/registered_at", "/tags", "/campaigns", "/customer"];
    lies_in!(contacts);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        draft.or("fields", json!({}));
        let contact: Self = draft.read(state)?;
        check_email(&contact.email, Some(contact.id), state)?;
        check_locale(&contact.locale)?;
        check_fields(&contact.fields, state)?;
        Ok(contact)
    }

    fn create(
        draft: &mut Draft<'_>,
        state: &mut State,
        _: &str,
    ) -> Result<(u64, Vec<Outgoing>), Misfit> {
        let new: NewContact = draft.read(state)?;
        check_email(&new.email, None, state)?;
        new.locale.as_deref().map_or(Ok(()), check_locale)?;
        check_fields(&new.fields, state)?;
        let change = Change::CreateContact {
            email: new.email,
            locale: new.locale,
            fields: new.fields,
            source_url: new.source_url,
        };
        draft.apply(state, change, |_| "/email")
    }

    fn clean_up(&self, state: &mut State) {
        state.delete_contact(self.id);
    }
}

fn check_email(email: &str, own: Option<u64>, state: &State) -> Result<(), Misfit> {
    Misfit::unless(is_email(email), "/email", "this is not an e-mail address")?;
    let other = state.contact_with_email(email);
    let is_free = other.is_none_or(|other| Some(other.id) == own);
    Misfit::unless(is_free, "/email", "another contact has this address")
}

fn check_fields(fields: &BTreeMap<String, String>, state: &State) -> Result<(), Misfit> {
    let slugs = || state.contact_fields.iter().map(|field| &*field.slug);
    for (slug, value) in fields {
        let at = format!("/fields{}", step(slug));
        if slugs().all(|known| known != slug) {
            return Err(Misfit::unknown(at, slug, slugs()));
        }
        let error = "a country has two upper-case letters: `FR`";
        Misfit::unless(slug != "country" || is_country(value), &at, error)?;
    }
    Ok(())
}

impl Object for Tag {
    const NAME: &'static str = "tag";
    const FIXED: &'static [&'static str] = &["/id", "/created_at"];
    lies_in!(tags);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        let now = draft.call.now.to_string();
        draft.or("created_at", now);
        let tag: Self = draft.read(state)?;
        let is_short = tag.name.chars().count() <= LONGEST_TAG;
        Misfit::unless(is_short, "/name", "this is longer than 64 characters")?;
        let mut others = state.tags.values().filter(|other| other.id != tag.id);
        let is_free = others.all(|other| other.name != tag.name);
        Misfit::unless(is_free, "/name", "another tag has this name")?;
        Ok(tag)
    }

    fn clean_up(&self, state: &mut State) {
        state.delete_tag(self.id);
    }
}

impl Object for ContactField {
    const NAME: &'static str = "contact field";
    const FIXED: &'static [&'static str] = &[];
    lies_in!(contact_fields: Vec<Self>, by slug: String);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        let slug = draft.text("slug");
        draft.or("field_name", slug);
        let field: Self = draft.read(state)?;
        let error = "a slug has letters, digits and `_`";
        Misfit::unless(is_slug(&field.slug), "/slug", error)?;
        let mut slugs = state.contact_fields.iter().map(|other| &other.slug);
        draft.check_key("slug", slugs.any(|slug| *slug == field.slug))?;
        Ok(field)
    }

    fn clean_up(&self, state: &mut State) {
        state.delete_contact_field(&self.slug);
    }
}
