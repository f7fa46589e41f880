use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn body(text: &str) -> String {
    let masked = String::from_utf8(mask_body(text.as_bytes())).unwrap();
    assert_eq!(masked.len(), text.len(), "{masked}");
    masked
}

#[test]
fn personal_values_of_json_are_replaced_by_their_name() {
    for (text, masked) in [
        (
            r#"{"first_name":"L\u00e9a","age":7}"#,
            r#"{"first_name":"xxxxxxxx","age":7}"#,
        ),
        (
            r#"{"contact":{"name":"Ada"},"tag":{"name":"VIP"}}"#,
            r#"{"contact":{"name":"xxx"},"tag":{"name":"VIP"}}"#,
        ),
        (
            r#"{"phone_number":"+33 6 12","phone":33612}"#,
            r#"{"phone_number":"+00 0 00","phone":11111}"#,
        ),
        (
            r#"{"fields":[{"slug":"city","fieldName":"Ville","value":"Paris"}],"a":"Paris"}"#,
            r#"{"fields":[{"slug":"city","fieldName":"Ville","value":"xxxxx"}],"a":"Paris"}"#,
        ),
        (
            r#"{"fields":{"my_own":"1\"2","n":-1.5e2}}"#,
            r#"{"fields":{"my_own":"0xx0","n":-1.1e1}}"#,
        ),
        (
            r#"{"billingAddress":{"line":"Rue 1"},"emails":["a@b.fr"]}"#,
            r#"{"billingAddress":{"line":"xxx 0"},"emails":["x@xxxx"]}"#,
        ),
        (
            r#"{"sent_email":{"id":7,"subject":"Hello"}}"#,
            r#"{"sent_email":{"id":7,"subject":"Hello"}}"#,
        ),
        (
            r#"{"token":"b7e1","apiKey":"k-1","client_ip":"x"}"#,
            r#"{"token":"x0x0","apiKey":"x-0","client_ip":"x"}"#,
        ),
        (r#""Ada""#, r#""Ada""#),
    ] {
        assert_eq!(body(text), masked);
        serde_json::from_str::<Value>(masked).unwrap();
    }
    // The body of a truncated capture.
    assert_eq!(
        body(r#"{"customer":{"surname":"Mar"#),
        r#"{"customer":{"surname":"xxx"#
    );
    assert_eq!(body("{\"email\":\""), "{\"email\":\"");
}

#[test]
fn addresses_are_replaced_wherever_they_are() {
    for (text, masked) in [
        (
            "mail ada.lovelace@example.org now",
            "mail xxxxxxxxxxxx@example.com now",
        ),
        ("ada@london.fr", "x@example.com"),
        ("<ada@lo.fr>", "<xx@x.test>"),
        ("a@b.co", "x@xxxx"),
        ("email=ada%40london.fr&a", "email=xxx@example.com&a"),
        (
            r#"{"note":"\nada@london.fr\"\/é@è.fr"}"#,
            r#"{"note":"xxx@example.com\"\/x@x.test"}"#,
        ),
        ("a @ b, @c.d, e@f", "a @ b, @c.d, e@f"),
        ("1.2.3.4 1.22.3.4 10.1.2.34", "0.0.0.0 0.0.0.10 192.0.2.1"),
        (
            "192.168.1.55, 203.0.113.255:80.",
            "203.0.113.10, 203.0.113.100:80.",
        ),
        (
            "185.236.142.11 185.236.142.111",
            "198.51.100.100 240.100.100.100",
        ),
        (
            "[2001:db8::5c4d]:443 ::ffff:1.2.3.4",
            "[0000:000::0000]:443 ::0000:0.0.0.0",
        ),
        ("127.0.0.1 ::1 11:02:13 1.0", "127.0.0.1 ::1 11:02:13 1.0"),
    ] {
        assert_eq!(body(text), masked);
    }
}

#[test]
fn heads_lose_tokens_and_signatures_and_clients() {
    let head = "POST /systeme?shop=7&token=b7e1 HTTP/1.1\r\nHost: example.com\r\n\
                X-Forwarded-For: 185.236.142.11\r\nX-Webhook-Signature: 0aB9\r\n\
                authorization: Basic YTpi\r\nX-Webhook-Event: SALE_NEW\r\n\r\n";
    let masked = "POST /systeme?shop=x&token=xxxx HTTP/1.1\r\nHost: example.com\r\n\
                  X-Forwarded-For: 198.51.100.100\r\nX-Webhook-Signature: 0000\r\n\
                  authorization: 00000 0000\r\nX-Webhook-Event: SALE_NEW\r\n\r\n";
    assert_eq!(
        String::from_utf8(mask_head(head.as_bytes())).unwrap(),
        masked
    );
}

#[test]
fn a_masked_capture_is_marked_and_has_digests_of_its_own() {
    let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    let time = "2026-11-26T11:02:13Z".parse().unwrap();
    let peer = |address: [u8; 4]| Some((address, 51544).into());
    let capture = Capture::new(head, r#"{"email":"ada@london.fr"}"#).unwrap();
    let capture = capture
        .with_name("k3f9qa")
        .with_receipt(time, peer([185, 236, 142, 1]), None);
    let capture = capture
        .with_trailers(["X-A: ada@london.fr"])
        .truncated()
        .with_edited_from("a");
    let file = String::from_utf8(capture.to_bytes()).unwrap();
    let file = file.replace("# ---\n", "# call Ada about this\n# ---\n");
    let masked = masked(&Capture::read(file).unwrap()).unwrap();
    assert!(masked.is_masked() && masked.is_truncated() && !masked.is_edited());
    assert_eq!(
        (masked.name(), masked.edited_from()),
        (Some("k3f9qa"), Some("a"))
    );
    assert_eq!(masked.peer(), peer([203, 0, 113, 1]));
    let text = String::from_utf8(masked.to_bytes()).unwrap();
    assert!(!text.contains("Ada") && !text.contains("london"), "{text}");
    assert!(text.contains("# masked: true"), "{text}");
}

/// A document in which each text and each number is the same.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| (name.clone(), shape(value)))
                .collect()
        }
        Value::Array(elements) => elements.iter().map(shape).collect(),
        Value::String(_) => "text".into(),
        Value::Number(_) => 1.into(),
        other => other.clone(),
    }
}

fn documents() -> impl Strategy<Value = Value> {
    let text = "[a-f0-9@.:%\"\\\\/\n\u{e9}\u{1f980} ]{0,20}";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i32>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let name = prop_oneof![
            "email", "fields", "name", "contact", "phone", "slug", "id", "\"@a.b"
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(name, inner, 0..4)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    /// JSON stays JSON, and other bytes keep their length, whatever it holds.
    #[test]
    fn a_masked_body_has_its_shape(document in documents(), cut in 0..64_usize) {
        let text = document.to_string();
        for text in [text.clone(), text.replace('/', "\\/")] {
            let masked = body(&text);
            let is_json = serde_json::from_str::<Value>(&masked);
            let members = |text: &Value| shape(text).to_string().len();
            prop_assert_eq!(members(&is_json.unwrap()), members(&document), "{}", masked);
            for part in [&text.as_bytes()[cut.min(text.len())..], &text.as_bytes()[..cut.min(text.len())]] {
                prop_assert_eq!(mask_body(part).len(), part.len());
            }
        }
    }
}

/// Nothing personal of any sample is left, and nothing else of its JSON changes.
#[test]
fn every_sample_keeps_its_shape() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut count = 0;
    for folder in ["account", "automation"] {
        for file in fs::read_dir(fixtures.join(folder)).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            let masked = body(&text);
            for personal in [
                "lea.martin",
                "Martin",
                r"L\u00e9a",
                "2001:db8::5c4d",
                "75011",
            ] {
                assert!(!masked.contains(personal), "{personal} in {masked}");
            }
            let [before, after] =
                [&text, &masked].map(|text| shape(&serde_json::from_str(text).unwrap()));
            assert_eq!(before, after);
            assert_eq!(body(&masked), masked);
            count += 1;
        }
    }
    assert!(count >= 19, "{count}");
}
