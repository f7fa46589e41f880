use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::*;

/// The error of a text that `serde_json` refuses as well.
#[track_caller]
fn error<'de, T: Deserialize<'de>>(json: &'de str) -> ReadError {
    assert!(serde_json::from_str::<T>(json).is_err(), "{json}");
    match Node::read(json, 0, &[], T::deserialize) {
        Ok(_) => panic!("{json} is read"),
        Err(error) => error,
    }
}

#[track_caller]
fn read<'de, T: Deserialize<'de>>(json: &'de str) -> T {
    Node::read(json, 0, &[], T::deserialize).unwrap()
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "`Debug` reads it")]
struct Person<'a> {
    #[serde(alias = "number")]
    id: u64,
    #[serde(borrow)]
    name: &'a str,
    age: Option<u8>,
    #[serde(default)]
    shape: Shape,
}

#[derive(Debug, Default, Deserialize)]
enum Shape {
    #[default]
    Point,
    Circle(u8),
    Box(u8, u8),
    Line {
        length: u8,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "`Debug` reads it")]
struct Strict {
    id: u64,
}

#[derive(Debug, Deserialize)]
struct Flat {
    #[serde(flatten)]
    strict: Within,
    age: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Within {
    id: u64,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "`Debug` reads it")]
enum Untagged {
    Number(i64),
    Text(String),
    Person { id: u64 },
}

#[derive(Debug, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase")]
#[expect(dead_code, reason = "`Debug` reads it")]
enum Tagged {
    A { id: u64 },
    B(Within),
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "`Debug` reads it")]
struct Newtype(f64);

/// Reads the bytes of a string, or a list of bytes.
#[derive(Debug)]
struct Bytes(usize);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyBytes;

        impl<'de> Visitor<'de> for AnyBytes {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.len()))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut list: A,
            ) -> Result<Bytes, A::Error> {
                let mut length = 0;
                while list.next_element::<u8>()?.is_some() {
                    length += 1;
                }
                Ok(Bytes(length))
            }
        }

        deserializer.deserialize_byte_buf(AnyBytes)
    }
}

/// Whether `serde_json` has the feature `arbitrary_precision`. An untagged enum refuses
/// floats then.
fn is_arbitrary_precision() -> bool {
    let number: Value = serde_json::from_str("1.00").unwrap();
    number.to_string().len() == 4
}

/// Checks that both readers accept the same texts and read the same values.
#[track_caller]
fn assert_same<'de, T: Deserialize<'de> + Debug>(json: &'de str) {
    let expected = serde_json::from_str::<T>(json).ok();
    let found = Node::read(json, 0, &[], T::deserialize).ok();
    if is_arbitrary_precision() {
        assert!(expected.is_none() || found.is_some(), "{json}");
    } else {
        assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{json}");
    }
}

macro_rules! assert_same {
    ($json:expr; $($type:ty),* $(,)?) => { $(assert_same::<$type>($json);)* };
}

fn scalars() -> impl Strategy<Value = String> {
    select(vec![
        "null",
        "true",
        "false",
        "0",
        "-0",
        "7",
        "-7",
        "255",
        "256",
        "1.5",
        "1.0",
        "1e2",
        "-1e-400",
        "1e400",
        "18446744073709551616",
        "-9223372036854775809",
        "340282366920938463463374607431768211456",
        r#""a""#,
        r#""b""#,
        r#""Point""#,
        r#""Circle""#,
        r#""""#,
        r#""\n""#,
        r#""\u00e9\"""#,
        r#""\ud800""#,
        r#""12""#,
        r#""true""#,
        "[]",
        "{}",
    ])
    .prop_map(str::to_owned)
}

fn keys() -> impl Strategy<Value = &'static str> {
    select(vec![
        "id", "id", "number", "name", "age", "shape", "length", "Circle", "Box", "Line", "Point",
        "7", "-7", "true", "null", "[]", "1.5", "", r"\u0069d", r"\ud800", r#"\""#,
    ])
}

fn documents() -> impl Strategy<Value = String> {
    scalars().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|list| format!("[ {}]", list.join(" ,\n"))),
            vec((keys(), inner), 0..5).prop_map(|members| {
                let members: Vec<_> = members
                    .iter()
                    .map(|(key, value)| format!("\"{key}\" : {value} "))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn the_same_is_read_as_by_serde_json(json in documents()) {
        let json = json.as_str();
        assert_same!(
            json;
            Value, (), bool, u8, i64, u128, i128, f64, Newtype, char, String, &str, Bytes,
            Option<u8>, (u8, Value), [i64; 2], Vec<Value>, Vec<Option<bool>>,
            BTreeMap<String, Value>, BTreeMap<&str, Value>, BTreeMap<i8, Value>,
            BTreeMap<u128, Value>, BTreeMap<bool, Value>, BTreeMap<Option<i64>, Value>,
            Person<'_>, Shape, Strict, Flat, Untagged, Tagged, Result<u8, String>,
            &RawValue, Box<RawValue>, BTreeMap<String, &RawValue>,
            serde::de::IgnoredAny,
        );
    }
}

#[test]
fn examples_of_each_type_are_read() {
    let person: Person<'_> = read(r#"{"number":1,"name":"a","age":null,"more":[1e400]}"#);
    assert_eq!((person.id, person.name, person.age), (1, "a", None));
    assert!(matches!(
        read::<[Shape; 3]>(r#"["Point",{"Point":null},{"Circle":1}]"#),
        [Shape::Point, Shape::Point, Shape::Circle(1)]
    ));
    assert!(matches!(read(r#"{"Box":[1,2]}"#), Shape::Box(1, 2)));
    assert!(matches!(
        read(r#"{"Line":{"length":3}}"#),
        Shape::Line { length: 3 }
    ));
    let flat: Flat = read(r#"{"id":1,"age":2,"a":{}}"#);
    assert_eq!((flat.strict.id, flat.age, flat.rest.len()), (1, 2, 1));
    assert!(matches!(read("-1"), Untagged::Number(-1)));
    assert!(matches!(read(r#"{"name":"b","id":1}"#), Tagged::B(_)));
    assert_eq!(read::<u128>("18446744073709551616"), 1 << 64);
    assert_eq!(read::<BTreeMap<bool, u8>>(r#"{"true":1}"#)[&true], 1);
    assert_eq!(read::<BTreeMap<i16, u8>>(r#"{"-12":1}"#)[&-12], 1);
    assert_eq!(read::<&RawValue>(" [1.00]\n").get(), "[1.00]");
    assert_eq!(read::<Bytes>(r#""\ud800a""#).0, 4);
    let Cow::Borrowed(_) = Node::read(r#""a""#, 0, &[], Node::text).unwrap() else {
        panic!("the text is copied");
    };
}

#[test]
fn errors_say_where_and_why() {
    for (json, offset, text) in [
        ("7", 0, "invalid type: integer, expected struct Person"),
        (" {}", 1, "missing field `id`"),
        (
            r#"{"id":"x"}"#,
            6,
            "`id`: invalid type: string, expected u64",
        ),
        (
            r#"{"number":1.5}"#,
            10,
            "`number`: invalid type: floating point, expected u64",
        ),
        (r#"{"id":1,"number":2}"#, 0, "duplicate field `id`"),
        (r#"{"id":1,"id":2}"#, 0, "duplicate field `id`"),
        (
            r#"{"name":"\n"}"#,
            8,
            "`name`: invalid type: string, expected a borrowed string",
        ),
        (r#"{"name":"\ud800"}"#, 8, "`name`: malformed string"),
        (
            r#"{"age":300}"#,
            7,
            "`age`: invalid value: integer, expected u8",
        ),
        (
            r#"{"shape":"x"}"#,
            9,
            "`shape`: unknown variant, expected one of `Point`, `Circle`, `Box`, `Line`",
        ),
        (
            r#"{"shape":"Circle"}"#,
            9,
            "`shape`: invalid type: unit variant, expected newtype variant",
        ),
        (
            r#"{"shape":{"Circle":[]}}"#,
            19,
            "`shape.Circle`: invalid type: sequence, expected u8",
        ),
        (
            r#"{"shape":{"Box":[1,true]}}"#,
            19,
            "`shape.Box[1]`: invalid type: boolean, expected u8",
        ),
        (
            r#"{"shape":{"Line":{"length":null}}}"#,
            27,
            "`shape.Line.length`: invalid type: null, expected u8",
        ),
        (
            r#"{"shape":{"Point":null,"Circle":1}}"#,
            9,
            "`shape`: invalid value: map, expected a map with one member",
        ),
        (
            "[1,null]",
            3,
            "`[1]`: invalid type: null, expected a borrowed string",
        ),
        (
            r#"[1,"a",null,"Point",5]"#,
            0,
            "invalid length, expected fewer elements",
        ),
    ] {
        let error = error::<Person<'_>>(json);
        assert_eq!(error.to_string(), text, "{json}");
        assert_eq!(error.offset(), offset, "{json}");
    }
    let unknown = error::<Strict>(r#"{"id":1,"lea@example.com":2}"#);
    assert_eq!(unknown.to_string(), "unknown field, expected `id`");
    assert_eq!(unknown.offset(), 8);
}

#[test]
fn a_key_that_is_not_a_field_of_the_type_is_not_shown() {
    let prices = error::<BTreeMap<String, Vec<u8>>>(r#"{"lea@example.com":[1,"x"]}"#);
    assert_eq!(
        prices.to_string(),
        "`*[1]`: invalid type: string, expected u8"
    );
    assert_eq!((prices.offset(), prices.pointer(2)), (22, None));
    let numbered = error::<BTreeMap<u8, u8>>(r#"{"lea@example.com":1}"#);
    assert_eq!(numbered.to_string(), "invalid type: string, expected u8");
    assert_eq!(numbered.offset(), 1);
}

#[test]
fn deep_nesting_is_refused() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert_same::<Value>(&nested(127));
    read::<Value>(&nested(127));
    assert_same::<Value>(&nested(128));
    let endless = nested(100_000);
    let error = error::<Value>(&endless);
    assert_eq!(*error.reason(), Reason::Unreadable("nested too deeply"));
}

#[test]
fn malformed_json_is_refused() {
    for json in ["", "{", "[1,]", "nul", "1 2"] {
        let error = error::<Value>(json);
        assert_eq!(error.to_string(), "malformed JSON", "{json}");
    }
}
