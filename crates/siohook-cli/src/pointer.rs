//! `/pointer=VALUE`: a member of a body, and what it becomes.

use std::fs;

use serde_json::Value;
use siohook_events::Shown;

use crate::Failure;

/// Parses a pointer and a value. `=` is followed by JSON, or else by a text, `:=` by JSON, and `=@` by
/// the path of a file with one of both.
pub(crate) fn parse(text: &str) -> Result<(String, Value), Failure> {
    let example = "write a pointer and a value: `/customer/email=ada@example.com`";
    let (pointer, value) = pair(text, example).map_err(Failure::usage)?;
    if let Some(pointer) = pointer.strip_suffix(':') {
        let value = serde_json::from_str(value).map_err(|error| {
            let (pointer, error) = (Shown::value(pointer), Shown::text(error));
            Failure::usage(format!("what follows `{pointer}:=` is not JSON: {error}"))
        })?;
        return Ok((pointer.to_owned(), value));
    }
    let value = match value.strip_prefix('@') {
        Some(path) => {
            let text = fs::read_to_string(path);
            let text = text.map_err(|error| Failure::file(Shown::value(path), &error))?;
            json_or_text(text.strip_suffix('\n').unwrap_or(&text))
        }
        None => json_or_text(value),
    };
    Ok((pointer.to_owned(), value))
}

/// Parses several.
pub(crate) fn parse_all(texts: &[String]) -> Result<Vec<(String, Value)>, Failure> {
    texts.iter().map(|text| parse(text)).collect()
}

fn json_or_text(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// Splits `name=value`.
pub(crate) fn pair<'a>(
    text: &'a str,
    wrong: &'static str,
) -> Result<(&'a str, &'a str), &'static str> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    pair.ok_or(wrong)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_json_or_a_text() {
        for (text, value) in [
            ("/a=9900", json!(9900)),
            ("/a=\"9900\"", json!("9900")),
            ("/a=null", json!(null)),
            ("/a=", json!("")),
            ("/a=b=c", json!("b=c")),
            ("/a={\"b\":[]}", json!({"b": []})),
            ("/a={b}", json!("{b}")),
            ("/a:=[1]", json!([1])),
        ] {
            assert_eq!(parse(text).unwrap(), ("/a".to_owned(), value), "{text}");
        }
        for text in ["/a", "=1", "/a:=b", "/a=@/no/such/file"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_value_can_be_in_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (text, value) in [
            ("{\"a\":1}\n", json!({"a": 1})),
            ("two\nlines\n", json!("two\nlines")),
        ] {
            fs::write(file.path(), text).unwrap();
            let parsed = parse(&format!("/a=@{}", file.path().display())).unwrap();
            assert_eq!(parsed, ("/a".to_owned(), value));
        }
    }
}
