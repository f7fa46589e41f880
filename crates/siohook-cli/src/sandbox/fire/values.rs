//! Values of arguments.

use serde_json::Value;

use crate::pointer::pair;

/// Parses `name=VALUE`, whose value is an id or a name.
pub(super) fn object(text: &str) -> Result<(String, Value), &'static str> {
    let (name, value) = pair(text, "write an object and its id or name: `tag=VIP`")?;
    Ok((name.to_owned(), id_or_name(value)))
}

/// An id is a number.
pub(super) fn id_or_name(text: &str) -> Value {
    text.parse::<u64>()
        .map_or_else(|_| text.into(), Value::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn digits_are_an_id() {
        assert_eq!(object("tag=12"), Ok(("tag".to_owned(), json!(12))));
        assert_eq!(
            object("tag=VIP 12"),
            Ok(("tag".to_owned(), json!("VIP 12")))
        );
    }
}
