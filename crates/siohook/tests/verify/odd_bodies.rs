//! Captured deliveries that a program between systeme.io and the server changed.

use std::borrow::Cow;

use super::*;
use crate::support::odd;

fn rewritten_by_javascript() -> Incoming {
    let original = odd("SALE_NEW.as_signed_before_rewriting.json");
    Incoming::post(odd("SALE_NEW.rewritten_by_javascript.json"))
        .header("X-Webhook-Event", "SALE_NEW")
        .header("X-Webhook-Signature", sign(SECRET, original))
}

#[test]
fn a_sale_rewritten_by_javascript_verifies_if_reserialized_bodies_are_accepted() {
    let accepting = both().accept_reserialized_bodies();
    let delivery = verify(accepting, rewritten_by_javascript()).unwrap();
    assert_eq!(delivery.trust(), Trust::Signed { secret: "main" });
    assert_eq!(code(both(), rewritten_by_javascript()), "signature_wrong");
}

#[test]
fn a_sale_rewritten_by_javascript_has_the_key_of_the_original() {
    let dispatcher = both().accept_reserialized_bodies().build().unwrap();
    let original = account("SALE_NEW", odd("SALE_NEW.as_signed_before_rewriting.json"));
    let original = dispatcher.verify(original).unwrap();
    let rewritten = dispatcher.verify(rewritten_by_javascript()).unwrap();
    assert_eq!(original.key(), rewritten.key());
}

#[test]
fn only_the_spelling_of_the_vat_is_restored() {
    let body = String::from_utf8(odd("SALE_NEW.rewritten_by_javascript.json")).unwrap();
    for (from, to) in [
        (r#""vat":0"#, r#""vat":1"#),
        (r#""vat":0"#, r#""vat":"0""#),
        (r#""vat":0"#, r#""vat":null"#),
        (r#""totalPrice":1098"#, r#""totalPrice":1099"#),
        (r#""amount":699"#, r#""amount":699.0"#),
    ] {
        assert!(body.contains(from));
        let original = odd("SALE_NEW.as_signed_before_rewriting.json");
        let incoming = Incoming::post(body.replace(from, to))
            .header("X-Webhook-Event", "SALE_NEW")
            .header("X-Webhook-Signature", sign(SECRET, original));
        let accepting = both().accept_reserialized_bodies();
        assert_eq!(code(accepting, incoming), "signature_wrong", "{to}");
    }
}

#[test]
fn query_parameters_of_the_url_are_readable_and_the_token_is_not() {
    let body = odd("contact.lecture.completed.event_in_url.json");
    let query = format!("event=lecture_completed&token={TOKEN}&tier=gold%20plus&workspace_id=7");
    let delivery = verify(both(), Incoming::post(body).query(query)).unwrap();
    assert_eq!(delivery.event(), &"contact.lecture.completed");
    assert_eq!(delivery.trust(), Trust::Token { label: None });
    for (name, value) in [
        ("event", Some("lecture_completed")),
        ("tier", Some("gold plus")),
        ("workspace_id", Some("7")),
        ("hook", None),
        ("token", None),
    ] {
        assert_eq!(delivery.query(name), value.map(Cow::from), "{name}");
    }
}

#[test]
fn an_account_body_without_its_headers_is_recognized_under_each_configuration() {
    let lost = || Incoming::post(odd("account_sale_without_headers.json"));
    let with_token = lost().query(format!("token={TOKEN}"));
    let only_accounts = no_trust().account_secret("main", SECRET);
    let unverified = no_trust().accept_unverified();
    for (builder, incoming) in [
        (both(), lost()),
        (both(), with_token),
        (only_accounts, lost()),
        (unverified, lost()),
    ] {
        let reason = reason(builder, incoming);
        let hint =
            "this is the body of an account webhook, and its `X-Webhook-*` headers are missing";
        assert!(reason.contains(hint), "{reason}");
    }
}

/// Refusing a forged request costs no more than hashing its body.
#[test]
fn a_large_body_is_not_parsed_for_a_hint() {
    let large = |inner: &str| {
        format!(
            r#"{{"contact":{{}},"json":{inner},"x":"{}"}}"#,
            "x".repeat(32 * 1024)
        )
    };
    assert!(reason(both(), automation(large(TAG_ADDED))).contains("an automation sends"));
    assert!(reason(both(), Incoming::post(large(TAG_ADDED))).contains("has to end in"));
}

#[test]
fn forms_are_distinguished_from_other_bodies_that_are_not_json() {
    let multipart = "--5f2a\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\na\r\n--5f2a--";
    for (body, is_form) in [
        ("email=lea%40example.com", true),
        ("contact[email]=a&contact[id]=1", true),
        ("%7B=", true),
        ("a=", true),
        (multipart, true),
        ("=a", false),
        ("hello world = 7", false),
        ("<a b='c'/>", false),
        ("{\"a\"=1}", false),
        ("---\na: b", false),
        ("-----", false),
        ("nul", false),
    ] {
        let reason = reason(both(), automation(body));
        assert_eq!(
            reason.contains("the body is a form"),
            is_form,
            "{body}: {reason}"
        );
    }
}
