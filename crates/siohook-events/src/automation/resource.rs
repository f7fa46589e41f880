use std::fmt;

use serde::de::{Deserializer, Visitor};
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::ids::{CourseId, ResourceId, TagId};
use crate::lenient;

/// Something that a customer gets with a sale.
///
/// [`data`](Self::data) says what it is. The key that the type speaks of (`tag` of a
/// `systemeio_tag`, `course` of a `membership_course`) is absent on the wire, and the keys of
/// the other types are null.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::{Resource, ResourceType};
///
/// let course: Resource = serde_json::from_str(
///     r#"{"type": "membership_course", "data": {"id": 111, "name": "Un blog qui rapporte"}}"#,
/// )?;
/// assert_eq!(course.r#type, Some(ResourceType::Course));
/// assert_eq!(course.course_id().unwrap(), 111);
/// assert_eq!(course.tag_id(), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Resource"))]
#[non_exhaustive]
pub struct Resource {
    /// Kind of thing: `systemeio_tag`, `membership_course` or another. Documented.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub r#type: Option<ResourceType>,
    /// Id and name of the thing. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub data: Option<ResourceData>,
    /// Number of things that are counted. Documented as null.
    #[serde(default)]
    pub quantity: Option<Value>,
    /// How much of a course is open. Documented as `full_access`; the public API also knows
    /// `partial_access`, `dripping_content` and `partial_dripping_access`.
    #[serde(default)]
    pub enrollment_access_type: Option<String>,
    /// Course that opens first when access is gradual. Documented as null; anything else
    /// was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    pub enrollment_dripping_access_course: Option<Value>,
    /// Documented as null or absent: a course is in [`data`](Self::data).
    #[serde(default, deserialize_with = "lenient::any_object")]
    #[cfg_attr(feature = "schema", schemars(skip_serializing_if = "Option::is_none"))]
    pub course: Option<Value>,
    /// Documented as null. How a bundle of courses is written was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    #[cfg_attr(feature = "schema", schemars(skip_serializing_if = "Option::is_none"))]
    pub course_bundle: Option<Value>,
    /// Documented as null. How a physical product is written was never seen.
    #[serde(default, deserialize_with = "lenient::any_object")]
    #[cfg_attr(feature = "schema", schemars(skip_serializing_if = "Option::is_none"))]
    pub physical_product: Option<Value>,
    /// Documented as null or absent: a tag is in [`data`](Self::data).
    #[serde(default, deserialize_with = "lenient::any_object")]
    #[cfg_attr(feature = "schema", schemars(skip_serializing_if = "Option::is_none"))]
    pub tag: Option<Value>,
}

/// Kind of a [`Resource`].
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::ResourceType;
///
/// let course: ResourceType = serde_json::from_str(r#""membership_course""#)?;
/// assert_eq!(course, ResourceType::Course);
///
/// let unknown: ResourceType = serde_json::from_str(r#""voucher""#)?;
/// assert_eq!(unknown.as_str(), "voucher");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResourceType {
    /// A tag that the contact gets: `systemeio_tag`. Documented.
    Tag,
    /// A course that is opened: `membership_course`. Documented.
    Course,
    /// Any other word, as it came. Those of a bundle of courses and of a physical product
    /// were never seen. A word may get a variant of its own, so compare
    /// [`as_str`](Self::as_str).
    Other(String),
}

impl ResourceType {
    /// Returns the word on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Tag => "systemeio_tag",
            Self::Course => "membership_course",
            Self::Other(word) => word,
        }
    }
}

impl Serialize for ResourceType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ResourceType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;

        impl Visitor<'_> for Word {
            type Value = ResourceType;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, word: &str) -> Result<ResourceType, E> {
                let known = [ResourceType::Tag, ResourceType::Course];
                let known = known.into_iter().find(|known| known.as_str() == word);
                Ok(known.unwrap_or_else(|| ResourceType::Other(word.to_owned())))
            }
        }

        deserializer.deserialize_str(Word)
    }
}

/// Id and name of a [`Resource`].
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::ResourceData;
///
/// let data: ResourceData = serde_json::from_str(r#"{"id": 110, "name": "Buyer"}"#)?;
/// assert_eq!(data.name, "Buyer");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.ResourceData"))]
#[non_exhaustive]
pub struct ResourceData {
    /// Id of the tag, the course or the other thing. [`Resource::course_id`] and
    /// [`Resource::tag_id`] give it a type. Documented.
    pub id: ResourceId,
    /// Name that the owner chose. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// Description that the owner wrote. Documented as null for a course, and absent for a
    /// tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Resource {
    /// Returns the tag, if the resource is one.
    #[must_use]
    pub fn tag_id(&self) -> Option<TagId> {
        self.id_of(&ResourceType::Tag).map(TagId::from)
    }

    /// Returns the course, if the resource is one.
    #[must_use]
    pub fn course_id(&self) -> Option<CourseId> {
        self.id_of(&ResourceType::Course).map(CourseId::from)
    }

    fn id_of(&self, r#type: &ResourceType) -> Option<u64> {
        let data = self.data.as_ref()?;
        (self.r#type.as_ref() == Some(r#type)).then(|| data.id.get())
    }

    /// Returns whether the type speaks of the key.
    fn is_a(&self, key: &str) -> bool {
        let word = self.r#type.as_ref().map_or("", ResourceType::as_str);
        let prefix = word.strip_suffix(key);
        prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_'))
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut resource = serializer.serialize_struct("Resource", 9)?;
        resource.serialize_field("quantity", &self.quantity)?;
        resource.serialize_field("enrollment_access_type", &self.enrollment_access_type)?;
        resource.serialize_field(
            "enrollment_dripping_access_course",
            &self.enrollment_dripping_access_course,
        )?;
        resource.serialize_field("type", &self.r#type)?;
        for (key, value) in [
            ("course", &self.course),
            ("course_bundle", &self.course_bundle),
            ("physical_product", &self.physical_product),
            ("tag", &self.tag),
        ] {
            if value.is_none() && self.is_a(key) {
                resource.skip_field(key)?;
            } else {
                resource.serialize_field(key, value)?;
            }
        }
        match &self.data {
            Some(data) if !self.is_a("tag") => {
                resource.serialize_field("data", &Described(data))?;
            }
            data => resource.serialize_field("data", data)?,
        }
        resource.end()
    }
}

/// A tag has no description on the wire, a course without one has null.
struct Described<'a>(&'a ResourceData);

impl Serialize for Described<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut data = serializer.serialize_struct("ResourceData", 3)?;
        data.serialize_field("id", &self.0.id)?;
        data.serialize_field("name", &self.0.name)?;
        data.serialize_field("description", &self.0.description)?;
        data.end()
    }
}
