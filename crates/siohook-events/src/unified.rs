//! One type for two events that mean the same.
//!
//! An account that uses both mechanisms gets such an event twice, in two shapes. A handler
//! that takes one of these types can listen to both names:
//!
//! | type | automation | account |
//! |---|---|---|
//! | [`TagAdded`] | `contact.tag.added` | `CONTACT_TAG_ADDED` |
//! | [`TagRemoved`] | `contact.tag.removed` | `CONTACT_TAG_REMOVED` |
//! | [`OptIn`] | `contact.optin.completed` | `CONTACT_OPT_IN` |
//! | [`Sale`] | `customer.sale.completed` | `SALE_NEW` |
//!
//! A cancellation has no type here, so that it can't be taken for a sale. [`Contact`] is
//! the person that any event is about.
//!
//! The documentation of each field says how it is known:
//! [captured, documented or never seen](crate#how-a-field-is-known). A member that one
//! mechanism lacks is `None`.

mod sale;

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::ids::ContactId;
use crate::nested::{self, Form, Nested};
use crate::{Fields, account, automation, lenient};

pub use self::sale::{Coupon, Course, Customer, Order, OrderItem, PricePlan, Sale};
pub use crate::common::{Funnel, FunnelStep, Tag};

/// A tag was put on a contact.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::unified::TagAdded;
///
/// fn log(event: &TagAdded) -> String {
///     format!("{} + {}", event.contact.email, event.tag.name)
/// }
/// ```
///
/// # Sample bodies
///
/// Of [`contact.tag.added`](automation::TagAdded#sample-body) and
/// [`CONTACT_TAG_ADDED`](account::ContactTagAdded#sample-body).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.TagAdded"))]
#[non_exhaustive]
pub struct TagAdded {
    /// Contact that got the tag. Captured and documented.
    pub contact: Contact,
    /// Tag that was added. Captured and documented.
    pub tag: Tag,
}

/// A tag was taken off a contact.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::unified::TagRemoved;
///
/// fn log(event: &TagRemoved) -> String {
///     format!("{} - {}", event.contact.email, event.tag.name)
/// }
/// ```
///
/// # Sample bodies
///
/// Of [`contact.tag.removed`](automation::TagRemoved#sample-body) and
/// [`CONTACT_TAG_REMOVED`](account::ContactTagRemoved#sample-body).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.TagRemoved"))]
#[non_exhaustive]
pub struct TagRemoved {
    /// Contact that lost the tag. Documented.
    pub contact: Contact,
    /// Tag that was removed. Documented.
    pub tag: Tag,
}

/// A contact filled in a form.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::unified::OptIn;
///
/// fn origin(event: &OptIn) -> &str {
///     event.source_url.as_deref().unwrap_or("unknown")
/// }
/// ```
///
/// # Sample bodies
///
/// Of [`contact.optin.completed`](automation::OptInCompleted#sample-body) and
/// [`CONTACT_OPT_IN`](account::ContactOptIn#sample-body).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.OptIn"))]
#[non_exhaustive]
pub struct OptIn {
    /// Contact that filled in the form. Captured and documented.
    pub contact: Contact,
    /// Address of the page with the form. Captured. An account webhook sends the page
    /// through which the contact came, which may be another.
    pub source_url: Option<String>,
}

/// The person that an event is about.
///
/// Every body with a `contact` or a `customer` has one, in either mechanism. The id is the
/// contact id, also for a customer.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::unified::Contact;
///
/// let sale = r#"{"customer": {
///     "id": 12799412, "contactId": 445120981, "email": "lea.martin@example.com"
/// }}"#;
/// let contact = Contact::of_event(&mut serde_json::Deserializer::from_str(sale))?;
/// assert_eq!(contact.id, 445_120_981);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "unified.Contact"))]
#[non_exhaustive]
pub struct Contact {
    /// Contact id. Captured and documented.
    pub id: ContactId,
    /// E-mail address. Captured and documented.
    pub email: String,
    /// Name, phone number, address and the owner's own fields. Captured and documented.
    #[serde(default)]
    pub fields: Fields,
}

impl Contact {
    /// Reads the person from `data` of an automation or from the body of an account webhook.
    ///
    /// # Errors
    ///
    /// Fails if there is neither a `contact` nor a `customer`, and if it lacks an id or an
    /// e-mail address.
    pub fn of_event<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Subject {
            #[serde(default)]
            contact: Option<Plain>,
            #[serde(default)]
            customer: Option<Buyer>,
        }

        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Plain(#[serde(deserialize_with = "nested::deserialize")] Contact);

        #[derive(Deserialize)]
        struct Buyer {
            #[serde(alias = "contactId")]
            contact_id: ContactId,
            email: String,
            #[serde(default, deserialize_with = "lenient::or_default")]
            fields: Fields,
        }

        match Subject::deserialize(deserializer)? {
            Subject {
                contact: Some(Plain(contact)),
                ..
            } => Ok(contact),
            Subject {
                customer:
                    Some(Buyer {
                        contact_id: id,
                        email,
                        fields,
                    }),
                ..
            } => Ok(Self { id, email, fields }),
            Subject { .. } => Err(D::Error::missing_field("contact")),
        }
    }
}

impl Nested for Contact {
    const KEYS: &'static [&'static str] = &["contact", "id", "email", "fields"];

    fn form(&self) -> Form {
        Form::Once
    }

    fn set_form(&mut self, _: Form) {}
}

/// Converts types that have the same members in the payloads of both mechanisms.
macro_rules! same_members {
    ($($unified:ident { $($member:ident),* } from $($wire:ty),*;)*) => {$(
        same_members!(@each $unified { $($member),* } $($wire),*);
    )*};
    (@each $unified:ident $members:tt $($wire:ty),*) => {
        $(same_members!(@one $unified $members $wire);)*
    };
    (@one $unified:ident { $($member:ident),* } $wire:ty) => {
        impl From<$wire> for $unified {
            fn from(wire: $wire) -> Self {
                Self {
                    $($member: wire.$member.into(),)*
                }
            }
        }
    };
}
use same_members;

same_members! {
    Contact { id, email, fields } from automation::Contact, account::Contact;
    TagAdded { contact, tag } from automation::TagAdded, account::ContactTagAdded;
    TagRemoved { contact, tag } from automation::TagRemoved, account::ContactTagRemoved;
}

impl From<automation::OptInCompleted> for OptIn {
    fn from(event: automation::OptInCompleted) -> Self {
        Self {
            contact: event.contact.into(),
            source_url: event.source_url,
        }
    }
}

impl From<account::ContactOptIn> for OptIn {
    fn from(mut event: account::ContactOptIn) -> Self {
        let source_url = event.contact.source_url.take();
        Self {
            contact: event.contact.into(),
            source_url,
        }
    }
}
