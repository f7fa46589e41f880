use serde::{Deserialize, Serialize};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::ids::CourseId;
use crate::lenient;

/// A course.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::Course;
///
/// let course: Course = serde_json::from_str(r#"{"id": 44685, "name": "Blogging"}"#)?;
/// assert_eq!(course.id, 44_685);
/// assert_eq!(course.description, None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Course"))]
#[non_exhaustive]
pub struct Course {
    /// Course id. Documented.
    pub id: CourseId,
    /// Name that the owner chose. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// Description that the owner wrote. Documented as null.
    #[serde(default)]
    pub description: Option<String>,
}
