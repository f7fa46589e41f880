//! Deliveries as the field sends them, that something on the way changed.

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
fn a_sale_that_javascript_wrote_again_verifies_if_that_is_accepted() {
    let accepting = both().accept_reserialized_bodies();
    let delivery = verify(accepting, rewritten_by_javascript()).unwrap();
    assert_eq!(delivery.trust(), Trust::Signed { secret: "main" });
    assert_eq!(code(both(), rewritten_by_javascript()), "signature_wrong");
}

#[test]
fn a_sale_that_javascript_wrote_again_is_the_same_delivery() {
    let dispatcher = both().accept_reserialized_bodies().build().unwrap();
    let original = account("SALE_NEW", odd("SALE_NEW.as_signed_before_rewriting.json"));
    let original = dispatcher.verify(original).unwrap();
    let rewritten = dispatcher.verify(rewritten_by_javascript()).unwrap();
    assert_eq!(original.key(), rewritten.key());
}

/// Nothing but the VAT may have changed.
#[test]
fn no_other_number_is_restored() {
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

/// An automation whose URL names the event, and carries more than the token.
#[test]
fn an_event_in_the_url_is_seen_by_handlers() {
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

/// Without a signature and without the headers, whoever looks at the body sees whose it is.
#[test]
fn an_account_body_without_its_headers_is_told_whatever_it_lacks() {
    let lost = || Incoming::post(odd("account_sale_without_headers.json"));
    let with_token = lost().query(format!("token={TOKEN}"));
    let only_accounts = nobody().account_secret("main", SECRET);
    let unverified = nobody().accept_unverified();
    for (builder, incoming) in [
        (both(), lost()),
        (both(), with_token),
        (only_accounts, lost()),
        (unverified, lost()),
    ] {
        let reason = reason(builder, incoming);
        let told =
            "this is the body of an account webhook, and its `X-Webhook-*` headers are missing";
        assert!(reason.contains(told), "{reason}");
    }
}

/// They are not parsed for a hint: a forged request costs what hashing it costs.
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

/// A form has many spellings, and much else is not JSON.
#[test]
fn a_form_is_told_from_what_else_is_not_json() {
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
