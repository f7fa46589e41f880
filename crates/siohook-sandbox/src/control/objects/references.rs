//! Checks what a body says, wherever it says it: ids of other objects, URLs and names.

use serde_json::Value;

use super::OWN_NAMES;
use crate::Refusal;
use crate::state::State;
use crate::strict::{Misfit, step};

/// The longest name.
const LONGEST: usize = 255;

/// The attributes that hold the id of another object, or a list of them, with the name of its
/// kind.
const REFERENCES: &[(&str, &str, fn(&State, &u64) -> bool)] = &[
    ("bundle", "bundle", |state, id| {
        state.bundles.contains_key(id)
    }),
    ("campaign", "campaign", |state, id| {
        state.campaigns.contains_key(id)
    }),
    ("community", "community", |state, id| {
        state.communities.contains_key(id)
    }),
    ("contact", "contact", |state, id| {
        state.contacts.contains_key(id)
    }),
    ("course", "course", |state, id| {
        state.courses.contains_key(id)
    }),
    ("courses", "course", |state, id| {
        state.courses.contains_key(id)
    }),
    ("email", "e-mail", |state, id| state.emails.contains_key(id)),
    ("page", "page", |state, id| {
        state.step(*id).is_some() || state.blog_page(*id).is_some()
    }),
    ("price_plan", "price plan", |state, id| {
        state.price_plans.contains_key(id)
    }),
    ("price_plans", "price plan", |state, id| {
        state.price_plans.contains_key(id)
    }),
    ("step", "funnel step", |state, id| state.step(*id).is_some()),
    ("tag", "tag", |state, id| state.tags.contains_key(id)),
    ("webinar", "webinar", |state, id| {
        state.webinars.contains_key(id)
    }),
];

type AcceptsUrl<'a> = &'a dyn Fn(&str) -> Result<(), Refusal>;

pub(super) fn check(
    body: &Value,
    state: &State,
    accepts_url: AcceptsUrl<'_>,
) -> Result<(), Misfit> {
    let checks = Checks { state, accepts_url };
    checks.value("", "", body)
}

struct Checks<'a> {
    state: &'a State,
    accepts_url: AcceptsUrl<'a>,
}

impl Checks<'_> {
    /// Checks a value that lies in an attribute of this name.
    fn value(&self, at: &str, name: &str, value: &Value) -> Result<(), Misfit> {
        match value {
            Value::Object(_) if name == OWN_NAMES => Ok(()),
            Value::Object(members) => members.iter().try_for_each(|(name, value)| {
                self.value(&format!("{at}{}", step(name)), name, value)
            }),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(index, item)| self.value(&format!("{at}/{index}"), name, item)),
            Value::Number(number) => {
                let reference = REFERENCES.iter().find(|(attribute, ..)| *attribute == name);
                match (reference, number.as_u64()) {
                    (Some((_, kind, exists)), Some(id)) if !exists(self.state, &id) => {
                        Err(Misfit::new(at, format!("there is no {kind} {id}")))
                    }
                    _ => Ok(()),
                }
            }
            Value::String(text) => self.text(at, name, text),
            Value::Null | Value::Bool(_) => Ok(()),
        }
    }

    fn text(&self, at: &str, name: &str, text: &str) -> Result<(), Misfit> {
        match name {
            "url" => (self.accepts_url)(text).map_err(|refusal| Misfit::new(at, refusal)),
            "name" | "inner_name" | "field_name" | "subject" | "secret" | "key" | "type" => {
                Misfit::unless(!text.trim().is_empty(), at, "this is empty")?;
                let is_short = text.chars().count() <= LONGEST;
                Misfit::unless(is_short, at, "this is longer than 255 characters")
            }
            _ => Ok(()),
        }
    }
}
