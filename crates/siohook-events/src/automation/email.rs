use serde::{Deserialize, Serialize};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::ids::{CampaignId, SentEmailId};
use crate::lenient;

/// An e-mail campaign.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::Campaign;
///
/// let campaign: Campaign = serde_json::from_str(r#"{"id": 7, "name": "Welcome"}"#)?;
/// assert_eq!(campaign.name, "Welcome");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Campaign"))]
#[non_exhaustive]
pub struct Campaign {
    /// Campaign id. Documented.
    pub id: CampaignId,
    /// Name that the owner chose. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// Description that the owner wrote. Documented.
    #[serde(default)]
    pub description: Option<String>,
}

/// An e-mail that was sent to a contact.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::SentEmail;
///
/// let email: SentEmail = serde_json::from_str(r#"{"id": 7, "subject": "Your first lesson"}"#)?;
/// assert_eq!(email.subject, "Your first lesson");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.SentEmail"))]
#[non_exhaustive]
pub struct SentEmail {
    /// E-mail id. Documented.
    pub id: SentEmailId,
    /// Subject line. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub subject: String,
}
