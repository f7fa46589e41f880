//! Records and bodies that don't fit.

use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};
use siohook::{Mechanism, Record, RestoreError};

use super::{answers, built, dispatched};
use crate::support::{TAG_ADDED, account, automation, builder, fixtures};

fn read(record: &Value) -> Result<Record, String> {
    serde_json::from_value(record.clone()).map_err(|error| error.to_string())
}

#[test]
fn a_record_of_an_unknown_version_is_kept_and_not_restored() {
    let (dispatcher, _) = built(builder());
    let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
    let newer = json!({"version": 2, "trust": ["anything"], "event": 7});
    let mut same = serde_json::to_value(delivery.to_record()).unwrap();
    same["version"] = json!(u64::MAX);
    for (json, version) in [(newer, 2), (same, u64::MAX)] {
        let record = read(&json).unwrap();
        assert_eq!(serde_json::to_value(&record).unwrap(), json);
        assert!(format!("{record:?}").contains(&version.to_string()));
        let error = dispatcher.restore(record, TAG_ADDED.into()).unwrap_err();
        assert_eq!(error, RestoreError::UnknownVersion(version));
        let text = error.to_string();
        assert!(text.contains(&format!("version {version}")), "{text}");
    }
}

#[test]
fn what_is_not_a_record_is_not_read() {
    let (dispatcher, _) = built(builder());
    let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
    let record = serde_json::to_value(delivery.to_record()).unwrap();
    for (member, value, text) in [
        ("version", json!(null), "`version`"),
        ("version", json!("1"), "`version`"),
        ("version", json!(1.5), "`version`"),
        ("version", json!(-1), "`version`"),
        ("mechanism", json!("unknown"), "unknown variant"),
        ("mechanism", json!(null), "expected"),
        ("event", json!(null), "invalid type"),
        ("trust", json!("signed"), "expected"),
        ("trust", json!("trusted"), "unknown variant"),
        ("occurred_at", json!("yesterday"), "not a time"),
        ("schema_version", json!(-1), "invalid value"),
        ("digest_as_signed", json!([1, 2]), "invalid length"),
    ] {
        let mut record = record.clone();
        record[member] = value;
        let error = read(&record).unwrap_err();
        assert!(error.contains(text), "{member}: {error}");
    }
    for member in ["version", "mechanism", "event", "trust"] {
        let mut record = record.clone();
        record.as_object_mut().unwrap().remove(member);
        let error = read(&record).unwrap_err();
        assert!(error.contains(member), "{member}: {error}");
    }
    for other in [json!(null), json!([1]), json!("{}"), json!(1)] {
        assert!(read(&other).is_err(), "{other}");
    }
}

/// A version of siohook that adds a member can run beside this one.
#[test]
fn unknown_members_are_ignored() {
    let (dispatcher, _) = built(builder());
    let delivery = dispatcher.verify(automation(TAG_ADDED)).unwrap();
    let mut record = serde_json::to_value(delivery.to_record()).unwrap();
    record["new"] = json!({"a": [1]});
    let restored = dispatcher.restore(read(&record).unwrap(), TAG_ADDED.into());
    assert_eq!(answers(&restored.unwrap()), answers(&delivery));
}

#[test]
fn the_body_of_another_event_is_refused() {
    let (dispatcher, _) = built(builder());
    for one in fixtures() {
        let delivery = dispatcher.verify(one.incoming()).unwrap();
        for other in fixtures() {
            let body = Bytes::from(other.body.clone());
            let restored = dispatcher.restore(delivery.to_record(), body);
            // The body of an account webhook does not name its event.
            let fits = match one.mechanism {
                Mechanism::Automation => one.event == other.event,
                _ => dispatcher.verify(account(&one.event, &other.body)).is_ok(),
            };
            assert_eq!(restored.is_ok(), fits, "{} {}", one.file, other.file);
        }
    }
}

#[test]
fn a_body_that_is_not_a_delivery_is_refused() {
    let (dispatcher, _) = built(builder());
    for fixture in fixtures() {
        let delivery = dispatcher.verify(fixture.incoming()).unwrap();
        let cut = &fixture.body[..fixture.body.len() - 1];
        let bodies = [cut, b"", b"null", b"[]", b"\xff", b"{}", b"{\"type\":\"\"}"];
        for body in bodies {
            let body = Bytes::copy_from_slice(body);
            let error = dispatcher.restore(delivery.to_record(), body).unwrap_err();
            let text = error.to_string();
            let start = "the body does not fit its record: ";
            assert!(text.starts_with(start), "{text}");
            assert!(matches!(error, RestoreError::Body(_)));
        }
    }
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        select(vec![
            json!(null),
            json!(0),
            json!(2),
            json!("account"),
            json!("automation"),
            json!("SALE_NEW"),
            json!("contact.page.visited"),
            json!("unverified"),
            json!({"token": {"label": "x"}}),
            json!({"signed": {"secret": ""}}),
            json!("2026-09-28T07:41:13+00:00"),
            json!(vec![7; 32]),
        ]),
        ".{0,40}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
    ]
}

proptest! {
    #[test]
    fn a_record_that_was_edited_causes_no_panic(
        one in any::<Index>(),
        other in any::<Index>(),
        edits in proptest::collection::vec(
            (select(vec![
                "version", "mechanism", "event", "message_id", "attempt_id", "occurred_at",
                "schema_version", "query", "trust", "digest_as_signed", "sender_trace",
            ]), values()),
            1..4,
        ),
    ) {
        let (dispatcher, seen) = built(builder());
        let fixtures = fixtures();
        let incoming = one.get(&fixtures).incoming().header("x-webhook-message-id", "m-1");
        let delivery = dispatcher.verify(incoming).unwrap();
        let mut record = serde_json::to_value(delivery.to_record()).unwrap();
        for (member, value) in edits {
            record[member] = value;
        }
        let Ok(record) = read(&record) else {
            return Ok(());
        };
        let _ = format!("{record:?}");
        for body in [delivery.body().clone(), other.get(&fixtures).body.clone().into()] {
            match dispatcher.restore(record.clone(), body) {
                Ok(restored) => {
                    answers(&restored);
                    dispatched(&dispatcher, &seen, &restored);
                }
                Err(error) => {
                    let text = format!("{error} {error:?}");
                    prop_assert!(!text.contains("example.com"), "{}", text);
                }
            }
        }
    }
}
