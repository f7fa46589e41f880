//! A restored delivery is like the first one.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use siohook::{Incoming, Trust};
use siohook_sender::Sample;

use super::{assert_survives, built, restored};
use crate::support::leaks::{forbidden, leak};
use crate::support::{
    SECRET, TAG_ADDED, TOKEN, account, automation, builder, envelope, fixtures, odd, sign,
};

const TRACE: &str = "771a43a4192642f0b136d5159a501700";

fn incoming(sample: &Sample) -> Incoming {
    Incoming::post(sample.body().clone())
        .query(sample.query())
        .headers(sample.headers())
}

#[test]
fn every_sample_survives() {
    let (dispatcher, seen) = built(builder());
    for sample in Sample::all() {
        let delivery = dispatcher.verify(incoming(&sample)).unwrap();
        assert_survives(&dispatcher, &seen, &delivery);
        // The handler of the payload and that of `*` ran.
        let report = crate::support::finish(dispatcher.dispatch(&restored(&dispatcher, &delivery)));
        assert_eq!(report.reply().status(), 200, "{sample}");
        assert_eq!(seen.lock().unwrap().drain(..).count(), 2, "{sample}");
    }
}

#[test]
fn an_odd_body_survives() {
    let (dispatcher, seen) = built(builder().accept_reserialized_bodies());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/odd");
    let mut verified = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        let body = odd(&file);
        let event = file.split('.').next().unwrap();
        let incoming = match &*file {
            "SALE_NEW.rewritten_by_javascript.json" => Incoming::post(body)
                .header("X-Webhook-Event", event)
                .header(
                    "X-Webhook-Signature",
                    sign(SECRET, odd("SALE_NEW.as_signed_before_rewriting.json")),
                ),
            _ if event.contains('_') => account(event, body),
            _ => automation(body),
        };
        if let Ok(delivery) = dispatcher.verify(incoming) {
            verified += 1;
            assert_survives(&dispatcher, &seen, &delivery);
        }
    }
    assert!(verified > 12, "{verified}");
}

#[test]
fn every_trust_survives() {
    let (dispatcher, seen) = built(
        builder()
            .automation_token_as("gold", "g1")
            .accept_unverified(),
    );
    let (by_address, _) = built(
        siohook::Dispatcher::builder().source_ips(siohook::IpAllowList::new(["203.0.113.7"])),
    );
    let peer = [203, 0, 113, 7].into();
    let of_address = by_address.verify(Incoming::post(TAG_ADDED).peer(peer));
    let verify = |incoming| dispatcher.verify(incoming).unwrap();
    let contact = r#"{"contact":{"id":1,"email":"lea@example.com"}}"#;
    for (delivery, trust) in [
        (
            verify(account("CONTACT_CREATED", contact)),
            Trust::Signed { secret: "main" },
        ),
        (verify(automation(TAG_ADDED)), Trust::Token { label: None }),
        (
            verify(Incoming::post(TAG_ADDED).query("token=g1")),
            Trust::Token {
                label: Some("gold"),
            },
        ),
        (of_address.unwrap(), Trust::SourceIp),
        (verify(Incoming::post(TAG_ADDED)), Trust::Unverified),
        (
            verify(Incoming::post(contact).header("x-webhook-event", "CONTACT_CREATED")),
            Trust::Unverified,
        ),
    ] {
        assert_survives(&dispatcher, &seen, &delivery);
        assert_eq!(restored(&dispatcher, &delivery).trust(), trust);
    }
}

/// A record may be read by a program that no longer has the secret.
#[test]
fn a_restored_delivery_is_not_verified_again() {
    let (dispatcher, _) = built(builder());
    let (other, seen) = built(siohook::Dispatcher::builder().account_secret("next", "another"));
    for fixture in fixtures() {
        let delivery = dispatcher.verify(fixture.incoming()).unwrap();
        assert_survives(&other, &seen, &delivery);
    }
}

#[test]
fn a_record_has_no_secret_and_no_value_of_the_body() {
    let (dispatcher, _) = built(builder().accept_unverified());
    for fixture in fixtures() {
        let query = format!("tier=gold&token={TOKEN}&tok%65n={TOKEN}&%74%6f%6b%65%6e={TOKEN}");
        let signature = sign(SECRET, &fixture.body);
        for incoming in [
            fixture.incoming().query(&query),
            Incoming::post(fixture.body.clone())
                .query(&query)
                .header("X-Webhook-Event", &fixture.event)
                .header("X-Webhook-Signature", signature.to_uppercase()),
        ] {
            let Ok(delivery) = dispatcher.verify(incoming) else {
                continue;
            };
            let record = serde_json::to_string(&delivery.to_record()).unwrap();
            let leaked = leak(&forbidden(&fixture.body), &record).cloned();
            assert_eq!(leaked, None, "{record}");
            assert!(record.contains(r#""query":"tier=gold""#), "{record}");
        }
    }
}

/// The layout of version 1: a later version of siohook has to read it.
#[test]
fn a_record_is_written_like_this() {
    let (dispatcher, _) = built(builder().automation_token_as("gold", "g1"));
    let sale = Sample::of("SALE_NEW").with_fixed_ids();
    let traced = incoming(&sale)
        .query("tier=gold")
        .header("sentry-trace", format!("{TRACE}-b0e6f15b45c36b12-1"));
    let delivery = dispatcher.verify(traced).unwrap();
    let mut record = serde_json::to_value(delivery.to_record()).unwrap();
    let trace = record.as_object_mut().unwrap().remove("sender_trace");
    let expected = format!("{TRACE}-b0e6f15b45c36b12");
    assert_eq!(trace, cfg!(feature = "tracing").then_some(expected.into()));
    assert_eq!(
        record,
        serde_json::json!({
            "version": 1,
            "mechanism": "account",
            "event": "SALE_NEW",
            "message_id": "01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01",
            "attempt_id": "01a0e6f0-4f02-7a11-8c44-0d9b6a5e3f77",
            "occurred_at": "2026-09-28T07:41:13+00:00",
            "schema_version": 2,
            "query": "tier=gold",
            "trust": {"signed": {"secret": "main"}},
        })
    );
    for (query, trust) in [
        ("token=g1", r#"{"token":{"label":"gold"}}"#),
        (&format!("token={TOKEN}"), r#"{"token":{"label":null}}"#),
    ] {
        let tag = Incoming::post(TAG_ADDED).query(query);
        let delivery = dispatcher.verify(tag).unwrap();
        assert_eq!(
            serde_json::to_string(&delivery.to_record()).unwrap(),
            format!(
                r#"{{"version":1,"mechanism":"automation","event":"contact.tag.added","trust":{trust}}}"#
            )
        );
    }
}

fn headers() -> impl Strategy<Value = (String, Vec<u8>)> {
    let name = select(vec![
        "x-webhook-event",
        "X-Webhook-Signature",
        "x-webhook-message-id",
        "x-webhook-delivery-attempt-id",
        "X-Webhook-Event-Timestamp",
        "x-webhook-schema-version",
        "sentry-trace",
        "baggage",
    ]);
    let value = prop_oneof![
        Just("SALE_NEW".to_owned()),
        Just("CONTACT_CREATED".to_owned()),
        " ?[a-z0-9-]{0,40} ?",
        "[+]?[0-9]{0,11}",
        "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?[+-]0[0-9]:00",
        "[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        "[0-9a-f]{32}-[0-9a-f]{16}(-[01])?",
        "(a=b,)?sentry-trace_id=[0-9a-f]{32}",
        ".{0,30}",
    ];
    let bytes = prop_oneof![
        9 => value.prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..20),
    ];
    (name.prop_map(str::to_owned), bytes)
}

fn bodies() -> impl Strategy<Value = Vec<u8>> {
    let fixed: Vec<_> = fixtures().into_iter().map(|it| it.body).collect();
    prop_oneof![
        4 => select(fixed),
        1 => ("[a-z.A-Z_\u{0}\"\\\\]{0,20}", "(\\{\\}|null|\\[7\\])", option::of("\".{0,30}\"")).prop_map(
            |(name, data, time)| {
                let time = time.unwrap_or_else(|| r#""2026-09-28T07:41:13.25+00:00""#.into());
                let name = serde_json::to_string(&name).unwrap();
                format!(r#"{{"data":{data},"created_at":{time},"type":{name}}}"#).into_bytes()
            }
        ),
        1 => "[A-Z_]{1,9}".prop_map(|name| envelope(&name, "{}").into_bytes()),
    ]
}

fn queries() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(format!("token={TOKEN}")),
        ("&?[ab%=&+é]{0,9}", "(&tier=[a-z%&]{0,9})?")
            .prop_map(|(before, after)| format!("{before}&token={TOKEN}{after}")),
        ".{0,30}",
    ]
}

proptest! {
    #[test]
    fn every_delivery_survives(
        body in bodies(),
        query in queries(),
        headers in vec(headers(), 0..7),
        is_signed in any::<bool>(),
    ) {
        let (dispatcher, seen) = built(builder().accept_unverified());
        let mut incoming = Incoming::post(body.clone()).query(query);
        if is_signed {
            incoming = incoming.header("x-webhook-signature", sign(SECRET, &body));
        }
        if let Ok(delivery) = dispatcher.verify(incoming.headers(headers)) {
            assert_survives(&dispatcher, &seen, &delivery);
        }
    }
}
