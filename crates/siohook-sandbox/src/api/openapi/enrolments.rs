use serde_json::{Value, json};

use super::contacts::contact;
use super::description::Answer::{Created, List, NoContent};
use super::description::{Description, Parameter};
use super::schema::{choice, flag, id, input, list, named, object, or_null, text};
use crate::state::AccessType;

pub(in crate::api) const CREATE: Description = Description::new(
    "createEnrollment",
    "Gives a contact access to a course",
    Created("Enrollment"),
);
pub(in crate::api) const LIST: Description =
    Description::new("listEnrollments", "Lists enrollments", List("Enrollment"))
        .query(&[
            Parameter::new("course", "Id of a course", id),
            Parameter::new("contact", "Id of a contact", id),
        ])
        .paged();
pub(in crate::api) const DELETE: Description = Description::new(
    "deleteEnrollment",
    "Takes a contact's access to a course",
    NoContent,
);

pub(super) fn schemas() -> Value {
    let access_type = choice(&AccessType::ALL.map(AccessType::as_str));
    json!({
        "Enrollment": object(json!({
            "id": id(),
            "contact": named("EnrolledContact"),
            "course": named("EnrolledCourse"),
            "accessType": access_type,
            "active": flag(),
        })),
        "EnrolledContact": contact(json!({})),
        "EnrolledCourse": object(json!({
            "id": id(),
            "locale": text(),
            "path": text(),
            "active": flag(),
            "name": text(),
        })),
        "EnrollmentInput": input(&["contactId", "accessType"], json!({
            "contactId": id(),
            "accessType": access_type,
            "modules": or_null(list(id())),
        })),
    })
}
