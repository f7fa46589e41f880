//! Strict reading of JSON.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// JSON pointer to the place. The document itself is the empty one.
    pub(crate) at: String,
    /// What is wrong.
    pub(crate) error: String,
    /// The known name that is nearest to an unknown one.
    pub(crate) did_you_mean: Option<String>,
}

/// Reads a value of a document that was parsed as JSON.
pub(crate) fn read<T: DeserializeOwned>(document: &Value) -> Result<T, Misfit> {
    T::deserialize(document).map_err(|error| Misfit {
        at: String::new(),
        error: error.to_string(),
        did_you_mean: None,
    })
}
