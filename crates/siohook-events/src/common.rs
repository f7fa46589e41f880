//! What looks the same whichever mechanism sent it.

use serde::{Deserialize, Serialize};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::ids::{FunnelId, FunnelStepId, TagId};
use crate::lenient;

/// A tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[non_exhaustive]
pub struct Tag {
    /// The tag. Captured and documented.
    pub id: TagId,
    /// The name that the owner gave it. Captured and documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
}

/// A page of a funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[non_exhaustive]
pub struct FunnelStep {
    /// The page. Captured and documented.
    pub id: FunnelStepId,
    /// The name that the owner gave it. Captured and documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// `squeeze`, `offer-form`, `opt_in_thank_you_page`, `webinar_registration` or another.
    /// Captured and documented.
    #[serde(default)]
    pub r#type: Option<String>,
    /// The funnel that the page belongs to. Captured and documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub funnel: Option<Funnel>,
}

/// A funnel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[non_exhaustive]
pub struct Funnel {
    /// The funnel. Captured and documented.
    pub id: FunnelId,
    /// The name that the owner gave it. Captured and documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
}
