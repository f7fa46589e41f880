use serde::{Deserialize, Serialize};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::Fields;
use crate::ids::ContactId;

/// A person in the list of contacts.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::Contact;
///
/// let contact: Contact = serde_json::from_str(
///     r#"{"id": 29150265, "email": "lea.martin@example.com", "fields": {"first_name": "Léa"}}"#,
/// )?;
/// assert_eq!(contact.id, 29_150_265);
/// assert_eq!(contact.fields.first_name(), Some("Léa"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Contact"))]
#[non_exhaustive]
pub struct Contact {
    /// Contact id. Documented.
    pub id: ContactId,
    /// E-mail address. Documented.
    pub email: String,
    /// Name, phone number, address and the owner's own fields. Documented.
    #[serde(default)]
    pub fields: Fields,
    /// IP address of the visitor. Documented for opt-ins; null in the other events.
    #[serde(default)]
    pub ip: Option<String>,
    /// Contact id of the affiliate who referred the contact. Documented as null.
    #[serde(default)]
    pub referred_by_contact_id: Option<ContactId>,
    /// E-mail address of that affiliate. Documented as null.
    #[serde(default)]
    pub referred_by_contact_email: Option<String>,
}
