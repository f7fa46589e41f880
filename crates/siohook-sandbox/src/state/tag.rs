use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;

/// Tag that contacts can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// Tag id.
    pub id: u64,
    /// Name, at most 64 characters.
    pub name: String,
    /// Time when the tag was created.
    pub created_at: Timestamp,
}
