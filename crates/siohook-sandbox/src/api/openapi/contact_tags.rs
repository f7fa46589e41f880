use serde_json::{Value, json};

use super::description::Answer::NoContent;
use super::description::Description;
use super::schema::{id, input};

pub(in crate::api) const ASSIGN: Description = Description::new(
    "assignTag",
    "Adds a tag to a contact. A contact that has it does not change",
    NoContent,
);
pub(in crate::api) const UNASSIGN: Description =
    Description::new("unassignTag", "Removes a tag from a contact", NoContent);

pub(super) fn schemas() -> Value {
    json!({ "ContactTagInput": input(&["tagId"], json!({ "tagId": id() })) })
}
