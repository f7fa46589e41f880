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
    /// Whether the list begins with what was added last.
    pub(super) is_newest_first: bool,
    /// Id of the contact that the objects belong to.
    contact: Option<u64>,
}

impl Query {
    pub(super) fn parse(text: Option<&str>) -> Result<Self, Fault> {
        let known = ["q", "limit", "after", "order", "contact"];
        let parameters = Parameters::read(text, &known)?;
        let is_newest_first = match parameters.text("order") {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(other) => {
                let error = format!("`{other}` is neither `asc` nor `desc`");
                return Err(Fault::invalid("order", error));
            }
        };
        Ok(Self {
            is_newest_first,
            contact: parameters.number("contact", 1..=u64::MAX)?,
            search: parameters.text("q").unwrap_or_default().to_lowercase(),
            limit: parameters.number("limit", 1..=1000)?.unwrap_or(100),
            after: parameters.text("after").map(str::to_owned),
        })
    }

    /// Whether a name of the object contains the search, and the object is the contact's.
    pub(super) fn finds(&self, view: &Value) -> bool {
        if self
            .contact
            .is_some_and(|contact| view["contact"] != contact)
        {
            return false;
        }
        let mut labels = LABELS.iter().filter_map(|label| view.get(label)?.as_str());
        self.search.is_empty() || labels.any(|label| label.to_lowercase().contains(&self.search))
    }
}
