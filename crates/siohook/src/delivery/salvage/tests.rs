use std::fmt::Debug;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use siohook_events::{account, automation, events};
use siohook_sender::Sample;

use super::*;

/// Salvages a body with changed members, and checks that nothing else was left out.
#[track_caller]
fn assert_salvaged<P>(root: &Value, changed: &[String])
where
    P: DeserializeOwned + PartialEq + Debug,
{
    let json = root.to_string();
    let strict = serde_json::from_str::<P>(&json);
    match (salvage::<P>(&json, 0), strict) {
        (Ok((salvaged, left_out)), Ok(payload)) => {
            assert!(left_out.is_empty(), "{json}");
            assert_eq!(salvaged, payload);
        }
        (Ok((salvaged, left_out)), Err(_)) => {
            assert!((1..=MOST).contains(&left_out.len()), "{json}");
            let pointers: Vec<_> = left_out.iter().map(LeftOut::pointer).collect();
            // The payload equals that of the body without the left-out members.
            let rest = without(root, &pointers);
            assert_eq!(
                salvaged,
                serde_json::from_str(&rest.to_string()).unwrap(),
                "{pointers:?}"
            );
            // Each left-out member is inside a changed one or around it.
            for pointer in &pointers {
                let holds =
                    |one: &str, other: &str| format!("{other}/").starts_with(&format!("{one}/"));
                let is_odd = |at: &String| holds(at, pointer) || holds(pointer, at);
                assert!(changed.iter().any(is_odd), "{pointer} {changed:?}");
            }
        }
        (Err(_), Ok(_)) => panic!("{json} can be read"),
        (Err(_), Err(_)) => {
            // Every member around the only change is required.
            if let [at] = changed {
                for (end, _) in at.match_indices('/').chain([(at.len(), "")]) {
                    if end > 0 {
                        let rest = without(root, &[at[..end].to_owned()]).to_string();
                        assert!(serde_json::from_str::<P>(&rest).is_err(), "{at}: {json}");
                    }
                }
            }
        }
    }
}

/// The body without these members. The pointers have to be in the order of the body.
fn without(root: &Value, pointers: &[String]) -> Value {
    let mut rest = root.clone();
    for pointer in pointers.iter().rev() {
        let (holder, key) = pointer.rsplit_once('/').unwrap();
        match rest.pointer_mut(holder).unwrap() {
            Value::Object(map) => assert!(map.remove(key).is_some(), "{pointer}"),
            Value::Array(list) => _ = list.remove(key.parse().unwrap()),
            _ => panic!("nothing is at {pointer}"),
        }
    }
    rest
}

macro_rules! payloads {
    ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*) => {
        fn assert_salvaged_as(event: &str, root: &Value, changed: &[String]) {
            match event {
                $($name => assert_salvaged::<$mechanism::$payload>(root, changed),)*
                _ => panic!("{event} is not in the catalogue"),
            }
        }
    };
}
siohook_events::__for_each_event!(payloads);

/// The event and the payload of each sample.
static PAYLOADS: LazyLock<Vec<(&'static str, Value)>> = LazyLock::new(payloads);

fn payloads() -> Vec<(&'static str, Value)> {
    let forms = events()
        .iter()
        .flat_map(|event| event.variants().map(move |variant| (event, variant)));
    forms
        .map(|(event, variant)| {
            let sample = Sample::variant(event.name(), variant);
            let body: Value = serde_json::from_slice(sample.body()).unwrap();
            let root = match event.mechanism() {
                siohook_events::Mechanism::Automation => body["data"].clone(),
                _ => body,
            };
            (event.name(), root)
        })
        .collect()
}

fn pointers_in(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut inside = |key: &str, value| {
        let at = format!("{at}/{key}");
        found.push(at.clone());
        pointers_in(value, &at, found);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| inside(key, value)),
        Value::Array(list) => (0..)
            .zip(list)
            .for_each(|(index, value): (usize, _)| inside(&index.to_string(), value)),
        _ => {}
    }
}

fn odd_values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-7),
        json!(1129.5),
        json!(""),
        json!("17.00"),
        json!("x"),
        json!([]),
        json!([7, {}]),
        json!({}),
        json!({"id": "x"}),
        json!({"id": 7, "email": "lea@example.com"}),
        json!([{"id": "x"}, {"slug": 7}, {"tag": {"id": 1, "name": 5}}]),
        Value::Array(vec![json!({"id": "x"}); 20]),
    ]
}

/// Changes each member of each body once.
#[test]
fn one_odd_member_is_left_out_or_required() {
    for (event, root) in &*PAYLOADS {
        let mut pointers = vec![];
        pointers_in(root, "", &mut pointers);
        for pointer in pointers {
            for value in odd_values() {
                let mut odd = root.clone();
                *odd.pointer_mut(&pointer).unwrap() = value;
                assert_salvaged_as(event, &odd, std::slice::from_ref(&pointer));
            }
        }
    }
}

proptest! {
    #[test]
    fn many_odd_members_are_left_out_or_required(
        at in any::<Index>(),
        changes in proptest::collection::vec((any::<Index>(), select(odd_values())), 1..24),
    ) {
        let (event, mut root) = at.get(&PAYLOADS).clone();
        let mut changed = vec![];
        for (at, value) in changes {
            let mut pointers = vec![];
            pointers_in(&root, "", &mut pointers);
            if !pointers.is_empty() {
                let pointer = at.get(&pointers).clone();
                *root.pointer_mut(&pointer).unwrap() = value;
                changed.push(pointer);
            }
        }
        assert_salvaged_as(event, &root, &changed);
    }
}

#[test]
fn members_are_named_in_the_order_of_the_body() {
    let json = r#"{"contact":{"bounced":"x","locale":5,"id":1,"tags":[5,{"id":1},6],
        "email":"lea@example.com","registeredAt":7,"fields":9}}"#;
    let (event, left_out) = salvage::<account::ContactOptIn>(json, 100).unwrap();
    let left_out: Vec<_> = left_out.iter().map(LeftOut::pointer).collect();
    assert_eq!(
        left_out,
        [
            "/contact/bounced",
            "/contact/locale",
            "/contact/tags/0",
            "/contact/tags/2",
            "/contact/fields",
        ]
    );
    assert_eq!(event.contact.tags.len(), 1);
}

#[test]
fn an_unreadable_value_of_an_unknown_key_takes_the_object_around_it() {
    // A lone surrogate is not valid text.
    let json = r#"{"contact":{"id":1,"email":"lea@example.com",
        "fields":{"lea":"\ud800","first_name":"Lea"}}}"#;
    let (_, left_out) = salvage::<account::ContactOptIn>(json, 0).unwrap();
    assert_eq!(left_out[0].pointer(), "/contact/fields");
    assert_eq!(left_out[0].reason(), "`*`: malformed string");
}

#[test]
fn an_unreadable_required_member_is_the_error() {
    for (json, text) in [
        (
            r#"{"contact":{"locale":5,"id":"x","email":"lea@example.com"}}"#,
            "`contact.id`: invalid value: string, expected a number",
        ),
        (
            r#"{"contact":{"locale":5,"id":1}}"#,
            "`contact`: missing field `email`",
        ),
        (
            r#"{"contact":{"contact":{"id":"x","email":"lea@example.com"}}}"#,
            "`contact.contact.id`: invalid value: string, expected a number",
        ),
        (
            r#"{"contact":{"id":1,"id":1,"email":"lea@example.com"}}"#,
            "`contact`: duplicate field `id`",
        ),
        (
            r#"{"contact":5}"#,
            "`contact`: invalid type: integer, expected a contact",
        ),
        (r#"{"locale":5}"#, "missing field `contact`"),
        (
            r#"{"contact":{"locale":5,"id":1,"email":"lea@example.com"},"tag":["#,
            "malformed JSON",
        ),
        (
            r#"[{"locale":5,"id":1,"email":"lea@example.com"}]"#,
            "invalid type: sequence, expected struct ContactOptIn",
        ),
    ] {
        match salvage::<account::ContactOptIn>(json, 0) {
            Ok(_) => panic!("{json} is read"),
            Err(error) => assert_eq!(error.to_string(), text, "{json}"),
        }
    }
}

/// serde reads a list as a struct by position, so leaving out an element would shift the rest.
#[test]
fn elements_of_a_struct_written_as_a_list_are_not_shifted() {
    let sale = |order: &str| {
        let sample = Sample::of("SALE_NEW");
        let mut sale: Value = serde_json::from_slice(sample.body()).unwrap();
        sale["order"] = serde_json::from_str(order).unwrap();
        sale.to_string()
    };
    let list = sale("[1, null, null, null, 5, 6, null]");
    let order = serde_json::from_str::<account::SaleNew>(&list)
        .unwrap()
        .order;
    assert_eq!(order.shipping_fee.map(i64::from), Some(5));
    let odd = sale("[1, null, null, null, 5.5, 6, 7]");
    let Err(error) = salvage::<account::SaleNew>(&odd, 0) else {
        panic!("the list is read as a struct");
    };
    assert_eq!(
        error.to_string(),
        "`order`: invalid type: sequence, expected struct Order"
    );
}

/// Beyond sixteen, a whole list goes to make room for a member outside of it.
#[test]
fn a_list_is_left_out_as_a_whole_to_make_room() {
    let tags = vec![json!(5); 16];
    let contact = json!({"id": 1, "email": "a", "tags": tags, "zz": 1, "bounced": "x"});
    let json = json!({ "contact": contact }).to_string();
    let (_, left_out) = salvage::<account::ContactOptIn>(&json, 0).unwrap();
    let left_out: Vec<_> = left_out.iter().map(LeftOut::pointer).collect();
    assert!(left_out.contains(&"/contact/bounced".to_owned()));
}
