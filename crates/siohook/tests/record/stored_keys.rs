//! Keys of deliveries in a table.

use std::collections::HashMap;

use siohook::{Delivery, Incoming};
use siohook_sender::Sample;

use super::{built, restored};
use crate::support::{
    Fixture, SECRET, TAG_ADDED, TOKEN, account, account_fixtures, automation, builder, envelope,
    fixtures, odd, sign, signed_with,
};

const UUID: &str = "01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01";
const CONTACT: &str = r#"{"contact":{"id":1,"email":"lea@example.com"}}"#;

fn verify(incoming: Incoming) -> Delivery {
    let builder = builder().automation_token_as("gold", "g1");
    let builder = builder.automation_token_as("", "e1");
    let (dispatcher, _) = built(builder);
    dispatcher.verify(incoming).unwrap()
}

fn stored(incoming: Incoming) -> [u8; 38] {
    verify(incoming).key().stored()
}

fn millis(key: [u8; 38]) -> u64 {
    key[..6]
        .iter()
        .fold(0, |millis, byte| millis << 8 | u64::from(*byte))
}

fn message(id: &str) -> Incoming {
    account("CONTACT_CREATED", CONTACT).header("X-Webhook-Message-Id", id)
}

/// These values never change: tables hold them.
#[test]
fn stored_keys_are_stable() {
    let at = |query: &str| Incoming::post(TAG_ADDED).query(query);
    for (incoming, expected) in [
        (
            message(UUID),
            "01a0e6f04c1181c52e624876e7aa50b8607b7a977c858719567a67dcd23c1c1400eb14fadedc",
        ),
        (
            account("CONTACT_CREATED", CONTACT),
            "000000000000dea239fce86157b17ee4380a4e9e0c46b3e6e8f207ae2e540c0cf180a53c3cb8",
        ),
        (
            automation(TAG_ADDED),
            "01a0e6f5f1a80bfb75b45c6ce6c619bd93ba6b85a51e3433c08f7d69852d4e937677819b87a1",
        ),
        (
            at("token=g1&tier=gold&a=%20"),
            "01a0e6f5f1a8136e4de9873e401f1607406c835945869750a9009b75f85b8c41693abb94796f",
        ),
        (
            automation(envelope("lecture_completed", "{}")),
            "000000000000711ceb265815547f5a421505dab6ef234942da6c60f742a55e0a94e0b72e5de0",
        ),
    ] {
        let hex: String = stored(incoming)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(hex, expected);
    }
}

#[test]
fn the_time_is_that_of_the_message_or_the_body() {
    for (id, expected) in [
        (UUID, 0x01a0_e6f0_4c11),
        ("01A0E6F0-4C11-7D20-BF3E-5B1C2A7D9E01", 0x01a0_e6f0_4c11),
        ("ffffffff-ffff-7fff-8fff-ffffffffffff", 0xffff_ffff_ffff),
        // Other versions and variants, and what is not a UUID.
        ("01a0e6f0-4c11-4d20-9f3e-5b1c2a7d9e01", 0),
        ("01a0e6f0-4c11-7d20-cf3e-5b1c2a7d9e01", 0),
        ("01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e0", 0),
        ("01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e011", 0),
        ("01a0e6f0-4c117d20-9f3e-5b1c-2a7d9e01a", 0),
        ("+1a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01", 0),
        ("01a0e6f04c117d209f3e5b1c2a7d9e010000", 0),
        ("01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9eé", 0),
        ("------------------------------------", 0),
        ("m-1", 0),
        ("", 0),
    ] {
        // The header with the time is not a part of the key.
        let incoming = message(id).header("X-Webhook-Event-Timestamp", "2026-09-28T07:41:13Z");
        assert_eq!(millis(stored(incoming)), expected, "{id}");
    }
    for (time, expected) in [
        ("1970-01-01T00:00:00+00:00", 0),
        ("2026-09-28T07:41:13+00:00", 1_790_581_273_000),
        ("2026-09-28T09:41:13.25+02:00", 1_790_581_273_250),
        ("9999-12-31T23:59:59.9999Z", 253_402_300_799_999),
        ("1969-12-31T23:59:59Z", 0),
        ("yesterday", 0),
    ] {
        let body = format!(r#"{{"type":"ping","data":{{}},"created_at":"{time}"}}"#);
        // The message id of an automation is ignored.
        let incoming = automation(body).header("X-Webhook-Message-Id", UUID);
        assert_eq!(millis(stored(incoming)), expected, "{time}");
    }
}

#[test]
fn every_attempt_has_the_same_key() {
    for sample in Sample::all() {
        let attempts = [1, 2, 9].map(|number| sample.attempt(number));
        let [first, others @ ..] = attempts.map(|it| {
            let incoming = Incoming::post(it.body().clone()).query(it.query());
            verify(incoming.headers(it.headers()))
        });
        for other in others {
            assert_eq!(other.key(), first.key(), "{sample}");
            assert_eq!(other.key().stored(), first.key().stored(), "{sample}");
        }
    }
}

#[test]
fn a_retry_that_is_signed_with_the_next_secret_has_the_same_key() {
    let (dispatcher, _) = built(builder().account_secret("next", "another"));
    for fixture in account_fixtures() {
        let [first, retry] = [SECRET, "another"].map(|secret| {
            let incoming = signed_with(secret, &fixture.event, &fixture.body);
            dispatcher
                .verify(incoming.header("X-Webhook-Message-Id", UUID))
                .unwrap()
        });
        assert_ne!(first.trust(), retry.trust());
        assert_eq!(first.key(), retry.key());
        assert_eq!(first.key().stored(), retry.key().stored());
    }
}

#[test]
fn a_body_that_was_written_again_has_the_key_of_the_signed_one() {
    let (dispatcher, _) = built(builder().accept_reserialized_bodies());
    let sale = odd("SALE_NEW.as_signed_before_rewriting.json");
    let rewritten = |body: Vec<u8>| {
        Incoming::post(body)
            .header("X-Webhook-Event", "SALE_NEW")
            .header("X-Webhook-Signature", sign(SECRET, &sale))
    };
    let first = dispatcher.verify(account("SALE_NEW", &sale)).unwrap();
    let spaced = [b" ", &*sale].concat();
    for body in [odd("SALE_NEW.rewritten_by_javascript.json"), spaced] {
        let again = dispatcher.verify(rewritten(body)).unwrap();
        assert_ne!(again.body(), first.body());
        for again in [restored(&dispatcher, &again), again] {
            assert_eq!(again.key(), first.key());
            assert_eq!(again.key().stored(), first.key().stored());
        }
    }
}

#[test]
fn different_deliveries_have_different_keys() {
    let token = |query: &str| {
        let query = format!("token={TOKEN}{query}");
        Incoming::post(TAG_ADDED).query(query)
    };
    let mut all: Vec<Incoming> = fixtures().iter().map(Fixture::incoming).collect();
    all.extend(["m-1", "m-2", "1", UUID].map(message));
    all.extend(["SALE_MERGED", "CONTACT_MERGED"].map(|event| account(event, r#"{"a":1}"#)));
    all.extend(["CONTACT_1", "CONTACT"].map(|event| account(event, CONTACT)));
    all.push(account("ping", r#"{"type":"ping","data":{}}"#));
    all.push(automation(r#"{"type":"ping","data":{}}"#));
    all.push(automation(r#"{"type":"ping","data": {}}"#));
    all.extend(
        [
            "",
            "&tier=gold",
            "&tier=silver",
            "&4:gold",
            "&gold",
            "&gold&silver",
        ]
        .map(token),
    );
    all.extend(
        [
            "token=g1",
            "token=g1&tier=gold",
            "token=e1",
            "token=e1&gold",
        ]
        .map(|query| Incoming::post(TAG_ADDED).query(query)),
    );
    let mut keys = HashMap::new();
    for delivery in all.into_iter().map(verify) {
        let shown = format!("{delivery:?}");
        let before = keys.insert(delivery.key().stored(), shown.clone());
        assert_eq!(before, None, "{shown}");
    }
    // The place of the token is not a part of the key, and neither is a second token.
    let first = stored(token("&tier=gold"));
    for query in ["tier=gold&token=", "tier=gold&tok%65n=x&token="] {
        let incoming = Incoming::post(TAG_ADDED).query(format!("{query}{TOKEN}"));
        assert_eq!(stored(incoming), first, "{query}");
    }
    // A proxy may add parameters to the URL of an account webhook.
    assert_eq!(
        stored(message("m-1").query("tier=gold")),
        stored(message("m-1"))
    );
}

/// An operator finds the row of a key that a log shows.
#[test]
fn a_key_is_shown_with_bytes_of_the_stored_one() {
    for fixture in fixtures() {
        let delivery = verify(fixture.incoming());
        let stored = delivery.key().stored();
        let hex: String = stored[6..22]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let shown = delivery.key().to_string();
        assert!(shown.ends_with(&format!(":{hex}")), "{shown} {hex}");
    }
}
