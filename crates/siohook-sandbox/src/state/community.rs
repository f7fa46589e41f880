use serde::{Deserialize, Serialize};

/// Community of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Community {
    /// Community id.
    pub id: u64,
    /// Name that the owner chose.
    pub name: String,
    /// Domain of the pages.
    pub domain_name: String,
    /// Path of the first page.
    pub path: String,
}

/// Membership of a contact in a community.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// Membership id.
    pub id: u64,
    /// Community id.
    pub community: u64,
    /// Contact id.
    pub contact: u64,
}
