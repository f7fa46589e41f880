use serde::{Deserialize, Serialize};
use siohook_events::ids::{CommunityId, ContactId, MembershipId};

use crate::list::{Cursor, List};
use crate::{Client, Error};

/// A community of the account.
///
/// ```
/// fn url(community: &siohook_api::Community) -> Option<String> {
///     let (domain, path) = (community.domain_name.as_ref()?, community.path.as_ref()?);
///     Some(format!("https://{domain}/{path}"))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Community {
    /// Community id.
    pub id: CommunityId,
    /// Name that the owner chose.
    pub name: String,
    /// Domain of the pages.
    #[serde(default)]
    pub domain_name: Option<String>,
    /// Path of the first page.
    #[serde(default)]
    pub path: Option<String>,
}

/// The membership of a contact in a community.
///
/// ```
/// use siohook_api::Membership;
/// use siohook_events::ids::ContactId;
///
/// fn is_of(membership: &Membership, contact: ContactId) -> bool {
///     membership.contact == contact
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "MembershipForm")]
#[non_exhaustive]
pub struct Membership {
    /// Membership id.
    pub id: MembershipId,
    /// The community.
    pub community: Community,
    /// Id of the contact.
    pub contact: ContactId,
}

/// A membership on the wire.
#[derive(Deserialize)]
struct MembershipForm {
    id: MembershipId,
    community: Community,
    contact: ContactForm,
}

#[derive(Deserialize)]
struct ContactForm {
    id: ContactId,
}

impl From<MembershipForm> for Membership {
    fn from(form: MembershipForm) -> Self {
        Self {
            id: form.id,
            community: form.community,
            contact: form.contact.id,
        }
    }
}

impl Cursor for Community {
    fn cursor(&self) -> u64 {
        self.id.get()
    }
}

impl Cursor for Membership {
    fn cursor(&self) -> u64 {
        self.id.get()
    }
}

/// # Filters of communities
impl List<Community> {
    /// Keeps communities whose name contains this text.
    pub fn search(self, text: &str) -> Self {
        self.filter("query", text)
    }
}

/// # Filters of memberships
impl List<Membership> {
    /// Keeps those in this community.
    pub fn community(self, community: CommunityId) -> Self {
        self.filter("community", community)
    }

    /// Keeps those of this contact.
    pub fn contact(self, contact: ContactId) -> Self {
        self.filter("contact", contact)
    }
}

/// # Communities
///
/// ```
/// use siohook_events::ids::ContactId;
///
/// # async fn f(client: siohook_api::Client, contact: ContactId) -> Result<(), siohook_api::Error> {
/// for community in client.communities().search("Readers").all().await? {
///     client.join_community(community.id, contact).await?;
/// }
/// # Ok(())
/// # }
/// ```
impl Client {
    /// Lists communities.
    pub fn communities(&self) -> List<Community> {
        List::new(self, "/community/communities")
    }

    /// Lists memberships.
    pub fn memberships(&self) -> List<Membership> {
        List::new(self, "/community/memberships")
    }

    /// Lets a contact into a community. The API answers before it has happened.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such community,
    /// [`Invalid`](crate::ErrorKind::Invalid) if there is no such contact.
    pub async fn join_community(
        &self,
        community: CommunityId,
        contact: ContactId,
    ) -> Result<(), Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            contact_id: ContactId,
        }
        let path = format!("/community/communities/{community}/memberships");
        let contact_id = contact;
        self.send(&path, &Body { contact_id }).await
    }

    /// Ends a membership.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound) if the id is unknown.
    pub async fn delete_membership(&self, id: MembershipId) -> Result<(), Error> {
        self.delete(&format!("/community/memberships/{id}")).await
    }
}
