use serde::{Deserialize, Serialize};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::ids::{BlogId, PageModelId};
use crate::lenient;

/// A page of a blog.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::PageModel;
///
/// let page: PageModel =
///     serde_json::from_str(r#"{"id": 7, "name": "Home", "blog": {"id": 2, "name": "Ideas"}}"#)?;
/// assert_eq!(page.name, "Home");
/// assert_eq!(page.blog.unwrap().name, "Ideas");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.PageModel"))]
#[non_exhaustive]
pub struct PageModel {
    /// Page id. Documented.
    pub id: PageModelId,
    /// Name that the owner chose. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
    /// Blog that the page belongs to. Documented.
    #[serde(default, deserialize_with = "lenient::object")]
    pub blog: Option<Blog>,
}

/// A blog.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::automation::Blog;
///
/// let blog: Blog = serde_json::from_str(r#"{"id": 2, "name": "Ideas"}"#)?;
/// assert_eq!(blog.id, 2);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[cfg_attr(feature = "schema", schemars(rename = "automation.Blog"))]
#[non_exhaustive]
pub struct Blog {
    /// Blog id. Documented.
    pub id: BlogId,
    /// Name that the owner chose. Documented.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub name: String,
}
