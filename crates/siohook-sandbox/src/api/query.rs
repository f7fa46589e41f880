use siohook_events::Timestamp;

use super::violation::NOT_VALID;
use super::violations::Violations;

/// The parameters of a query. An empty one counts as absent, and the last of a name counts.
#[derive(Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(text: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(text.unwrap_or_default().as_bytes());
        Self(pairs.into_owned().collect())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let named = self.0.iter().rev().find(|(own, _)| own == name);
        let value = named.map(|(_, value)| &**value);
        value.filter(|value| !value.is_empty())
    }

    /// The lower-case text that a name has to contain.
    pub(super) fn search(&self) -> String {
        self.text("query").unwrap_or_default().to_lowercase()
    }

    pub(super) fn id(&self, name: &str, violations: &mut Violations) -> Option<u64> {
        self.parsed(name, violations, |text| text.parse().ok())
    }

    pub(super) fn ids(&self, name: &str, violations: &mut Violations) -> Vec<u64> {
        let parse = |text: &str| text.split(',').map(|id| id.trim().parse().ok()).collect();
        self.parsed(name, violations, parse).unwrap_or_default()
    }

    pub(super) fn flag(&self, name: &str, violations: &mut Violations) -> Option<bool> {
        self.parsed(name, violations, |text| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }

    pub(super) fn time(&self, name: &str, violations: &mut Violations) -> Option<Timestamp> {
        self.parsed(name, violations, |text| {
            // A `+` that was not encoded arrives as a space.
            let text = match text.split_at_checked(19) {
                Some((date, rest)) => format!("{date}{}", rest.replacen(' ', "+", 1)),
                None => text.to_owned(),
            };
            text.parse().ok()
        })
    }

    fn parsed<T>(
        &self,
        name: &str,
        violations: &mut Violations,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = parse(self.text(name)?);
        if value.is_none() {
            violations.add(name, NOT_VALID);
        }
        value
    }
}
