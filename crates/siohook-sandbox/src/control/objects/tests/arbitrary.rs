//! Requests of any form get an answer of a documented form.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::account::Account;
use crate::control::objects::COLLECTIONS;
use crate::state::State;
use crate::strict;

/// Good bodies, whose members also make bad ones.
fn bodies() -> Vec<(&'static str, Value)> {
    let step = json!({"type": "decision", "if": {"tag": 1}, "no": [],
                      "yes": [{"type": "delay", "seconds": 5}]});
    vec![
        ("tags", json!({"name": "New"})),
        ("funnels", json!({"name": "New"})),
        ("funnels/2/steps", json!({"name": "New", "type": "squeeze"})),
        ("blogs/4/pages", json!({"name": "New"})),
        (
            "courses",
            json!({"name": "New", "modules": ["One"], "locale": "fr"}),
        ),
        ("bundles", json!({"name": "New", "courses": [6]})),
        ("emails", json!({"subject": "New"})),
        (
            "price-plans",
            json!({"name": "New", "amount": 100, "recurring_options": {"interval": "month"},
                   "resources": [{"type": "tag", "tag": 1}]}),
        ),
        ("webinars", json!({"step": 3, "duration": 60})),
        (
            "contacts",
            json!({"email": "new@example.com", "fields": {"city": "Oslo"}}),
        ),
        ("contact-fields", json!({"slug": "size"})),
        (
            "coupons",
            json!({"code": "C1", "discount": {"type": "percent", "amount": 20}}),
        ),
        (
            "rules",
            json!({"step": 3, "trigger": {"type": "contact.tag.added", "tag": 1},
                   "actions": [{"type": "add_tag", "tag": 1},
                               {"type": "webhook", "url": "http://localhost/"}]}),
        ),
        (
            "workflows",
            json!({"name": "New", "triggers": [{"type": "customer.sale.completed"}], "steps": [step]}),
        ),
        (
            "webhooks",
            json!({"name": "New", "url": "http://localhost/a", "events": ["SALE_NEW"]}),
        ),
        ("keys", json!({"name": "New"})),
        (
            "orders",
            json!({"contact": 13, "price_plans": [11], "step": 3}),
        ),
        ("account", json!({"strict_limits": true})),
    ]
}

const TEXTS: [&str; 8] = [
    "",
    "New",
    "delay",
    "contact.tag.added",
    "C1",
    "fr",
    "http://localhost/",
    "\u{0}\u{1f600}",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2_i64..15).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e300_f64).prop_map(Value::from),
        select(&TEXTS[..]).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let name = prop_oneof![
            select(&["type", "tag", "id", "name", "yes"][..]).prop_map(str::to_owned),
            ".{0,6}"
        ];
        let object = vec((name, inner.clone()), 0..4).prop_map(Value::from_iter);
        prop_oneof![vec(inner, 0..4).prop_map(Value::Array), object]
    })
}

/// A good body with some changes at any depth, or anything.
fn request() -> impl Strategy<Value = (String, String, Vec<u8>)> {
    let methods = select(
        &[
            "POST", "POST", "POST", "PATCH", "PATCH", "GET", "DELETE", "PUT", "HEAD", "X",
        ][..],
    );
    let keys = select(
        &[
            "1",
            "2",
            "3",
            "6",
            "11",
            "13",
            "14",
            "15",
            "C1",
            "first_name",
            "0",
            "x",
            "%FF",
            "",
        ][..],
    );
    let changes = vec((any::<prop::sample::Index>(), value()), 0..3);
    let good = (select(bodies()), methods.clone(), keys.clone(), changes).prop_map(
        |((path, mut body), method, key, changes)| {
            for (index, value) in changes {
                let pointers = pointers(&body);
                let at = index.get(&pointers);
                *body.pointer_mut(at).unwrap() = value;
            }
            let path = if method == "POST" {
                path.to_owned()
            } else {
                format!("{path}/{key}")
            };
            (method.to_owned(), path, body.to_string().into_bytes())
        },
    );
    let names: Vec<_> = COLLECTIONS.iter().map(|(name, _)| *name).collect();
    let segment = prop_oneof![select(names), keys, Just("steps")];
    let body = prop_oneof![
        value().prop_map(|value| value.to_string().into_bytes()),
        vec(any::<u8>(), 0..20)
    ];
    let queries = select(
        &[
            "",
            "",
            "?limit=2",
            "?limit=x",
            "?after=3",
            "?q=e",
            "?x=y",
            "?after=%FF&q",
        ][..],
    );
    let any =
        (methods, vec(segment, 0..5), queries, body).prop_map(|(method, segments, query, body)| {
            (method.to_owned(), segments.join("/") + query, body)
        });
    prop_oneof![3 => good, 1 => any]
}

/// The pointers to all values of a document.
fn pointers(document: &Value) -> Vec<String> {
    let children: Map<String, Value> = match document {
        Value::Object(members) => members.clone(),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items
                .map(|(index, item)| (index.to_string(), item.clone()))
                .collect()
        }
        _ => Map::new(),
    };
    let below = children.iter().flat_map(|(name, child)| {
        let step = strict::step(name);
        pointers(child)
            .into_iter()
            .map(move |rest| format!("{step}{rest}"))
    });
    [String::new()].into_iter().chain(below).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_has_a_documented_form(requests in vec(request(), 1..15)) {
        let mut account = Account::full();
        for (method, path, body) in requests {
            let before = account.state.clone();
            match account.answer(&method, &path, &body) {
                Ok(reply) => {
                    let status = reply.status.as_u16();
                    prop_assert!([200, 201, 204].contains(&status));
                    prop_assert_eq!(reply.body.is_none(), status == 204);
                    for message in reply.outgoing {
                        let json = serde_json::from_slice::<Value>(message.sample.body());
                        prop_assert!(json.is_ok());
                    }
                }
                Err(fault) => {
                    prop_assert_eq!(&account.state, &before);
                    prop_assert!([400, 404, 405, 422].contains(&fault.status.as_u16()));
                    prop_assert_eq!(fault.allow.is_some(), fault.status == 405);
                    prop_assert!(fault.at.is_none() || fault.status == 422);
                    prop_assert!(!fault.error.is_empty() && fault.error.len() < 4000);
                }
            }
        }
        let text = serde_json::to_string(&account.state).unwrap();
        prop_assert_eq!(&serde_json::from_str::<State>(&text).unwrap(), &account.state);
        let document = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(strict::read::<State>(&document).unwrap(), account.state);
    }
}
