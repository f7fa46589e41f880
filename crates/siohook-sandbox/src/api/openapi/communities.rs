use serde_json::{Value, json};

use super::description::Answer::{Accepted, List, NoContent};
use super::description::{Description, Parameter};
use super::schema::{id, input, named, object, text};

pub(in crate::api) const LIST: Description =
    Description::new("listCommunities", "Lists communities", List("Community"))
        .query(&[Parameter::new("query", "Part of the name", text)])
        .paged();
pub(in crate::api) const JOIN: Description = Description::new(
    "createMembership",
    "Gives a contact access to a community",
    Accepted("Queued"),
);
pub(in crate::api) const LIST_MEMBERSHIPS: Description =
    Description::new("listMemberships", "Lists memberships", List("Membership"))
        .query(&[
            Parameter::new("community", "Id of a community", id),
            Parameter::new("contact", "Id of a contact", id),
        ])
        .paged();
pub(in crate::api) const LEAVE: Description = Description::new(
    "deleteMembership",
    "Takes a contact's access to a community",
    NoContent,
);

pub(super) fn schemas() -> Value {
    json!({
        "Community": object(json!({
            "id": id(),
            "name": text(),
            "domainName": text(),
            "path": text(),
        })),
        "Membership": object(json!({
            "id": id(),
            "community": named("Community"),
            "contact": named("Member"),
        })),
        "Member": object(json!({ "id": id() })),
        "MembershipInput": input(&["contactId"], json!({ "contactId": id() })),
        "Queued": object(json!({})),
    })
}
