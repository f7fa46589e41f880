use serde::{Deserialize, Serialize};

use crate::client::segment;
use crate::list::Page;
use crate::{Client, Error};

/// A field that contacts have.
///
/// ```
/// use siohook_api::{ContactEdit, ContactField};
///
/// fn clear(field: &ContactField) -> ContactEdit {
///     ContactEdit::new().clear(&field.slug)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ContactField {
    /// The name for programs: `first_name`.
    pub slug: String,
    /// The name for people, in the owner's language.
    #[serde(rename = "fieldName")]
    pub name: String,
}

#[derive(Serialize)]
struct Input<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<&'a str>,
    #[serde(rename = "fieldName")]
    name: &'a str,
}

/// # Contact fields
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = siohook_sandbox::Sandbox::start().await?;
/// # let client = siohook_api::Client::builder("key").url(format!("{}/api", sandbox.url())).build()?;
/// client.create_contact_field("shoe_size", "Shoe size").await?;
/// client.rename_contact_field("shoe_size", "Size of shoes").await?;
/// let fields = client.contact_fields().await?;
/// assert!(fields.iter().any(|field| field.name == "Size of shoes"));
/// client.delete_contact_field("shoe_size").await?;
/// # Ok(())
/// # }
/// ```
impl Client {
    /// Gets all fields. The list has no pages.
    ///
    /// # Errors
    ///
    /// If the API can't be reached or does not answer with them.
    pub async fn contact_fields(&self) -> Result<Vec<ContactField>, Error> {
        let page: Page<ContactField> = self.get("/contact_fields").await?;
        Ok(page.items)
    }

    /// Creates a field. A slug has letters, digits and `_`; a name has up to 255 characters.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) if there is one with this slug, or a value can't be
    /// used.
    pub async fn create_contact_field(
        &self,
        slug: &str,
        name: &str,
    ) -> Result<ContactField, Error> {
        let slug = Some(slug);
        self.post("/contact_fields", &Input { slug, name }).await
    }

    /// Gives a field another name.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound), or [`Invalid`](crate::ErrorKind::Invalid) if the
    /// name can't be used.
    pub async fn rename_contact_field(
        &self,
        slug: &str,
        name: &str,
    ) -> Result<ContactField, Error> {
        let path = format!("/contact_fields/{}", segment(slug));
        self.patch(&path, &Input { slug: None, name }).await
    }

    /// Deletes a field. Contacts lose its values.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the slug is unknown.
    pub async fn delete_contact_field(&self, slug: &str) -> Result<(), Error> {
        self.delete(&format!("/contact_fields/{}", segment(slug)))
            .await
    }
}
