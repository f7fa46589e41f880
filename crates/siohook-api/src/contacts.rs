use serde::Serialize;
use siohook_events::Timestamp;
use siohook_events::account::Contact;
use siohook_events::ids::{ContactId, TagId};

use crate::list::{Cursor, List};
use crate::{Client, Error};

/// A contact to be [created](Client::create_contact).
///
/// ```
/// use siohook_api::NewContact;
///
/// let contact = NewContact::new("jane@example.com").locale("fr").field("first_name", "Jane");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use]
pub struct NewContact {
    email: String,
    #[serde(flatten)]
    rest: ContactEdit,
}

/// A change of a contact, for [`Client::edit_contact`]. What is not named stays.
///
/// ```
/// use siohook_api::ContactEdit;
///
/// let edit = ContactEdit::new().field("country", "FR").clear("phone_number");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[must_use]
pub struct ContactEdit {
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldValue>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct FieldValue {
    slug: String,
    value: Option<String>,
}

impl NewContact {
    /// Makes a contact with this e-mail address.
    pub fn new(email: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            rest: ContactEdit::new(),
        }
    }

    /// Sets the language: `en`, `fr`. The API has a few codes of its own, such as `jp` and `ua`.
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.rest = self.rest.locale(locale);
        self
    }

    /// Sets a [field](Client::contact_fields) by its slug. The value of `country` is a code of
    /// ISO 3166 with two letters.
    pub fn field(mut self, slug: impl Into<String>, value: impl Into<String>) -> Self {
        self.rest = self.rest.field(slug, value);
        self
    }
}

impl ContactEdit {
    /// Makes a change of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the language.
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = Some(locale.into());
        self
    }

    /// Sets a field by its slug.
    pub fn field(self, slug: impl Into<String>, value: impl Into<String>) -> Self {
        self.set(slug.into(), Some(value.into()))
    }

    /// Removes the value of a field.
    pub fn clear(self, slug: impl Into<String>) -> Self {
        self.set(slug.into(), None)
    }

    fn set(mut self, slug: String, value: Option<String>) -> Self {
        self.fields.push(FieldValue { slug, value });
        self
    }
}

impl Cursor for Contact {
    fn cursor(&self) -> u64 {
        self.id.get()
    }
}

/// # Filters of contacts
impl List<Contact> {
    /// Keeps the contact with this e-mail address, in any case of its letters.
    pub fn email(self, email: &str) -> Self {
        self.filter("email", email)
    }

    /// Keeps contacts that have all these tags.
    pub fn tags(self, tags: impl IntoIterator<Item = TagId>) -> Self {
        let tags: Vec<_> = tags.into_iter().map(|tag| tag.to_string()).collect();
        self.filter("tags", tags.join(","))
    }

    /// Keeps contacts to whom e-mail bounced, or the others.
    pub fn bounced(self, bounced: bool) -> Self {
        self.filter("bounced", bounced)
    }

    /// Keeps contacts who unsubscribed, or the others.
    pub fn unsubscribed(self, unsubscribed: bool) -> Self {
        self.filter("unsubscribed", unsubscribed)
    }

    /// Keeps contacts who have yet to confirm their address, or the others.
    pub fn needs_confirmation(self, needs_confirmation: bool) -> Self {
        self.filter("needsConfirmation", needs_confirmation)
    }

    /// Keeps contacts who were created before this time.
    pub fn registered_before(self, time: Timestamp) -> Self {
        self.filter("registeredBefore", time)
    }

    /// Keeps contacts who were created after this time.
    pub fn registered_after(self, time: Timestamp) -> Self {
        self.filter("registeredAfter", time)
    }
}

/// # Contacts
///
/// ```
/// use siohook_api::{ContactEdit, NewContact};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = siohook_sandbox::Sandbox::start().await?;
/// # let client = siohook_api::Client::builder("key").url(format!("{}/api", sandbox.url())).build()?;
/// let jane = NewContact::new("jane@example.com").field("first_name", "Jane");
/// let jane = client.create_contact(&jane).await?;
/// let tag = client.create_tag("Newsletter").await?;
/// client.add_tag(jane.id, tag.id).await?;
///
/// let readers = client.contacts().tags([tag.id]).unsubscribed(false).all().await?;
/// assert_eq!(readers[0].fields.first_name(), Some("Jane"));
///
/// client.edit_contact(jane.id, &ContactEdit::new().clear("first_name")).await?;
/// assert_eq!(client.contact(jane.id).await?.fields.first_name(), None);
/// # Ok(())
/// # }
/// ```
impl Client {
    /// Lists contacts, newest first.
    pub fn contacts(&self) -> List<Contact> {
        List::new(self, "/contacts")
    }

    /// Gets a contact.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the id is unknown.
    pub async fn contact(&self, id: ContactId) -> Result<Contact, Error> {
        self.get(&format!("/contacts/{id}")).await
    }

    /// Creates a contact.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) if there is one with this address, or a value can't be
    /// used.
    pub async fn create_contact(&self, contact: &NewContact) -> Result<Contact, Error> {
        self.post("/contacts", contact).await
    }

    /// Changes the language and fields of a contact. The e-mail address can't be changed.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound), or [`Invalid`](crate::ErrorKind::Invalid) if a value
    /// can't be used.
    pub async fn edit_contact(&self, id: ContactId, edit: &ContactEdit) -> Result<Contact, Error> {
        self.patch(&format!("/contacts/{id}"), edit).await
    }

    /// Deletes a contact.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the id is unknown.
    pub async fn delete_contact(&self, id: ContactId) -> Result<(), Error> {
        self.delete(&format!("/contacts/{id}")).await
    }

    /// Puts a tag on a contact. One that the contact has is no error.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such contact,
    /// [`Invalid`](crate::ErrorKind::Invalid) if there is no such tag.
    pub async fn add_tag(&self, contact: ContactId, tag: TagId) -> Result<(), Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            tag_id: TagId,
        }
        let path = format!("/contacts/{contact}/tags");
        self.send(&path, &Body { tag_id: tag }).await
    }

    /// Removes a tag from a contact.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the contact does not have it.
    pub async fn remove_tag(&self, contact: ContactId, tag: TagId) -> Result<(), Error> {
        self.delete(&format!("/contacts/{contact}/tags/{tag}"))
            .await
    }
}
