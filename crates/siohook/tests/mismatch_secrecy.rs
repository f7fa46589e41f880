//! A `Mismatch` shows no value of a body, even if the type puts values into its errors.

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fmt::Display;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, Unexpected};
use serde_json::{Map, Value, json};
use siohook::{Delivery, Dispatcher, Mechanism, Outcome, account, automation, on_event, unified};
use support::{SECRET, TOKEN, account, automation, finish, fixtures};

/// A part of every string and key that a test puts into a body.
const WORD: &str = "Zyxwv";
/// A part of every number.
const DIGITS: &str = "918273";

#[on_event("*")]
fn takes_contact(_: unified::Contact) {}

/// Repeats the value in errors that imitate those of `serde_json`.
#[derive(Deserialize)]
#[serde(try_from = "Value")]
#[expect(dead_code, reason = "it is never constructed")]
struct Imitation(u8);

impl TryFrom<Value> for Imitation {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        Err(match text.len() % 4 {
            0 => format!("invalid type: {text}, expected {text} at line {DIGITS} column {DIGITS}"),
            1 => format!("missing field `{text}` at line 1 column {DIGITS}"),
            2 => format!("duplicate field `{text}`"),
            _ => text,
        })
    }
}

/// Puts the value into every kind of error that takes a text.
fn repeats<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let text = Value::deserialize(deserializer)?.to_string();
    Err(match text.len() % 6 {
        0 => D::Error::custom(text),
        1 => D::Error::invalid_value(Unexpected::Str(&text), &"less"),
        2 => D::Error::invalid_type(Unexpected::Other(&text), &"less"),
        3 => D::Error::unknown_field(&text, &["less"]),
        4 => D::Error::unknown_variant(&text, &["less"]),
        _ => D::Error::invalid_length(918_273, &"less"),
    })
}

/// Parses JSON in a string. Its errors have a position of their own.
fn inside<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let text = String::deserialize(deserializer)?;
    serde_json::from_str(&text).map_err(D::Error::custom)
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is never constructed")]
struct Repeater {
    #[serde(deserialize_with = "repeats", alias = "tag", alias = "customer")]
    contact: u8,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is never constructed")]
struct Insider {
    #[serde(deserialize_with = "inside", alias = "tag", alias = "customer")]
    contact: u8,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is never constructed")]
enum Choice {
    A,
    B(u8),
    C { id: u8 },
}

#[derive(Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is never constructed")]
enum Untagged {
    A { contact: u8 },
    B(Vec<u8>),
}

#[derive(Deserialize)]
#[serde(tag = "type")]
#[expect(dead_code, reason = "it is never constructed")]
enum Tagged {
    A { contact: u8 },
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is never constructed")]
struct Flat {
    #[serde(flatten)]
    members: BTreeMap<String, Choice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is never constructed")]
struct Strict {
    contact: Option<BTreeMap<String, u8>>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is never constructed")]
struct Numbered {
    contact: BTreeMap<u64, u64>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is never constructed")]
struct Mixed(Option<Imitation>, BTreeMap<String, Imitation>);

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    A,
}

/// Fails if a text holds a part of a marked body.
fn assert_silent(text: &(impl Display + ?Sized)) {
    let text = text.to_string();
    assert!(!text.contains(WORD) && !text.contains(DIGITS), "{text}");
}

fn assert_silent_as<T: DeserializeOwned>(delivery: &Delivery) -> bool {
    let Err(mismatch) = delivery.data::<T>() else {
        return false;
    };
    assert_silent(&mismatch);
    assert_silent(&format!("{mismatch:?}"));
    true
}

macro_rules! assert_silent_as_payloads {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*) => {
        fn assert_silent_as_payloads(delivery: &Delivery) -> bool {
            [$(assert_silent_as::<$mechanism::$payload>(delivery)),*].contains(&true)
        }
    };
}
siohook::__for_each_event!(assert_silent_as_payloads);

macro_rules! assert_silent_as_all {
    ($delivery:expr; $($type:ty),* $(,)?) => {
        [$(assert_silent_as::<$type>($delivery)),*]
    };
}

fn dispatcher() -> Dispatcher {
    let builder = Dispatcher::builder().account_secret("main", SECRET);
    builder.automation_token(TOKEN).build().unwrap()
}

/// Reads the body as every type.
fn assert_all_silent(mechanism: Mechanism, body: &Value) {
    let dispatcher = dispatcher();
    let incoming = match mechanism {
        Mechanism::Automation => {
            automation(json!({"type": "a.new.event", "data": body}).to_string())
        }
        _ => account("A_NEW_EVENT", body.to_string()),
    };
    let Ok(delivery) = dispatcher.verify(incoming) else {
        panic!("{body} is not accepted");
    };
    let of_payloads = assert_silent_as_payloads(&delivery);
    let refusals = assert_silent_as_all!(
        &delivery;
        Imitation, Repeater, Insider, Choice, Untagged, Tagged, Flat, Strict, Numbered, Mixed,
        unified::TagAdded, unified::OptIn, unified::Sale, Vec<Imitation>,
        BTreeMap<String, Imitation>, BTreeMap<String, BTreeMap<String, Imitation>>,
        BTreeMap<String, Repeater>, BTreeMap<u64, Value>, BTreeMap<Key, Value>,
    );
    assert!(of_payloads && refusals[0]);
    for event in siohook::events() {
        let incoming = match mechanism {
            _ if event.mechanism() != mechanism => continue,
            Mechanism::Automation => {
                automation(json!({"type": event.name(), "data": body}).to_string())
            }
            _ => account(event.name(), body.to_string()),
        };
        if let Ok(delivery) = dispatcher.verify(incoming) {
            for unread in delivery.unread() {
                assert_silent(unread);
                assert_silent(&format!("{unread:?}"));
            }
        }
    }
    let report = finish(dispatcher.dispatch(&delivery));
    for handler in report.handlers() {
        if let Outcome::Mismatch(mismatch) = handler.outcome() {
            assert_silent(mismatch);
            assert_silent(&format!("{mismatch:?}"));
        }
    }
}

fn strings() -> impl Strategy<Value = String> {
    select(vec![
        "{}",
        "{}@example.com",
        "`{}`",
        "\"{}\", expected {}",
        "{}, expected u64 at line 1 column 918273",
        "missing field `{}` at line 918273 column 918273",
        "[{}",
        "[\"{}",
        "\n{}\\",
        "918273{}",
    ])
    .prop_map(|form| form.replace("{}", WORD))
}

fn values() -> impl Strategy<Value = Value> {
    let scalars = prop_oneof![
        4 => strings().prop_map(Value::from),
        1 => select(vec![json!(918_273), json!(-918_273), json!(918_273.5), json!("918273")]),
        1 => select(vec![json!(null), json!(true), json!([]), json!({})]),
    ];
    scalars.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            (strings(), inner.clone()).prop_map(|(key, value)| json!({ key: value })),
            inner.prop_map(|value| json!({"B": value})),
            Just(json!({"C": {"id": WORD}})),
        ]
    })
}

/// Replaces a value somewhere in the body, or adds one next to it.
fn spoil(body: &mut Value, at: Index, beside: bool, key: &str, value: Value) {
    let mut places = 0;
    visit(body, &mut |_| places += 1);
    let mut before = at.index(places);
    let mut value = Some(value);
    visit(body, &mut |place| {
        if before > 0 {
            before -= 1;
        } else if let Some(value) = value.take() {
            match place {
                Value::Object(map) if beside => _ = map.insert(key.to_owned(), value),
                place => *place = value,
            }
        }
    });
}

fn visit(value: &mut Value, see: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|it| visit(it, see)),
        Value::Object(map) => map.values_mut().for_each(|it| visit(it, see)),
        _ => {}
    }
    see(value);
}

/// Marks all strings and numbers of a fixture.
fn mark(value: &mut Value) {
    visit(value, &mut |value| match value {
        Value::String(text) => *text = format!("{WORD}{text}"),
        Value::Number(_) => *value = json!(918_273_000),
        _ => {}
    });
}

/// The payloads of all fixtures, marked.
fn payloads() -> Vec<Value> {
    let payloads = fixtures().into_iter().map(|fixture| {
        let mut body: Value = serde_json::from_slice(&fixture.body).unwrap();
        let mut payload = match fixture.mechanism {
            Mechanism::Automation => body["data"].take(),
            _ => body,
        };
        mark(&mut payload);
        payload
    });
    payloads.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_holds_a_part_of_a_payload(
        mechanism in select(vec![Mechanism::Automation, Mechanism::Account]),
        mut payload in select(payloads()),
        changes in prop::collection::vec(
            (any::<Index>(), any::<bool>(), strings(), values()), 0..4,
        ),
    ) {
        for (at, beside, key, value) in changes {
            spoil(&mut payload, at, beside, &key, value);
        }
        // The body of an account webhook is an object.
        if !payload.is_object() {
            payload = Value::Object(Map::from_iter([(WORD.to_owned(), payload)]));
        }
        assert_all_silent(mechanism, &payload);
    }
}

/// Shows that the texts of the test above are not empty.
#[test]
fn the_text_has_the_place_and_the_reason() {
    let text = |data: &str, read: fn(&Delivery) -> Option<siohook::Mismatch>| {
        let body = support::envelope("a.new.event", data);
        let delivery = dispatcher().verify(automation(body)).unwrap();
        read(&delivery).unwrap().to_string()
    };
    assert_eq!(
        text(r#"{"contact":{"Zyxwv":["x"]}}"#, |delivery| {
            delivery.data::<Strict>().err()
        }),
        "not a `mismatch_secrecy::Strict`: `contact.*`: invalid type: sequence, expected u8 \
         (line 1 column 50)"
    );
    assert_eq!(
        text(r#"{"contact":{"id":7},"Zyxwv":1}"#, |delivery| {
            delivery.data::<unified::TagAdded>().err()
        }),
        "not a `siohook_events::unified::TagAdded`: `contact`: missing field `email` \
         (line 1 column 41)"
    );
    assert_eq!(
        text(r#"{"contact":"[1, \"Zyxwv"}"#, |delivery| {
            delivery.data::<Insider>().err()
        }),
        "not a `mismatch_secrecy::Insider`: `contact`: refused by the type (line 1 column 41)"
    );
}
