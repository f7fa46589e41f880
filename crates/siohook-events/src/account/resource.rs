use serde::{Deserialize, Serialize};
use serde_json::Value;
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use super::{CourseBundle, Tag};
use crate::ids::{CourseId, PhysicalProductId};
use crate::lenient;

/// Something that a customer gets with a sale: a course, a bundle of courses, a physical
/// product or a tag. The keys of the others are null.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::Resource;
///
/// fn name(resource: &Resource) -> Option<&str> {
///     let course = resource.course.as_ref().map(|course| &course.name);
///     let bundle = resource.course_bundle.as_ref().map(|bundle| &bundle.name);
///     let product = resource.physical_product.as_ref().map(|product| &product.name);
///     let tag = resource.tag.as_ref().map(|tag| &tag.name);
///     course.or(bundle).or(product).or(tag).map(String::as_str)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Resource"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Resource {
    /// Course that is opened. Captured as null; a public integration describes id and name.
    #[serde(default, deserialize_with = "lenient::object")]
    pub course: Option<Course>,
    /// Bundle of courses that is opened. Captured as null; a public integration describes
    /// id and name.
    #[serde(default, deserialize_with = "lenient::object")]
    pub course_bundle: Option<CourseBundle>,
    /// How much of a course is open. Captured as null; the public API knows `full_access`,
    /// `partial_access`, `dripping_content` and `partial_dripping_access`.
    #[serde(default)]
    pub enrollment_access_type: Option<String>,
    /// Course that opens first when access is gradual. Captured as null; its shape was
    /// never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub enrollment_dripping_access_course: Option<Value>,
    /// Product that is shipped. Captured.
    #[serde(default, deserialize_with = "lenient::object")]
    pub physical_product: Option<PhysicalProduct>,
    /// Tag that the contact gets. Captured.
    #[serde(default, deserialize_with = "lenient::object")]
    pub tag: Option<Tag>,
}

/// A course that was sold.
///
/// None was ever captured. A public integration describes these members.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::Course;
///
/// let course: Course = serde_json::from_str(r#"{"id": 44685, "name": "Atelier"}"#)?;
/// assert_eq!(course.id, 44_685);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Course"))]
#[non_exhaustive]
pub struct Course {
    /// Course id. A public integration describes it; never seen in a delivery.
    pub id: CourseId,
    /// Name that the owner chose. A public integration describes it; never seen in a
    /// delivery.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
}

/// A product that is shipped.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::PhysicalProduct;
///
/// let product: PhysicalProduct =
///     serde_json::from_str(r#"{"id": 170501, "name": "Carnet", "options": []}"#)?;
/// assert_eq!(product.name, "Carnet");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.PhysicalProduct"))]
#[non_exhaustive]
pub struct PhysicalProduct {
    /// Product id. Captured.
    pub id: PhysicalProductId,
    /// Name that the owner chose. Captured.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// Options that were chosen. Captured as `[]`; their shape was never seen.
    #[serde(default)]
    pub options: Option<Value>,
}
