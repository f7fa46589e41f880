use std::fmt;

use serde::{Deserialize, Serialize};

/// Key of the public API.
///
/// ```
/// use siohook_sandbox::state::ApiKey;
///
/// let key: ApiKey = serde_json::from_str(r#"{"id": 1, "name": "shop", "key": "k3y"}"#)?;
/// assert!(!format!("{key:?}").contains("k3y"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// Key id.
    pub id: u64,
    /// Name that the owner chose.
    pub name: String,
    /// What the header `X-API-Key` has.
    pub key: String,
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKey")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl ApiKey {
    /// The number of keys of an account with limits.
    pub(crate) const MOST: usize = 3;
}
