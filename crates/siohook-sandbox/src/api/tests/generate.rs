//! Requests of any form.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

use super::server::Server;
use crate::api::routes;

const SEGMENTS: [&str; 12] = [
    "contacts", "tags", "school", "courses", "webhooks", "1", "0", "-1", "..", "%FF", "%00", "",
];

/// A body with which most operations succeed, since they ignore the members of the others.
pub(super) const BODY: &str = r#"{
    "email": "new@example.com", "locale": "fr", "fields": [{"slug": "first_name", "value": "A"}],
    "fieldName": "Size", "slug": "size", "name": "New", "tagId": 2, "contactId": 1,
    "accessType": "full_access", "modules": [], "cancel": "WhenBillingPeriodEnds",
    "url": "http://localhost/", "secret": "s", "subscriptions": ["SALE_NEW"], "active": true
}"#;

const TEXTS: [&str; 10] = [
    "",
    "jane@example.com",
    "first_name",
    "VIP",
    "2",
    "-9",
    "partial_access",
    "Now",
    "\u{e9}\u{0}\u{1f600}",
    "FR",
];

const QUERIES: [&str; 14] = [
    "limit",
    "startingAfter",
    "order",
    "query",
    "email",
    "tags",
    "bounced",
    "registeredAfter",
    "active",
    "courseId",
    "course",
    "contact",
    "community",
    "x[]",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2_i64..10).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e300_f64).prop_map(Value::from),
        select(&TEXTS[..]).prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let object = vec((member(), inner.clone()), 0..4).prop_map(Value::from_iter);
        prop_oneof![vec(inner, 0..4).prop_map(Value::Array), object]
    })
}

fn member() -> impl Strategy<Value = String> {
    let good: Map<String, Value> = serde_json::from_str(BODY).unwrap();
    let names: Vec<_> = good.into_iter().map(|(name, _)| name).collect();
    select(names)
}

/// The good body with some other members, or anything.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let object = vec((member(), value()), 0..3).prop_map(|changes| {
        let mut body: Map<String, Value> = serde_json::from_str(BODY).unwrap();
        body.extend(changes);
        Value::Object(body).to_string().into_bytes()
    });
    let json = value().prop_map(|value| value.to_string().into_bytes());
    prop_oneof![8 => object, 1 => json, 1 => vec(any::<u8>(), 0..40)]
}

/// An id of an object of the server, or any segment of a path.
fn id() -> impl Strategy<Value = String> {
    let server = Server::new();
    let webhooks = server.account.lock().unwrap().webhooks.clone();
    let known = [
        server.contact,
        server.tag,
        server.course,
        server.community,
        server.subscription,
    ];
    let known = known.map(|id| id.to_string()).into_iter();
    let known = known
        .chain(webhooks.into_keys())
        .chain(["first_name".to_owned()]);
    let any = select(&SEGMENTS[..]).prop_map(str::to_owned);
    prop_oneof![6 => select(known.collect::<Vec<_>>()), 1 => any]
}

fn target() -> impl Strategy<Value = (&'static str, String)> {
    let methods = select(
        &[
            "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "LIST",
        ][..],
    );
    let parts = vec(select(&SEGMENTS[..]), 0..5);
    let any = parts.prop_map(|parts| format!("/{}", parts.join("/")));
    let other = operation().prop_map(|(_, path)| path);
    prop_oneof![
        8 => operation(),
        2 => (methods, prop_oneof![other, any]),
    ]
}

fn operation() -> impl Strategy<Value = (&'static str, String)> {
    let operations: Vec<_> = routes::operations().collect();
    (select(operations), vec(id(), 2)).prop_map(|((method, path), ids)| {
        let mut ids = ids.iter();
        let segments = path.split('/').map(|one| match one.strip_prefix('{') {
            Some(_) => ids.next().unwrap(),
            None => one,
        });
        (method, segments.collect::<Vec<_>>().join("/"))
    })
}

fn query() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        select(
            &[
                "10",
                "100",
                "9",
                "0",
                "1,2",
                "asc",
                "true",
                "a@b.co",
                "2026-01-01T00:00:00Z",
                "%FF",
                "%",
                ""
            ][..]
        )
        .prop_map(str::to_owned),
        "[ -~&&[^#<>\"`{}|\\\\^ ]]{0,24}",
    ];
    let pairs = vec((select(&QUERIES[..]), value), 0..4);
    pairs.prop_map(|pairs| {
        let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("&")
    })
}

fn header() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let known = select(
        &[
            ("content-type", "application/json"),
            ("content-type", "application/merge-patch+json"),
            ("content-type", "text/html"),
            ("accept", "*/*"),
            ("host", "localhost:7400"),
            ("host", "example.com"),
            ("origin", "http://localhost:7400"),
            ("origin", "https://example.com"),
            ("sec-fetch-site", "cross-site"),
            ("content-length", "99999999"),
        ][..],
    );
    let known = known.prop_map(|(name, value)| (name, value.as_bytes().to_vec()));
    let bytes = vec(prop_oneof![32_u8..127, 128_u8..=255], 0..12);
    let any = (
        select(&["content-type", "host", "origin", "x-api-key", "accept"][..]),
        bytes,
    );
    prop_oneof![3 => known, 1 => any]
}

#[derive(Debug)]
pub(super) struct Sent {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: Vec<(&'static str, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

pub(super) fn sent() -> impl Strategy<Value = Sent> {
    let is_usual = prop::bool::weighted(0.8);
    let parts = (target(), query(), is_usual, vec(header(), 0..3), body());
    parts.prop_map(|((method, path), query, is_usual, mut headers, body)| {
        if is_usual {
            let media_type = match method {
                "PATCH" => "application/merge-patch+json",
                _ => "application/json",
            };
            headers = vec![
                ("x-api-key", b"key".to_vec()),
                ("content-type", media_type.into()),
            ];
        }
        Sent {
            method,
            path,
            query,
            headers,
            body,
        }
    })
}
