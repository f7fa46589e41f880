use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;

/// Languages of contacts, as systeme.io spells them.
pub const LOCALES: [&str; 28] = [
    "en", "fr", "es", "it", "pt", "de", "nl", "ru", "jp", "tr", "ar", "zh", "sv", "ro", "cs", "hu",
    "sk", "dk", "id", "pl", "el", "sr", "hi", "no", "th", "sq", "sl", "ua",
];

/// Person in the list of contacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "systeme.io has these three switches"
)]
pub struct Contact {
    /// Contact id.
    pub id: u64,
    /// E-mail address, unique in the account.
    pub email: String,
    /// Time when the contact was created.
    pub registered_at: Timestamp,
    /// Language, one of [`LOCALES`].
    pub locale: String,
    /// Address of the page through which the contact came.
    pub source_url: Option<String>,
    /// Whether the contact unsubscribed from e-mail.
    pub unsubscribed: bool,
    /// Whether e-mail to the contact bounced.
    pub bounced: bool,
    /// Whether the contact has yet to confirm the address.
    pub needs_confirmation: bool,
    /// Values of [contact fields](super::ContactField) by their slugs.
    pub fields: BTreeMap<String, String>,
    /// Ids of the tags.
    pub tags: BTreeSet<u64>,
    /// Ids of the campaigns that the contact receives.
    pub campaigns: BTreeSet<u64>,
    /// Customer id. `None` before the first order.
    pub customer: Option<u64>,
}

impl Contact {
    pub(crate) fn has_email(&self, email: &str) -> bool {
        let is_same = self.email.eq_ignore_ascii_case(email);
        is_same || !email.is_ascii() && self.email.to_lowercase() == email.to_lowercase()
    }
}
