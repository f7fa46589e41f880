use serde_json::{Value, json};

use super::description::Answer::{Created, Found, List, NoContent};
use super::description::Description;
use super::schema::{input, object, text, text_up_to};
use crate::api::contact_fields::LONGEST;

pub(in crate::api) const LIST: Description = Description::new(
    "listContactFields",
    "Lists all fields of contacts",
    List("ContactField"),
);
pub(in crate::api) const CREATE: Description = Description::new(
    "createContactField",
    "Creates a field of contacts",
    Created("ContactField"),
);
pub(in crate::api) const UPDATE: Description = Description::new(
    "renameContactField",
    "Renames a field of contacts",
    Found("ContactField"),
);
pub(in crate::api) const DELETE: Description = Description::new(
    "deleteContactField",
    "Deletes a field of contacts and its values",
    NoContent,
);

pub(super) fn schemas() -> Value {
    let name = text_up_to(LONGEST);
    let slug = json!({ "type": "string", "pattern": "^[A-Za-z0-9_]+$" });
    json!({
        "ContactField": object(json!({ "slug": text(), "fieldName": text() })),
        "ContactFieldInput": input(
            &["fieldName", "slug"],
            json!({ "fieldName": name, "slug": slug }),
        ),
        "ContactFieldPatch": input(&["fieldName"], json!({ "fieldName": name })),
    })
}
