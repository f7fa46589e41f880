use serde_json::Value;

use super::Fault;
use crate::control::input::Parameters;

/// The attributes in which a search looks.
const LABELS: [&str; 8] = [
    "name",
    "email",
    "inner_name",
    "subject",
    "code",
    "slug",
    "field_name",
    "url",
];

/// Which part of a list is asked for.
pub(super) struct Query {
    /// Lower-case text that a name has to contain.
    search: String,
    pub(super) limit: usize,
    /// Key behind which the part begins.
    pub(super) after: Option<String>,
}

impl Query {
    pub(super) fn parse(text: Option<&str>) -> Result<Self, Fault> {
        let parameters = Parameters::read(text, &["q", "limit", "after"])?;
        Ok(Self {
            search: parameters.text("q").unwrap_or_default().to_lowercase(),
            limit: parameters.number("limit", 1..=1000)?.unwrap_or(100),
            after: parameters.text("after").map(str::to_owned),
        })
    }

    /// Whether a name of the object contains the search.
    pub(super) fn finds(&self, view: &Value) -> bool {
        let mut labels = LABELS.iter().filter_map(|label| view.get(label)?.as_str());
        self.search.is_empty() || labels.any(|label| label.to_lowercase().contains(&self.search))
    }
}
