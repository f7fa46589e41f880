use serde_json::{Map, Value};

use super::State;
use crate::strict::{self, Misfit};

impl State {
    /// Writes the account as JSON.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut document = Map::from_iter([("version".to_owned(), Value::from(1))]);
        if let Ok(Value::Object(members)) = serde_json::to_value(self) {
            document.extend(members);
        }
        serde_json::to_vec_pretty(&document).unwrap_or_default()
    }

    pub(crate) fn from_json(json: &[u8]) -> Result<Self, Misfit> {
        let mut document: Value = serde_json::from_slice(json).unwrap_or_default();
        if let Some(members) = document.as_object_mut() {
            members.remove("version");
        }
        strict::read(&document)
    }
}
