//! Compares `php_json` with `serde_json`.

#![no_main]

use std::fmt;

use libfuzzer_sys::fuzz_target;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use siohook_events::php_json::{normalize, restore_vat};

const MAX_DEPTH: usize = 128;

fuzz_target!(|body: &[u8]| {
    let expected = str::from_utf8(body)
        .ok()
        .and_then(|text| serde_json::from_str(text).ok())
        .filter(|json: &&RawValue| depth(json.get()) <= MAX_DEPTH)
        .and_then(Json::of);
    let Some(written) = normalize(body) else {
        assert!(expected.is_none(), "JSON was refused");
        return;
    };
    assert!(expected.is_some(), "a body that is not JSON was accepted");
    assert!(written.is_ascii());
    assert!(written.len() <= 3 * body.len());
    assert_eq!(normalize(&written).as_ref(), Some(&written));
    assert_eq!(
        serde_json::from_slice(&written).ok().and_then(Json::of),
        expected
    );
    if let Some(restored) = restore_vat(&written) {
        assert_eq!(restored.len(), written.len() + ".0".len());
        assert_eq!(normalize(&restored).as_ref(), Some(&restored));
        assert_eq!(restore_vat(&restored), None);
    }
});

/// The meaning of a document. Numbers are compared as text: different numbers may be
/// the same float, and some do not fit into one.
#[derive(Debug, PartialEq)]
enum Json {
    Literal(String),
    Text(String),
    List(Vec<Json>),
    /// Members in order, including repeated keys.
    Map(Vec<(String, Json)>),
}

impl Json {
    /// Returns `None` if a string holds half of a surrogate pair: `serde_json`
    /// accepts it until the string is parsed.
    fn of(json: &RawValue) -> Option<Self> {
        let text = json.get();
        Some(match text.as_bytes()[0] {
            b'"' => Self::Text(serde_json::from_str(text).ok()?),
            b'[' => {
                let list: Vec<&RawValue> = serde_json::from_str(text).ok()?;
                Self::List(list.into_iter().map(Self::of).collect::<Option<_>>()?)
            }
            b'{' => {
                let Entries(entries) = serde_json::from_str(text).ok()?;
                let entry = |(key, value): (_, &RawValue)| Some((key, Self::of(value)?));
                Self::Map(entries.into_iter().map(entry).collect::<Option<_>>()?)
            }
            _ => Self::Literal(text.to_owned()),
        })
    }
}

struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = vec![];
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// The depth to which arrays and objects nest in a well-formed document.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest, mut in_string) = (0, 0, false);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}
