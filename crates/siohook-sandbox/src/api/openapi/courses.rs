use serde_json::{Value, json};

use super::description::Answer::List;
use super::description::{Description, Parameter};
use super::schema::{flag, id, list, named, object, or_null, text};

pub(in crate::api) const LIST: Description =
    Description::new("listCourses", "Lists courses", List("Course"))
        .query(&[
            Parameter::new("active", "Whether the course is active", flag),
            Parameter::new("query", "Part of the name", text),
        ])
        .paged();
pub(in crate::api) const LIST_MODULES: Description = Description::new(
    "listCourseModules",
    "Lists the modules of a course",
    List("CourseModule"),
)
.query(&[Parameter::new("courseId", "Id of the course", id).required()])
.paged();

pub(super) fn schemas() -> Value {
    json!({
        "Course": object(json!({
            "id": id(),
            "locale": text(),
            "domainName": or_null(text()),
            "path": text(),
            "active": flag(),
            "name": text(),
            "modules": list(named("Module")),
            "description": or_null(text()),
        })),
        "Module": object(json!({ "id": id(), "name": text() })),
        "CourseModule": object(json!({ "id": id(), "name": text(), "position": id() })),
    })
}
