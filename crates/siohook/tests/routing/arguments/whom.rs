use super::*;

#[on_event("*")]
fn contact(contact: unified::Contact, State(seen): State<Seen>) {
    let name = contact.fields.surname().unwrap_or("-");
    seen.note(format!("{} {} {name}", contact.id, contact.email));
}

#[on_event("*")]
fn optional(contact: Option<unified::Contact>, State(seen): State<Seen>) {
    seen.note(contact.map_or("nobody".to_owned(), |contact| contact.email));
}

#[test]
fn the_contact_of_every_fixture() {
    for fixture in support::fixtures() {
        // Whether its body has a contact nobody knows.
        if fixture.event == "subscription.payment.failed" {
            continue;
        }
        let seen = seen_by(&["contact"], fixture.incoming());
        assert!(
            seen[0].contains("@example.com"),
            "{}: {seen:?}",
            fixture.file
        );
        assert_ne!(seen_by(&["optional"], fixture.incoming()), ["nobody"]);
    }
}

/// The id of a customer is not that of a contact.
#[test]
fn the_contact_of_a_sale_is_the_one_behind_the_customer() {
    let expected = ["445120981 lea.martin@example.com Martin"];
    assert_eq!(seen_by(&["contact"], sale()), expected);
    let completed = automation(fixture("automation/customer.sale.completed"));
    assert_eq!(
        seen_by(&["contact"], completed),
        ["20756080 customer@example.com test-1922"]
    );
}

#[test]
fn the_contact_of_a_name_that_is_not_listed() {
    let data = r#"{"contact":{"id":"5","email":"lea@example.com"}}"#;
    let joined = automation(envelope("contact.community.joined", data));
    assert_eq!(seen_by(&["contact"], joined), ["5 lea@example.com -"]);
}

#[test]
fn nobody_is_a_mismatch_unless_the_handler_can_do_without() {
    for data in [
        "null",
        "7",
        "{}",
        r#"{"contact":{"id":1}}"#,
        r#"{"contact":null}"#,
    ] {
        let failed = || automation(envelope("subscription.payment.failed", data));
        assert_eq!(seen_by(&["optional"], failed()), ["nobody"]);
        let (dispatcher, seen) = with(&["contact"]);
        let report = dispatch(&dispatcher, failed());
        assert!(matches!(outcome(&report, "contact"), Outcome::Mismatch(_)));
        assert_eq!((report.reply().status(), seen.take()), (422, vec![]));
    }
}
