use super::*;

#[on_event("contact.tag.added")]
fn strict(_: automation::TagAdded) {}

#[on_event("SALE_NEW")]
fn strict_sale(_: account::SaleNew) {}

#[on_event("CONTACT_CREATED")]
fn strict_creation(_: account::ContactCreated) {}

#[test]
fn a_payload_without_a_required_member_is_a_mismatch() {
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
fn unknown_members_and_numbers_in_strings_are_accepted() {
    let (dispatcher, _) = with(&["strict"]);
    let data = r#"{"more":[],"tag":{"id":"1"},"contact":{"email":"lea@example.com","id":1}}"#;
    let report = dispatch(&dispatcher, automation(envelope("contact.tag.added", data)));
    assert_eq!(report.reply().outcome().as_str(), "done");
}

#[test]
fn a_mismatch_names_the_path_and_the_column_in_the_body() {
    let contact = r#"{"email":"lea@example.com","tags":[{"id":1},{"id":5}],"id":"wrong"}"#;
    let of_tag = r#"{"tag":{"id":1,"name":"x"},"contact":{"id":"wrong"}}"#;
    let of_sale = r#"{"customer":{"id":"wrong"},"orderItem":{"id":1}}"#;
    for (handler, event, body, path) in [
        (
            "strict",
            "contact.tag.added",
            of_tag.to_owned(),
            "contact.id",
        ),
        ("strict_sale", "SALE_NEW", of_sale.to_owned(), "customer.id"),
        (
            "strict_creation",
            "CONTACT_CREATED",
            format!(r#"{{"contact":{contact}}}"#),
            "contact.id",
        ),
        (
            "strict_creation",
            "CONTACT_CREATED",
            format!(r#"{{"contact":{{"contact":{contact}}}}}"#),
            "contact.contact.id",
        ),
    ] {
        let (dispatcher, _) = with(&["strict", "strict_sale", "strict_creation"]);
        let (body, incoming) = if handler == "strict" {
            let body = envelope(event, &body);
            (body.clone(), automation(body))
        } else {
            (body.clone(), account(event, body))
        };
        let column = body.find(r#""wrong""#).unwrap() + 1;
        let text = outcome(&dispatch(&dispatcher, incoming), handler).to_string();
        let end = format!(
            "`: `{path}`: invalid value: string, expected a number (line 1 column {column})"
        );
        assert!(
            text.starts_with("not called: not a `siohook_events::"),
            "{text}"
        );
        assert!(text.ends_with(&end), "{text}");
    }
}
