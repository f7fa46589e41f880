use super::*;

#[on_event("contact.tag.added")]
fn strict(_: automation::TagAdded) {}

#[on_event("SALE_NEW")]
fn strict_sale(_: account::SaleNew) {}

/// Strict where it matters.
#[test]
fn a_payload_without_what_it_is_about_is_a_mismatch() {
    for data in [
        "null",
        "{}",
        r#"{"tag":{"id":1},"contact":{"id":1}}"#,
        r#"{"tag":{"id":1},"contact":{"email":"lea@example.com"}}"#,
        r#"{"tag":{"name":"x"},"contact":{"id":1,"email":"lea@example.com"}}"#,
        r#"{"tag":{"id":-1},"contact":{"id":1,"email":"lea@example.com"}}"#,
    ] {
        let (dispatcher, _) = with(&["strict"]);
        let report = dispatch(&dispatcher, automation(envelope("contact.tag.added", data)));
        assert!(
            matches!(outcome(&report, "strict"), Outcome::Mismatch(_)),
            "{data}"
        );
        assert!(!report.to_string().contains("lea@"), "{report}");
    }
    let body = r#"{"customer":{"id":1},"orderItem":{"id":1}}"#;
    let (dispatcher, _) = with(&["strict_sale"]);
    let report = dispatch(&dispatcher, account("SALE_NEW", body));
    assert_eq!(report.reply().status(), 422);
}

#[test]
fn a_payload_is_read_whatever_is_beside_what_it_is_about() {
    let (dispatcher, _) = with(&["strict"]);
    let data = r#"{"more":[],"tag":{"id":"1"},"contact":{"email":"lea@example.com","id":1}}"#;
    let report = dispatch(&dispatcher, automation(envelope("contact.tag.added", data)));
    assert_eq!(report.reply().outcome().as_str(), "done");
}
