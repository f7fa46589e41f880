use std::collections::BTreeMap;

use axum::response::Response;

use super::call::{Call, created, deleted, found};
use super::check::{is_country, is_email};
use super::page::Page;
use super::problem::Problem;
use super::violation::{BLANK, NO_CHOICE, NO_COUNTRY, NO_EMAIL, NOT_VALID, USED};
use super::violations::Violations;
use crate::state::{Change, LOCALES};
use crate::wire::Person;

pub(super) fn list(call: &mut Call<'_>) -> Result<Response, Problem> {
    let (query, mut violations) = (&call.query, Violations::default());
    let page = Page::read(query, &mut violations);
    let email = query.text("email");
    if email.is_some_and(|email| !is_email(email)) {
        violations.add("email", NO_EMAIL);
    }
    let tags = query.ids("tags", &mut violations);
    let bounced = query.flag("bounced", &mut violations);
    let unsubscribed = query.flag("unsubscribed", &mut violations);
    let needs_confirmation = query.flag("needsConfirmation", &mut violations);
    let before = query.time("registeredBefore", &mut violations);
    let after = query.time("registeredAfter", &mut violations);
    violations.check()?;

    let contacts = call.state.contacts.iter().filter(|(_, contact)| {
        email.is_none_or(|email| contact.has_email(email))
            && tags.iter().all(|tag| contact.tags.contains(tag))
            && bounced.is_none_or(|flag| flag == contact.bounced)
            && unsubscribed.is_none_or(|flag| flag == contact.unsubscribed)
            && needs_confirmation.is_none_or(|flag| flag == contact.needs_confirmation)
            && before.is_none_or(|time| contact.registered_at < time)
            && after.is_none_or(|time| contact.registered_at > time)
    });
    let items = contacts.map(|(id, contact)| (*id, Person::whole(call.state, contact)));
    Ok(found(&page.newest_first().of(items)))
}

pub(super) fn create(call: &mut Call<'_>) -> Result<Response, Problem> {
    let mut violations = Violations::default();
    let email = call.input.text("email")?.unwrap_or_default();
    if email.trim().is_empty() {
        violations.add("email", BLANK);
    } else if !is_email(&email) {
        violations.add("email", NO_EMAIL);
    } else if call.state.contact_with_email(&email).is_some() {
        violations.add("email", USED);
    }
    let (locale, fields) = read_values(call, &mut violations)?;
    violations.check()?;

    let fields = fields.into_iter();
    let change = Change::CreateContact {
        email,
        locale,
        fields: fields
            .filter_map(|(slug, value)| Some((slug, value?)))
            .collect(),
        source_url: None,
    };
    let id = call.apply(change).ok().flatten();
    let contact = id.and_then(|id| call.state.contacts.get(&id));
    Ok(created(&Person::whole(
        call.state,
        contact.ok_or_else(Problem::not_found)?,
    )))
}

pub(super) fn get(call: &mut Call<'_>) -> Result<Response, Problem> {
    let contact = call.state.contacts.get(&call.id(0)?);
    Ok(found(&Person::whole(
        call.state,
        contact.ok_or_else(Problem::not_found)?,
    )))
}

pub(super) fn update(call: &mut Call<'_>) -> Result<Response, Problem> {
    let id = call.id(0)?;
    let mut violations = Violations::default();
    if !call.state.contacts.contains_key(&id) {
        return Err(Problem::not_found());
    }
    let (locale, fields) = read_values(call, &mut violations)?;
    violations.check()?;

    if let Some(contact) = call.state.contacts.get_mut(&id) {
        if let Some(locale) = locale {
            contact.locale = locale;
        }
        for (slug, value) in fields {
            match value {
                Some(value) => contact.fields.insert(slug, value),
                None => contact.fields.remove(&slug),
            };
        }
    }
    get(call)
}

pub(super) fn delete(call: &mut Call<'_>) -> Result<Response, Problem> {
    let id = call.id(0)?;
    deleted(call.state.delete_contact(id))
}

/// Values of fields by their slugs. `None` clears one.
type Values = BTreeMap<String, Option<String>>;

fn read_values(
    call: &mut Call<'_>,
    violations: &mut Violations,
) -> Result<(Option<String>, Values), Problem> {
    let locale = call.input.text("locale")?;
    if locale
        .as_deref()
        .is_some_and(|locale| !LOCALES.contains(&locale))
    {
        violations.add("locale", NO_CHOICE);
    }
    let mut values = Values::new();
    for (index, mut field) in call.input.objects("fields")?.into_iter().enumerate() {
        let slug = field.text("slug")?.unwrap_or_default();
        let value = field.text("value")?;
        let is_known = call.state.contact_fields.iter().any(|one| one.slug == slug);
        if slug.is_empty() {
            violations.add(format!("fields[{index}].slug"), BLANK);
        } else if !is_known {
            violations.add(format!("fields[{index}].slug"), NOT_VALID);
        }
        if slug == "country" && value.as_deref().is_some_and(|one| !is_country(one)) {
            violations.add(format!("fields[{index}].value"), NO_COUNTRY);
        }
        values.insert(slug, value);
    }
    Ok((locale, values))
}
