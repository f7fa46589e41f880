//! What holds for every member of every published body.
#![cfg(feature = "serde")]

mod support;

use serde_json::{Value, json};
use support::{Fixture, typed_fixtures};

#[test]
fn null_and_absent_are_alike() {
    for fixture in typed_fixtures() {
        for (object, key) in members(&fixture) {
            let absent = fixture.read_with(|body| _ = object_at(body, &object).remove(&key));
            let null = fixture.read_with(|body| object_at(body, &object)[&key] = Value::Null);
            assert_eq!(null.ok(), absent.ok(), "{} {object}/{key}", fixture.file);
        }
    }
}

#[test]
fn what_an_event_is_about_is_required_and_all_else_is_not() {
    const ANYWHERE: [&str; 8] = [
        "id",
        "email",
        "contact",
        "contact_id",
        "contactId",
        "amount",
        "currency",
        "slug",
    ];
    const ON_TOP: [&str; 3] = ["order", "offer_price_plan", "pricePlan"];
    for fixture in typed_fixtures() {
        for (object, key) in members(&fixture) {
            let absent = fixture.read_with(|body| _ = object_at(body, &object).remove(&key));
            let name = key.as_str();
            // What was cancelled has parts that may be missing.
            let is_canceled = fixture.event.name() == "SALE_CANCELED" && name != "customer";
            let is_required = ANYWHERE.contains(&name)
                || object == fixture.root()
                    && !is_canceled
                    && (ON_TOP.contains(&name) || fixture.event.members().contains(&name));
            assert_eq!(
                absent.is_err(),
                is_required,
                "{} {object}/{key}: {absent:?}",
                fixture.file
            );
        }
    }
}

#[test]
fn unknown_keys_are_ignored_at_every_level() {
    for fixture in typed_fixtures() {
        for (object, _) in nodes(&fixture, Value::is_object) {
            // There, every key is the slug of a field.
            if object.ends_with("/fields") {
                continue;
            }
            let mut body = fixture.body();
            let stranger = json!({"id": null, "email": [0.5], "contact": {"tag": "x"}});
            object_at(&mut body, &object).insert("zz_stranger".to_owned(), stranger);
            for order in [Order::Forwards, Order::Backwards] {
                assert_eq!(
                    fixture.read(&write(&body, order)).ok(),
                    Some(fixture.payload()),
                    "{} {object} {order:?}",
                    fixture.file
                );
            }
        }
    }
}

#[test]
fn the_order_of_keys_means_nothing() {
    for fixture in typed_fixtures() {
        for order in [Order::Forwards, Order::Backwards] {
            assert_eq!(
                fixture.read(&write(&fixture.body(), order)).ok(),
                Some(fixture.payload()),
                "{} {order:?}",
                fixture.file
            );
        }
    }
}

#[test]
fn numbers_may_come_in_strings() {
    for fixture in typed_fixtures() {
        for (at, number) in nodes(&fixture, Value::is_number) {
            let text = json!(number.to_string());
            let read = fixture.read_with(|body| *body.pointer_mut(&at).unwrap() = text);
            assert_eq!(read.ok(), Some(fixture.payload()), "{} {at}", fixture.file);
        }
    }
}

#[test]
fn ids_and_money_may_come_as_floats() {
    /// Numbers whose unit or range is unpublished are kept as they came.
    const AS_THEY_CAME: [&str; 6] = [
        "discountAmount",
        "limitOfUse",
        "vat",
        "intervalCount",
        "trialPeriod",
        "limitOfPayments",
    ];
    for fixture in typed_fixtures() {
        for (at, number) in nodes(&fixture, Value::is_number) {
            if AS_THEY_CAME.iter().any(|key| at.ends_with(key)) {
                continue;
            }
            let float = json!(number.as_f64());
            let read = fixture.read_with(|body| *body.pointer_mut(&at).unwrap() = float);
            assert_eq!(read.ok(), Some(fixture.payload()), "{} {at}", fixture.file);
        }
    }
}

/// The pointer of each object in the payload, once with each of its keys.
fn members(fixture: &Fixture) -> Vec<(String, String)> {
    let objects = nodes(fixture, Value::is_object);
    objects
        .iter()
        .flat_map(|(at, object)| {
            let keys = object.as_object().unwrap().keys();
            keys.map(|key| (at.clone(), key.clone()))
        })
        .collect()
}

/// The values in the payload that are of a kind, each with its pointer in the body.
fn nodes(fixture: &Fixture, kind: fn(&Value) -> bool) -> Vec<(String, Value)> {
    fn walk(at: String, value: &Value, found: &mut Vec<(String, Value)>) {
        match value {
            Value::Object(map) => map
                .iter()
                .for_each(|(key, value)| walk(format!("{at}/{key}"), value, found)),
            Value::Array(list) => list
                .iter()
                .enumerate()
                .for_each(|(index, value)| walk(format!("{at}/{index}"), value, found)),
            _ => {}
        }
        found.push((at, value.clone()));
    }
    let mut found = vec![];
    let root = fixture.root();
    walk(
        root.to_owned(),
        fixture.body().pointer(root).unwrap(),
        &mut found,
    );
    found.retain(|(_, value)| kind(value));
    assert!(!found.is_empty(), "{}", fixture.file);
    found
}

fn object_at<'a>(body: &'a mut Value, pointer: &str) -> &'a mut serde_json::Map<String, Value> {
    body.pointer_mut(pointer).unwrap().as_object_mut().unwrap()
}

#[derive(Clone, Copy, Debug)]
enum Order {
    Forwards,
    Backwards,
}

/// Writes JSON with the keys of every object in this order. A [`Value`] can't
/// hold them backwards, because it sorts them.
fn write(value: &Value, order: Order) -> String {
    match value {
        Value::Object(map) => {
            let mut members: Vec<_> = map
                .iter()
                .map(|(key, value)| format!("{}:{}", json!(key), write(value, order)))
                .collect();
            if let Order::Backwards = order {
                members.reverse();
            }
            format!("{{{}}}", members.join(","))
        }
        Value::Array(list) => {
            let items: Vec<_> = list.iter().map(|item| write(item, order)).collect();
            format!("[{}]", items.join(","))
        }
        _ => value.to_string(),
    }
}
