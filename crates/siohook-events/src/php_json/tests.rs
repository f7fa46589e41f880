use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;

fn rewritten(document: &str) -> Option<String> {
    normalize(document.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
}

/// Lines of `fixtures/php/vectors.jsonl`: a document in some spelling, and as PHP wrote it.
fn vectors() -> Vec<(String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/php/vectors.jsonl");
    let text = |vector: &Value, key| vector[key].as_str().unwrap().to_owned();
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| {
            let vector = serde_json::from_str::<Value>(line).unwrap();
            (text(&vector, "input"), text(&vector, "expected"))
        })
        .collect()
}

#[test]
fn writes_what_php_writes() {
    let vectors = vectors();
    assert!(vectors.len() > 3000, "only {} vectors", vectors.len());
    for (input, expected) in vectors {
        assert_eq!(rewritten(&input).as_ref(), Some(&expected), "{input}");
        assert_eq!(rewritten(&expected), Some(expected));
    }
}

/// Documents that PHP's values can't hold, or that its generator leaves out.
#[test]
fn keeps_and_rewrites() {
    let table = [
        ("1e3", "1e3"),
        ("1E+2", "1E+2"),
        ("1e-07", "1e-07"),
        ("-0", "-0"),
        ("-0.0e-0", "-0.0e-0"),
        ("0.10", "0.10"),
        ("[0.0, 0, 10]", "[0.0,0,10]"),
        ("1e999", "1e999"),
        (
            "123456789012345678901234567890.5",
            "123456789012345678901234567890.5",
        ),
        (r#"{"a": 1, "a": 2}"#, r#"{"a":1,"a":2}"#),
        (r#"{"b":1,"a":2,"0":3}"#, r#"{"b":1,"a":2,"0":3}"#),
        (r#"{"\u0000a" : 1}"#, r#"{"\u0000a":1}"#),
        (r#"{"": {}}"#, r#"{"":{}}"#),
        (" { } ", "{}"),
        ("\t[\n]\r\n", "[]"),
        ("[ {} , [ ] , { \"a\" : [ ] } ]", r#"[{},[],{"a":[]}]"#),
        (" true ", "true"),
        ("[true,false,null]", "[true,false,null]"),
        (r#""""#, r#""""#),
        (r#""a/b""#, r#""a\/b""#),
        (r#""a\/b""#, r#""a\/b""#),
        (r#""\u002F\u005c\u0022""#, r#""\/\\\"""#),
        (r#""\u0041\u00E9""#, r#""A\u00e9""#),
        (r#""\u0008\u000C\u000a\u000D\u0009""#, r#""\b\f\n\r\t""#),
        (r#""\u0000\u000B\u001F""#, r#""\u0000\u000b\u001f""#),
        (r#""\u007F\u003c""#, "\"\u{7f}<\""),
        ("\"\u{7f}<>&'\"", "\"\u{7f}<>&'\""),
        ("\"é\u{80}\u{7ff}\"", r#""\u00e9\u0080\u07ff""#),
        (
            "\"\u{2028}\u{2029}\u{feff}\u{ffff}\"",
            r#""\u2028\u2029\ufeff\uffff""#,
        ),
        ("\"😀\u{10ffff}\"", r#""\ud83d\ude00\udbff\udfff""#),
        (r#""\uD83D\uDE00""#, r#""\ud83d\ude00""#),
        (r#""\uD800\uDC00""#, r#""\ud800\udc00""#),
        (r#""\\u00E9""#, r#""\\u00E9""#),
        (r#"{"é/": "é/"}"#, r#"{"\u00e9\/":"\u00e9\/"}"#),
    ];
    for (input, expected) in table {
        assert_eq!(rewritten(input).as_deref(), Some(expected), "{input}");
        assert_eq!(rewritten(expected).as_deref(), Some(expected));
    }
}

#[test]
fn a_whole_vat_is_spelled_as_a_float() {
    for (body, restored) in [
        (
            r#"{"order":{"vat":0,"id":0},"vat":0}"#,
            Some(r#"{"order":{"vat":0.0,"id":0},"vat":0}"#),
        ),
        (
            r#"{"vat":1,"order":{"a":{"vat":2},"vat":-20}}"#,
            Some(r#"{"vat":1,"order":{"a":{"vat":2},"vat":-20.0}}"#),
        ),
        (
            r#"{"order":{"vat":1234567890123456}}"#,
            Some(r#"{"order":{"vat":1234567890123456.0}}"#),
        ),
        (r#"{"order":{"vat":12345678901234567}}"#, None),
        (r#"{"order":{"vat":0.0}}"#, None),
        (r#"{"order":{"vat":1e3}}"#, None),
        (r#"{"order":{"vat":null}}"#, None),
        (r#"{"order":{"vat":"0"}}"#, None),
        (r#"{"order":{"vat":[0]}}"#, None),
        (r#"{"order":{"vat":0,"vat":0}}"#, None),
        (r#"{"order":{}}"#, None),
        (r#"{"order":null}"#, None),
        (r#"{"vat":0}"#, None),
        ("7", None),
        ("{", None),
        ("", None),
    ] {
        let spelled = restore_vat(body.as_bytes());
        assert_eq!(spelled.as_deref(), restored.map(str::as_bytes), "{body}");
    }
}

#[test]
fn a_whole_vat_is_spelled_as_php_spells_it() {
    let spelled = |number: &str| {
        let body = format!(r#"{{"order":{{"vat":{number}}}}}"#);
        restore_vat(body.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
    };
    let written = vectors().into_iter().filter_map(|(_, written)| {
        let float = written.parse::<f64>().ok()?;
        (float.fract() == 0.0).then_some((written, float))
    });
    let floats: Vec<_> = written.filter(|(text, _)| text.contains('.')).collect();
    assert!(floats.iter().any(|(_, float)| *float >= 1e15));
    for (written, float) in floats {
        // As JavaScript writes it.
        let expected = format!(r#"{{"order":{{"vat":{written}}}}}"#);
        let has_no_exponent = written.ends_with(".0");
        let restored = spelled(&format!("{float}"));
        assert_eq!(restored, has_no_exponent.then_some(expected));
    }
}

fn assert_refused(table: &[&str]) {
    for input in table {
        assert_eq!(rewritten(input), None, "{input}");
    }
}

#[test]
fn refuses_broken_structure() {
    assert_refused(&[
        "",
        " ",
        "\u{feff}1",
        "\u{b}1",
        "\u{a0}1",
        "1\0",
        "1 1",
        "1,",
        "{}{}",
        "[]]",
        "{}x",
        "[",
        "]",
        "{",
        "}",
        "[}",
        "{]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[,]",
        "[1 2]",
        "[[1}]",
        "[1}",
        "[]//",
        "/**/1",
        ":",
        ",",
    ]);
}

#[test]
fn refuses_broken_objects() {
    assert_refused(&[
        r#"{"a":[}"#,
        r#"{"a":{]}"#,
        r#"{"a":1]"#,
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{"a":1,2}"#,
        r#"{"a" 1}"#,
        r#"{"a":1 "b":2}"#,
        r#"{"a"::1}"#,
        r#"{"a",1}"#,
        r#"["a":1]"#,
        "{,}",
        "{:1}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{null:1}",
        "{[]:1}",
    ]);
}

#[test]
fn refuses_broken_strings() {
    assert_refused(&[
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\",
        "'a'",
        "a",
        "\"a\nb\"",
        "\"\t\"",
        "\"\0\"",
        "\"\u{1f}\"",
        r#""\x41""#,
        r#""\'""#,
        r#""\U0041""#,
        r#""\é""#,
        r#""a"b""#,
    ]);
}

#[test]
fn refuses_broken_numbered_escapes() {
    assert_refused(&[
        r#""\u""#,
        r#""\u004""#,
        r#""\u004g""#,
        r#""\u+041""#,
        r#""\u 041""#,
        r#""\u004"#,
        r#""\u００４１""#,
        r#""\ud800""#,
        r#""\uDFFF""#,
        r#""\udc00\ud800""#,
        r#""\ud800\ud800""#,
        r#""\ud800\u0041""#,
        r#""\ud800\ue000""#,
        r#""\ud800\n""#,
        r#""\ud800x""#,
        r#""\ud800 \udc00""#,
        r#""\ud800\u""#,
    ]);
}

#[test]
fn refuses_broken_numbers_and_words() {
    assert_refused(&[
        "01",
        "-01",
        "00",
        "-",
        "--1",
        "+1",
        ".5",
        "1.",
        "1.e1",
        "-.5",
        "1e",
        "1e+",
        "1e+-1",
        "1e1.5",
        "1.2.3",
        "0x1",
        "1_000",
        "١",
        "[01]",
        "[1.]",
        "NaN",
        "Infinity",
        "-Infinity",
        "True",
        "TRUE",
        "tru",
        "truee",
        "nul",
        "nulll",
        "fals",
        "undefined",
    ]);
}

#[test]
fn refuses_bytes_that_are_not_utf8() {
    let table: [&[u8]; 7] = [
        b"\"\xe9\"",
        b"\"\xc0\xaf\"",
        b"\"\xed\xa0\x80\"",
        b"\"\xf4\x90\x80\x80\"",
        b"\"\xe2\x80\"",
        b"\xff\xfe1\0",
        b"1\x80",
    ];
    for input in table {
        assert_eq!(normalize(input), None, "{input:x?}");
    }
}

#[test]
fn nests_128_deep_and_no_deeper() {
    let arrays = |depth| "[".repeat(depth) + &"]".repeat(depth);
    let objects = |depth| r#"{"a":"#.repeat(depth) + "1" + &"}".repeat(depth);
    let mixed = |pairs| r#"[{"a":"#.repeat(pairs) + "1" + &"}]".repeat(pairs);
    for deepest in [arrays(128), objects(128), mixed(64) + " "] {
        assert_eq!(rewritten(&deepest).as_deref(), Some(deepest.trim_end()));
    }
    for too_deep in [arrays(129), objects(129), mixed(65), "[".repeat(1_000_000)] {
        assert_eq!(rewritten(&too_deep), None);
    }
    let wide = format!("[{}1]", "[{}],".repeat(1000));
    assert_eq!(rewritten(&wide).as_ref(), Some(&wide));
}

#[test]
fn every_character_comes_through() {
    let value = Value::from(('\0'..=char::MAX).collect::<String>());
    let out = rewritten(&value.to_string()).unwrap();
    assert!(out.is_ascii());
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), value);
}

#[test]
fn writes_at_most_three_bytes_for_one() {
    for character in ["/", "é", "\u{7ff}", "汉", "😀", r"\u0000", r"\n"] {
        let document = format!("\"{}\"", character.repeat(1000));
        let out = rewritten(&document).unwrap();
        assert!(out.len() <= 3 * document.len(), "{character}");
    }
}

/// Unlike proptest's own strings these have control characters.
fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..12).prop_map(String::from_iter)
}

fn values() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    scalar.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((text(), inner), 0..6).prop_map(|members| Value::from(Map::from_iter(members))),
        ]
    })
}

/// Text that is JSON often enough to reach deep into the grammar.
fn almost_json() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "[", "]", "{", "}", ",", ":", "\"", "\"a\"", "\"a\":", "\\", "\\u", "\\ud83d", "\\ude00",
        "00e9", "/", "\\n", "0", "1", "-", "+", ".", "e", "E", "true", "false", "null", " ", "\n",
        "é", "😀", "\u{1f}", "\u{7f}", "[]", "{}", "1.5", "[1,", "\u{feff}",
    ];
    vec(proptest::sample::select(PIECES), 0..12).prop_map(|chosen| chosen.concat())
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_not_panic(body in vec(any::<u8>(), 0..256)) {
        let _ = normalize(&body);
    }

    #[test]
    fn means_the_same_value(value in values(), pretty in any::<bool>()) {
        let body = if pretty { format!("{value:#}") } else { value.to_string() };
        let out = rewritten(&body).unwrap();
        prop_assert!(out.is_ascii());
        prop_assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), value);
        prop_assert_eq!(rewritten(&out), Some(out));
    }

    #[test]
    fn a_damaged_document_does_not_panic(
        value in values(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut body = value.to_string().into_bytes();
        let at = at.index(body.len());
        body[at] = byte;
        agrees_with_serde(&body)?;
        body.truncate(at);
        agrees_with_serde(&body)?;
    }

    #[test]
    fn accepts_what_serde_json_accepts(body in almost_json()) {
        agrees_with_serde(body.as_bytes())?;
    }
}

/// `serde_json` also refuses numbers that no `f64` holds, and a rewriter keeps them.
fn agrees_with_serde(body: &[u8]) -> Result<(), TestCaseError> {
    let out = normalize(body);
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => {
            let out = out.ok_or_else(|| TestCaseError::fail("refused"))?;
            prop_assert!(out.is_ascii());
            prop_assert_eq!(serde_json::from_slice::<Value>(&out).unwrap(), value);
            prop_assert_eq!(normalize(&out), Some(out));
        }
        Err(error) if error.to_string().contains("number out of range") => (),
        Err(_) => prop_assert_eq!(out, None),
    }
    Ok(())
}
