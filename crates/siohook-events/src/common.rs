//! Types that are the same in both mechanisms.

use serde::{Deserialize, Serialize};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::ids::{CourseBundleId, FunnelId, FunnelStepId, TagId};
use crate::lenient;

/// A tag.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::unified::Tag;
///
/// let tag: Tag = serde_json::from_str(r#"{"id": 1758324, "name": "Newsletter"}"#)?;
/// assert_eq!(tag.id, 1_758_324);
/// assert_eq!(tag.name, "Newsletter");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[non_exhaustive]
pub struct Tag {
    /// Tag id. Captured and documented.
    pub id: TagId,
    /// Name that the owner chose. Captured and documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
}

/// A bundle of courses. Which courses are in it is not sent.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::CourseBundle;
///
/// let bundle: CourseBundle = serde_json::from_str(r#"{"id": 7, "name": "All courses"}"#)?;
/// assert_eq!(bundle.name, "All courses");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[non_exhaustive]
pub struct CourseBundle {
    /// Bundle id. Documented for automations.
    pub id: CourseBundleId,
    /// Name that the owner chose. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
}

/// A page of a funnel.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::unified::FunnelStep;
///
/// let page: FunnelStep = serde_json::from_str(
///     r#"{"id": 311, "name": "Order", "type": "offer-form", "funnel": {"id": 118, "name": "Shop"}}"#,
/// )?;
/// assert_eq!(page.r#type.as_deref(), Some("offer-form"));
/// assert_eq!(page.funnel.unwrap().name, "Shop");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[non_exhaustive]
pub struct FunnelStep {
    /// Page id. Captured and documented.
    pub id: FunnelStepId,
    /// Name that the owner chose. Captured and documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// `squeeze`, `offer-form`, `opt_in_thank_you_page`, `webinar_registration` or another.
    /// Captured and documented.
    #[serde(default)]
    pub r#type: Option<String>,
    /// Funnel that the page belongs to. Captured and documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub funnel: Option<Funnel>,
}

/// A funnel.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::unified::Funnel;
///
/// let funnel: Funnel = serde_json::from_str(r#"{"id": 118, "name": "Shop"}"#)?;
/// assert_eq!(funnel.id, 118);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[non_exhaustive]
pub struct Funnel {
    /// Funnel id. Captured and documented.
    pub id: FunnelId,
    /// Name that the owner chose. Captured and documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
}
