use axum::response::Response;
use serde::Serialize;
use siohook_events::Timestamp;

use super::call::{Call, created, deleted, found};
use super::page::Page;
use super::problem::Problem;
use super::violation::USED;
use super::violations::Violations;
use crate::state::Tag;

/// The longest name.
pub(super) const LONGEST: usize = 64;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    id: u64,
    name: &'a str,
    created_at: Timestamp,
}

impl<'a> View<'a> {
    fn of(tag: &'a Tag) -> Self {
        Self {
            id: tag.id,
            name: &tag.name,
            created_at: tag.created_at,
        }
    }
}

pub(super) fn list(call: &mut Call<'_>) -> Result<Response, Problem> {
    let mut violations = Violations::default();
    let page = Page::read(&call.query, &mut violations);
    violations.check()?;

    let search = call.query.search();
    let tags = call.state.tags.iter();
    let tags = tags.filter(|(_, tag)| tag.name.to_lowercase().contains(&search));
    Ok(found(&page.of(tags.map(|(id, tag)| (*id, View::of(tag))))))
}

pub(super) fn create(call: &mut Call<'_>) -> Result<Response, Problem> {
    let name = read_name(call, None)?;
    let (id, created_at) = (call.state.ids.number(), call.now);
    let tag = Tag {
        id,
        name,
        created_at,
    };
    let answer = created(&View::of(&tag));
    call.state.tags.insert(id, tag);
    Ok(answer)
}

pub(super) fn get(call: &mut Call<'_>) -> Result<Response, Problem> {
    let tag = call.state.tags.get(&call.id(0)?);
    Ok(found(&View::of(tag.ok_or_else(Problem::not_found)?)))
}

pub(super) fn update(call: &mut Call<'_>) -> Result<Response, Problem> {
    let id = call.id(0)?;
    if !call.state.tags.contains_key(&id) {
        return Err(Problem::not_found());
    }
    let name = read_name(call, Some(id))?;
    if let Some(tag) = call.state.tags.get_mut(&id) {
        tag.name = name;
    }
    get(call)
}

pub(super) fn delete(call: &mut Call<'_>) -> Result<Response, Problem> {
    let id = call.id(0)?;
    deleted(call.state.delete_tag(id))
}

/// Reads a name that no other tag has.
fn read_name(call: &mut Call<'_>, own: Option<u64>) -> Result<String, Problem> {
    let (name, mut violations) = (call.input.text("name")?, Violations::default());
    violations.check_text("name", name.as_deref(), LONGEST);
    let name = name.unwrap_or_default();
    let mut others = call.state.tags.values().filter(|tag| Some(tag.id) != own);
    if others.any(|tag| tag.name == name) {
        violations.add("name", USED);
    }
    violations.check()?;
    Ok(name)
}
