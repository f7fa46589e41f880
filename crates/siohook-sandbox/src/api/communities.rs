use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::call::{Call, deleted, found, json};
use super::page::Page;
use super::problem::Problem;
use super::violations::Violations;
use crate::state::{Change, Community, Membership, State};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    id: u64,
    name: &'a str,
    domain_name: &'a str,
    path: &'a str,
}

impl<'a> View<'a> {
    fn of(community: &'a Community) -> Self {
        Self {
            id: community.id,
            name: &community.name,
            domain_name: &community.domain_name,
            path: &community.path,
        }
    }
}

#[derive(Serialize)]
struct MembershipView<'a> {
    id: u64,
    community: View<'a>,
    contact: ContactView,
}

#[derive(Serialize)]
struct ContactView {
    id: u64,
}

impl<'a> MembershipView<'a> {
    /// `None` if the community was deleted.
    fn of(state: &'a State, membership: &Membership) -> Option<Self> {
        let id = membership.contact;
        Some(Self {
            id: membership.id,
            community: View::of(state.communities.get(&membership.community)?),
            contact: ContactView { id },
        })
    }
}

/// An object without members.
#[derive(Serialize)]
struct Empty {}

pub(super) fn list(call: &mut Call<'_>) -> Result<Response, Problem> {
    let mut violations = Violations::default();
    let page = Page::read(&call.query, &mut violations);
    violations.check()?;

    let search = call.query.search();
    let communities = call.state.communities.iter();
    let communities = communities.filter(|(_, one)| one.name.to_lowercase().contains(&search));
    Ok(found(
        &page.of(communities.map(|(id, one)| (*id, View::of(one)))),
    ))
}

pub(super) fn join(call: &mut Call<'_>) -> Result<Response, Problem> {
    let (community, mut violations) = (call.id(0)?, Violations::default());
    if !call.state.communities.contains_key(&community) {
        return Err(Problem::not_found());
    }
    let is_known = |state: &State, id| state.contacts.contains_key(&id);
    let contact = call.reference("contactId", "Contact", &mut violations, is_known)?;
    violations.check()?;

    let joined = call.apply(Change::Join { contact, community });
    joined.map_err(|_| Problem::not_found())?;
    Ok(json(StatusCode::ACCEPTED, &Empty {}))
}

pub(super) fn list_memberships(call: &mut Call<'_>) -> Result<Response, Problem> {
    let mut violations = Violations::default();
    let page = Page::read(&call.query, &mut violations);
    let community = call.query.id("community", &mut violations);
    let contact = call.query.id("contact", &mut violations);
    violations.check()?;

    let memberships = call.state.memberships.iter().filter(|(_, one)| {
        community.is_none_or(|id| id == one.community) && contact.is_none_or(|id| id == one.contact)
    });
    let state = &*call.state;
    let views = memberships.filter_map(|(id, one)| Some((*id, MembershipView::of(state, one)?)));
    Ok(found(&page.of(views)))
}

pub(super) fn leave(call: &mut Call<'_>) -> Result<Response, Problem> {
    let id = call.id(0)?;
    deleted(call.state.memberships.remove(&id).is_some())
}
