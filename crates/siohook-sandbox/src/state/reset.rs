//! A new beginning that keeps some objects.

use serde_json::{Map, Value};

use super::State;

impl State {
    /// The names of the parts that a reset can keep.
    pub(crate) fn collections(&self) -> Vec<String> {
        let names = members(self).into_iter();
        let collections = names.filter(|(_, part)| part.is_object() || part.is_array());
        let names = collections.map(|(name, _)| name);
        names.filter(|name| name != "ids").collect()
    }

    /// The initial state, with these parts as they are now.
    pub(crate) fn reset_to(&self, initial: &Self, keep: &[String]) -> Self {
        if keep.is_empty() {
            return initial.clone();
        }
        let (mut parts, now) = (members(initial), members(self));
        // New ids must not be those of what is kept.
        for name in keep.iter().map(String::as_str).chain(["ids"]) {
            if let Some(part) = now.get(name) {
                parts.insert(name.to_owned(), part.clone());
            }
        }
        serde_json::from_value(Value::Object(parts)).unwrap_or_else(|_| initial.clone())
    }
}

fn members(state: &State) -> Map<String, Value> {
    match serde_json::to_value(state) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::test_account::Account;

    #[test]
    fn a_reset_keeps_what_it_is_told_to() {
        let initial = Account::new().state;
        let mut account = Account::new();
        let tag = account.tag("VIP");
        account.contact("jane@example.com");
        assert_eq!(account.state.reset_to(&initial, &[]), initial);

        let mut kept = account.state.reset_to(&initial, &["tags".to_owned()]);
        assert!(kept.contacts.is_empty());
        assert!(kept.tags.contains_key(&tag));
        assert!(kept.ids.number() > tag);
        assert!(kept.collections().contains(&"tags".to_owned()));
    }
}
