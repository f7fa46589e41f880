//! Values of arguments.

use serde_json::Value;

/// Parses `/pointer=VALUE`, whose value is JSON or else a text.
pub(super) fn pointer(text: &str) -> Result<(String, Value), &'static str> {
    let (pointer, value) = pair(
        text,
        "write a pointer and a value: `/customer/email=ada@example.com`",
    )?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    Ok((pointer, value))
}

/// Parses `name=VALUE`, whose value is an id or a name.
pub(super) fn object(text: &str) -> Result<(String, Value), &'static str> {
    let (name, value) = pair(text, "write an object and its id or name: `tag=VIP`")?;
    Ok((name, id_or_name(value)))
}

/// An id is a number.
pub(super) fn id_or_name(text: &str) -> Value {
    text.parse::<u64>()
        .map_or_else(|_| text.into(), Value::from)
}

fn pair<'a>(text: &'a str, wrong: &'static str) -> Result<(String, &'a str), &'static str> {
    let (name, value) = text.split_once('=').ok_or(wrong)?;
    if name.is_empty() {
        return Err(wrong);
    }
    Ok((name.to_owned(), value))
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
        ] {
            assert_eq!(pointer(text), Ok(("/a".to_owned(), value)), "{text}");
        }
        assert!(pointer("/a").is_err() && pointer("=1").is_err());
    }

    #[test]
    fn digits_are_an_id() {
        assert_eq!(object("tag=12"), Ok(("tag".to_owned(), json!(12))));
        assert_eq!(
            object("tag=VIP 12"),
            Ok(("tag".to_owned(), json!("VIP 12")))
        );
    }
}
