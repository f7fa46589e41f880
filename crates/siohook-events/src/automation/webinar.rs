use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use super::FunnelStep;
use crate::ids::WebinarId;
use crate::lenient;

/// A webinar.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::Webinar;
///
/// let webinar: Webinar = serde_json::from_str(r#"{"id": 7, "duration": "7200"}"#)?;
/// assert_eq!(webinar.duration.unwrap().as_secs(), 7200);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Webinar"))]
#[non_exhaustive]
pub struct Webinar {
    /// Webinar id. Documented.
    pub id: WebinarId,
    /// Length of a session. Documented.
    #[serde(default)]
    pub duration: Option<WebinarDuration>,
    /// Page with the registration form. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub funnel_step: Option<FunnelStep>,
}

/// A length of time in whole seconds. The wire has it as a string: `"7200"`.
///
/// ```
/// # use siohook_events as siohook;
/// use std::time::Duration;
///
/// use siohook::automation::WebinarDuration;
///
/// let duration: WebinarDuration = serde_json::from_str(r#""7200""#)?;
/// assert_eq!(duration.as_secs(), 7200);
/// assert_eq!(Duration::from(duration), Duration::from_secs(7200));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.WebinarDuration"))]
pub struct WebinarDuration(u64);

impl WebinarDuration {
    /// Returns the number of seconds.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }
}

impl From<WebinarDuration> for Duration {
    fn from(duration: WebinarDuration) -> Self {
        Self::from_secs(duration.0)
    }
}

impl fmt::Display for WebinarDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for WebinarDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for WebinarDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::integer(deserializer).map(Self)
    }
}
