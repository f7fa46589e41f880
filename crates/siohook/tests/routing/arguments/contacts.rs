use super::*;

#[on_event("*")]
fn contact(contact: unified::Contact, State(seen): State<Seen>) {
    let name = contact.fields.surname().unwrap_or("-");
    seen.note(format!("{} {} {name}", contact.id, contact.email));
}

#[on_event("*")]
fn optional(contact: Option<unified::Contact>, State(seen): State<Seen>) {
    seen.note(contact.map_or("no contact".to_owned(), |contact| contact.email));
}

#[test]
fn every_fixture_has_a_contact() {
    for fixture in support::fixtures() {
        // Its body is unpublished, so the fixture has no contact.
        if fixture.event == "subscription.payment.failed" {
            continue;
        }
        let seen = seen_by(&["contact"], fixture.incoming());
        assert!(
            seen[0].contains("@example.com"),
            "{}: {seen:?}",
            fixture.file
        );
        assert_ne!(seen_by(&["optional"], fixture.incoming()), ["no contact"]);
    }
}

/// A customer has an id of its own.
#[test]
fn the_contact_of_a_sale_is_the_contact_of_the_customer() {
    let expected = ["445120981 lea.martin@example.com Martin"];
    assert_eq!(seen_by(&["contact"], sale()), expected);
    let completed = automation(fixture("automation/customer.sale.completed"));
    assert_eq!(
        seen_by(&["contact"], completed),
        ["20756080 customer@example.com test-1922"]
    );
}

#[test]
fn an_unlisted_event_has_a_contact() {
    let data = r#"{"contact":{"id":"5","email":"lea@example.com"}}"#;
    let joined = automation(envelope("contact.community.joined", data));
    assert_eq!(seen_by(&["contact"], joined), ["5 lea@example.com -"]);
}

#[test]
fn a_missing_contact_is_a_mismatch_unless_it_is_optional() {
    for data in [
        "null",
        "7",
        "{}",
        r#"{"contact":{"id":1}}"#,
        r#"{"contact":null}"#,
    ] {
        let failed = || automation(envelope("subscription.payment.failed", data));
        assert_eq!(seen_by(&["optional"], failed()), ["no contact"]);
        let (dispatcher, seen) = with(&["contact"]);
        let report = dispatch(&dispatcher, failed());
        assert!(matches!(outcome(&report, "contact"), Outcome::Mismatch(_)));
        assert_eq!((report.reply().status(), seen.take()), (422, vec![]));
    }
}
