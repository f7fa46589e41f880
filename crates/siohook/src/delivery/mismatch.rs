use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// An argument could not be taken from a delivery: the body is not what the
/// argument's type expects.
///
/// The text says where and what was expected. It never holds a value of the
/// body, because bodies hold personal data and texts end up in logs.
///
/// ```
/// let error = siohook::Mismatch::new("the body has no `contact`");
/// assert_eq!(error.to_string(), "the body has no `contact`");
/// ```
#[derive(Clone)]
pub struct Mismatch {
    text: Arc<str>,
    /// Whether the adapter is at fault, and not the body.
    is_of_adapter: bool,
}

impl Mismatch {
    /// States what does not fit.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            text: reason.into().into(),
            is_of_adapter: false,
        }
    }

    /// States what the adapter did not give.
    pub(crate) fn of_adapter(reason: String) -> Self {
        Self {
            is_of_adapter: true,
            ..Self::new(reason)
        }
    }

    pub(crate) fn is_of_adapter(&self) -> bool {
        self.is_of_adapter
    }

    /// What serde says of a type, without the value that it stumbled on.
    pub(crate) fn of<T>(error: &serde_json::Error) -> Self {
        let what = without_value(&error.to_string());
        Self::new(format!("not a `{}`: {what}", std::any::type_name::<T>()))
    }
}

/// Serde's own words are `invalid type: string "lea@example.com", expected u64
/// at line 1 column 30`. The kind of the value stays, the value goes.
fn without_value(text: &str) -> String {
    for headline in ["invalid type: ", "invalid value: ", "invalid length "] {
        let Some(rest) = text.strip_prefix(headline) else {
            continue;
        };
        // The last one is serde's: only the text before it can hold a value.
        let Some((found, expected)) = rest.rsplit_once(", expected ") else {
            break;
        };
        let kind = found
            .split(['`', '"'])
            .next()
            .unwrap_or_default()
            .trim_end();
        return format!("{headline}{kind}, expected {expected}");
    }
    let position = text.rfind(" at line ").map_or("", |start| &text[start..]);
    for headline in ["missing field `", "duplicate field `"] {
        if text.starts_with(headline) {
            return text.to_owned();
        }
    }
    for (headline, instead) in [
        ("unknown variant `", "unknown variant"),
        ("unknown field `", "unknown field"),
    ] {
        if text.starts_with(headline) {
            return format!("{instead}{position}");
        }
    }
    format!("refused by the type{position}")
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mismatch").field(&self.text).finish()
    }
}

impl Error for Mismatch {}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Strict {
        #[serde(default)]
        id: u64,
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize)]
    enum Kind {
        A,
    }

    fn words(json: &str) -> String {
        let error = serde_json::from_str::<Strict>(json).unwrap_err();
        Mismatch::of::<u64>(&error).to_string()
    }

    #[test]
    fn no_value_of_the_body_is_repeated() {
        for json in [
            r#"{"id": "lea@example.com"}"#,
            r#"{"id": "lea@example.com, expected lea@example.com at line 1"}"#,
            r#"{"id": "`lea@example.com`"}"#,
            r#"{"kind": "lea@example.com"}"#,
            r#"{"id": -1}"#,
        ] {
            let words = words(json);
            assert!(!words.contains("lea") && !words.contains("-1"), "{words}");
        }
    }

    #[test]
    fn the_place_and_the_expectation_are_told() {
        assert_eq!(
            words(r#"{"id": "lea@example.com"}"#),
            "not a `u64`: invalid type: string, expected u64 at line 1 column 24"
        );
        assert_eq!(
            words(r#"{"id": -1}"#),
            "not a `u64`: invalid value: integer, expected u64 at line 1 column 9"
        );
    }
}
