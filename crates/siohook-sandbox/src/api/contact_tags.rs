use axum::response::Response;

use super::call::{Call, deleted, no_content};
use super::problem::Problem;
use super::violations::Violations;
use crate::state::Change;

pub(super) fn assign(call: &mut Call<'_>) -> Result<Response, Problem> {
    let (contact, mut violations) = (call.id(0)?, Violations::default());
    if !call.state.contacts.contains_key(&contact) {
        return Err(Problem::not_found());
    }
    let is_known = |state: &crate::state::State, id| state.tags.contains_key(&id);
    let tag = call.reference("tagId", "Tag", &mut violations, is_known)?;
    violations.check()?;

    let assigned = call.apply(Change::AddTag { contact, tag });
    assigned.map_err(|_| Problem::not_found())?;
    Ok(no_content())
}

pub(super) fn unassign(call: &mut Call<'_>) -> Result<Response, Problem> {
    let (contact, tag) = (call.id(0)?, call.id(1)?);
    let found = call.state.contacts.get(&contact);
    let has_tag = found.is_some_and(|contact| contact.tags.contains(&tag));
    let removed = call.apply(Change::RemoveTag { contact, tag });
    deleted(has_tag && removed.is_ok())
}
