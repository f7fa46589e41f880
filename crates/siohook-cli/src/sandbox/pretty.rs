use std::borrow::Cow;

use serde::de::IgnoredAny;

/// Spreads JSON over lines. Members stay in their order, and values as they are spelled. What is
/// not JSON is returned as it is.
pub(crate) fn pretty(text: &str) -> Cow<'_, str> {
    if serde_json::from_str::<IgnoredAny>(text).is_err() {
        return text.into();
    }
    let mut lines = String::new();
    let (mut depth, mut is_text, mut is_escaped) = (0, false, false);
    // The letter before this one, without white space.
    let mut last = ' ';
    for letter in text.chars() {
        if is_text {
            is_text = letter != '"' || is_escaped;
            is_escaped = letter == '\\' && !is_escaped;
        } else if letter.is_ascii_whitespace() {
            continue;
        } else {
            let (is_opened, is_end) = ("{[".contains(last), "}]".contains(letter));
            depth -= usize::from(is_end);
            if is_opened != is_end || last == ',' {
                lines.push('\n');
                lines.extend(std::iter::repeat_n("  ", depth));
            } else if last == ':' {
                lines.push(' ');
            }
            depth += usize::from("{[".contains(letter));
            is_text = letter == '"';
        }
        lines.push(letter);
        last = letter;
    }
    lines.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_spelled_as_they_were() {
        let json = r#"{"b":[1.0,{ },[ ]], "a":"{\"\\/,:\\" ,"c":null}"#;
        let lines = [
            "{",
            "  \"b\": [",
            "    1.0,",
            "    {},",
            "    []",
            "  ],",
            r#"  "a": "{\"\\/,:\\","#,
            "  \"c\": null",
            "}",
        ];
        assert_eq!(pretty(json), lines.join("\n"));
        for text in ["", "{", "a\nb", "null", "\"a:b\""] {
            assert_eq!(pretty(text), text);
        }
    }
}
