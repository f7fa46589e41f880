use serde_json::{Value, json};

use super::description::Answer::{Created, Found, List, NoContent};
use super::description::{Description, Parameter};
use super::schema::{id, input, object, text, text_up_to, time};
use crate::api::tags::LONGEST;

pub(in crate::api) const LIST: Description =
    Description::new("listTags", "Lists tags", List("Tag"))
        .query(&[Parameter::new("query", "Part of the name", text)])
        .paged();
pub(in crate::api) const CREATE: Description =
    Description::new("createTag", "Creates a tag", Created("Tag"));
pub(in crate::api) const GET: Description =
    Description::new("getTag", "Returns a tag", Found("Tag"));
pub(in crate::api) const UPDATE: Description =
    Description::new("renameTag", "Renames a tag", Found("Tag"));
pub(in crate::api) const DELETE: Description =
    Description::new("deleteTag", "Deletes a tag", NoContent);

pub(super) fn schemas() -> Value {
    json!({
        "Tag": object(json!({ "id": id(), "name": text(), "createdAt": time() })),
        "TagInput": input(&["name"], json!({ "name": text_up_to(LONGEST) })),
    })
}
