use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;
use siohook_events::ids::TagId;

use crate::list::{Cursor, List};
use crate::{Client, Error};

/// A tag of the account.
///
/// ```
/// fn line(tag: &siohook_api::Tag) -> String {
///     format!("{} {}", tag.id, tag.name)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Tag {
    /// Tag id.
    pub id: TagId,
    /// Name that the owner chose.
    pub name: String,
    /// Time when it was created.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
}

impl Cursor for Tag {
    fn cursor(&self) -> u64 {
        self.id.get()
    }
}

/// # Filters of tags
impl List<Tag> {
    /// Keeps tags whose name contains this text.
    pub fn search(self, text: &str) -> Self {
        self.filter("query", text)
    }
}

#[derive(Serialize)]
struct Name<'a> {
    name: &'a str,
}

/// # Tags
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = siohook_sandbox::Sandbox::start().await?;
/// # let client = siohook_api::Client::builder("key").url(format!("{}/api", sandbox.url())).build()?;
/// let tag = client.create_tag("Reader").await?;
/// let tag = client.rename_tag(tag.id, "Readers").await?;
/// assert_eq!(client.tag(tag.id).await?.name, "Readers");
/// client.delete_tag(tag.id).await?;
/// # Ok(())
/// # }
/// ```
impl Client {
    /// Lists tags.
    pub fn tags(&self) -> List<Tag> {
        List::new(self, "/tags")
    }

    /// Gets a tag.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the id is unknown.
    pub async fn tag(&self, id: TagId) -> Result<Tag, Error> {
        self.get(&format!("/tags/{id}")).await
    }

    /// Creates a tag. A name has up to 64 characters.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) if the name can't be used.
    pub async fn create_tag(&self, name: &str) -> Result<Tag, Error> {
        self.post("/tags", &Name { name }).await
    }

    /// Gives a tag another name.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound), or [`Invalid`](crate::ErrorKind::Invalid) if the
    /// name can't be used.
    pub async fn rename_tag(&self, id: TagId, name: &str) -> Result<Tag, Error> {
        self.put(&format!("/tags/{id}"), &Name { name }).await
    }

    /// Deletes a tag. Contacts lose it.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the id is unknown.
    pub async fn delete_tag(&self, id: TagId) -> Result<(), Error> {
        self.delete(&format!("/tags/{id}")).await
    }
}
