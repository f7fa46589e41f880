use serde::{Deserialize, Serialize};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use super::Tag;
use crate::ids::ContactId;
use crate::nested::{Form, Nested};
use crate::{Fields, Timestamp, lenient};

/// A person in the list of contacts.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::account::Contact;
///
/// fn may_be_written_to(contact: &Contact) -> bool {
///     !contact.unsubscribed && !contact.bounced && !contact.needs_confirmation
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "account.Contact"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Contact {
    /// Contact id. Captured.
    pub id: ContactId,
    /// E-mail address. Captured.
    pub email: String,
    /// Time when the contact was created. Captured.
    #[serde(default, deserialize_with = "lenient::time")]
    pub registered_at: Option<Timestamp>,
    /// Language of the contact: `fr`. Captured.
    #[serde(default)]
    pub locale: Option<String>,
    /// Address of the page through which the contact came. Captured.
    #[serde(default, rename = "sourceURL")]
    pub source_url: Option<String>,
    /// Whether the contact unsubscribed from e-mail. Captured.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub unsubscribed: bool,
    /// Whether e-mail to the contact bounced. Captured.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub bounced: bool,
    /// Whether the contact has yet to confirm the address (double opt-in). Captured.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub needs_confirmation: bool,
    /// Name, phone number, address and the owner's own fields. Captured.
    #[serde(default)]
    pub fields: Fields,
    /// All tags of the contact. Captured.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub tags: Vec<Tag>,
    #[serde(skip)]
    form: Form,
}

impl Nested for Contact {
    const KEYS: &'static [&'static str] = &[
        "contact",
        "id",
        "email",
        "registeredAt",
        "locale",
        "sourceURL",
        "unsubscribed",
        "bounced",
        "needsConfirmation",
        "fields",
        "tags",
    ];

    fn form(&self) -> Form {
        self.form
    }

    fn set_form(&mut self, form: Form) {
        self.form = form;
    }
}
