use serde_json::json;
use siohook_events::{account, automation};

use super::*;

#[test]
fn unchanged_parts_stay_byte_for_byte() {
    for sample in Sample::all() {
        let changed = sample.clone().add("/added", 1);
        assert_ne!(changed.body(), sample.body());
        assert_eq!(changed.remove("/added").body(), sample.body());
    }
}

#[test]
fn a_value_is_replaced_in_its_place() {
    let before = Sample::of("contact.tag.added");
    let after = before.clone().set("/contact/email", "ada@example.com");
    let expected = body(&before).replace("contact+lksdllfnsnkfdls@example.com", "ada@example.com");
    assert_eq!(body(&after), expected);
    let sale = Sample::of("SALE_NEW")
        .set("/orderItem/resources/1/tag/name", "é/\u{1f600}")
        .set("/order/vat", 1.0)
        .set("/coupon", json!(null));
    let text = body(&sale);
    assert!(
        text.contains(r#""tag":{"id":1758400,"name":"\u00e9\/\ud83d\ude00"}"#),
        "{text}"
    );
    assert!(
        text.contains(r#""vat":1.0}"#) && text.contains(r#""coupon":null,"#),
        "{text}"
    );
}

#[test]
fn members_and_elements_are_added_and_removed() {
    let sample = Sample::of("CONTACT_OPT_IN")
        .add("/contact/tags/-", json!({"id": 7, "name": "vip"}))
        .add("/contact/a~1b~0c", true)
        .remove("/contact/locale");
    let text = body(&sample);
    assert!(
        text.ends_with(r#""fields":[],"tags":[{"id":7,"name":"vip"}],"a\/b~c":true}}"#),
        "{text}"
    );
    assert!(!text.contains("locale"));
    let map = Sample::of("contact.tag.added").add("/contact/fields/first_name", "Ada");
    assert!(body(&map).contains(r#""fields":{"first_name":"Ada"},"ip""#));
    let none = sample.remove("/contact/tags/0").remove("/contact/a~1b~0c");
    assert!(body(&none).ends_with(r#""fields":[],"tags":[]}}"#));
}

#[test]
fn the_error_of_a_missing_pointer_lists_the_members() {
    let tag = || Sample::of("contact.tag.added");
    let cases = [
        (
            panic_of(|| tag().set("/contact/emial", "")),
            "contact.tag.added: there is no `/contact/emial`: `/contact` has id, email, fields, ip, referred_by_contact_id, referred_by_contact_email; did you mean `/contact/email`?",
        ),
        (
            panic_of(|| tag().set("/data/tag/id", 1)),
            "contact.tag.added: there is no `/data`: the payload has tag, contact; did you mean `/tag/id`? (pointers begin inside of `data`)",
        ),
        (
            panic_of(|| tag().add("/course/id", 1)),
            "contact.tag.added: there is no `/course`: the payload has tag, contact",
        ),
        (
            panic_of(|| tag().remove("/tag/name/first")),
            "contact.tag.added: there is no `/tag/name/first`: `/tag/name` is a string and has no members",
        ),
        (
            panic_of(|| tag().add("/tag/id/0", 1)),
            "contact.tag.added: there is no `/tag/id/0`: `/tag/id` is a number and has no members",
        ),
        (
            panic_of(|| tag().set("/contact/fields/0", 1)),
            "contact.tag.added: there is no `/contact/fields/0`: `/contact/fields` is a list of 0",
        ),
        (
            panic_of(|| tag().add("/contact/fields/0", 1)),
            "contact.tag.added: `/contact/fields/0` is in a list: `-` adds an element at its end",
        ),
        (
            panic_of(|| tag().add("/tag/id", 1)),
            "contact.tag.added: `/tag/id` is there already: `.set(…)` replaces it",
        ),
        (
            panic_of(|| tag().set("tag.id", 1)),
            "contact.tag.added: `tag.id` is not a JSON pointer: it begins with `/`, as in `/contact/email`",
        ),
        (
            panic_of(|| tag().remove("")),
            "contact.tag.added: the whole payload can only be set",
        ),
        (
            panic_of(|| Sample::of("subscription.payment.failed").set("/id", 1)),
            "subscription.payment.failed: there is no `/id`: the payload has no members",
        ),
        (
            panic_of(|| tag().with_body("{").set("/tag/id", 1)),
            "the body of contact.tag.added is not JSON, so only its bytes can be changed",
        ),
        (
            panic_of(|| tag().at("yesterday")),
            "`yesterday` is not a time such as 2026-09-28T07:41:13+00:00",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(text, expected);
    }
}

#[test]
fn a_value_that_is_not_json_is_an_error() {
    let odd = std::collections::HashMap::from([((1, 2), 3)]);
    let text = panic_of(|| Sample::of("SALE_NEW").set("/coupon", odd));
    assert!(
        text.starts_with("the value can't be written as JSON: "),
        "{text}"
    );
}

#[test]
fn the_whole_payload_can_be_set() {
    let sample = Sample::of("subscription.payment.failed").set("", json!([1]));
    assert!(body(&sample).contains(r#""data":[1],"account""#));
    assert_eq!(body(&Sample::of("SALE_NEW").set("", 7)), "7");
}

#[test]
fn a_typed_edit_changes_nothing_else() {
    let before = Sample::of("SALE_NEW")
        .add("/customer/loyalty", json!({"points": 3}))
        .remove("/checkoutPage")
        .set("/pricePlan/amount", "4700");
    let after = before.clone().edit(|sale: &mut account::SaleNew| {
        sale.customer.email = "ada@example.com".to_owned();
        sale.order.total_price = None;
    });
    let expected = body(&before)
        .replace("lea.martin@example.com", "ada@example.com")
        .replace(r#""totalPrice":4200"#, r#""totalPrice":null"#);
    assert_eq!(body(&after), expected);
}

#[test]
fn a_typed_edit_of_a_list_keeps_the_other_elements() {
    let before = Sample::of("customer.sale.completed");
    let after = before.clone().edit(|sale: &mut automation::SaleCompleted| {
        sale.order_item.resources.remove(0);
        let last = sale.order_item.resources[0].clone();
        sale.order_item.resources.push(last);
    });
    // The first of the two is the old one, with the members that are unknown to the type.
    let first = r#"{"quantity":null,"enrollment_access_type":null"#;
    assert!(body(&before).contains(first) && !body(&after).contains(first));
    assert!(
        body(&after)
            .contains(r#""resources":[{"quantity":null,"enrollment_access_type":"full_access","#)
    );
    let sale: automation::SaleCompleted = after.payload();
    assert_eq!(sale.order_item.resources[0], sale.order_item.resources[1]);
    let none =
        before.edit(|sale: &mut automation::SaleCompleted| sale.order_item.resources.clear());
    assert!(body(&none).contains(r#""resources":[]"#));
}

#[test]
fn a_typed_edit_adds_absent_members() {
    let sample = Sample::of("CONTACT_CREATED").remove("/contact/locale");
    let sample = sample.edit(|event: &mut account::ContactCreated| {
        event.contact.locale = Some("de".to_owned());
    });
    assert!(
        body(&sample).ends_with(r#""tags":[],"locale":"de"}}"#),
        "{}",
        body(&sample)
    );
    let nested = Sample::variant("CONTACT_TAG_REMOVED", "nested");
    let nested = nested.edit(|event: &mut account::ContactTagRemoved| {
        event.contact.email = "ada@example.com".to_owned();
    });
    assert!(body(&nested).starts_with(
        r#"{"contact":{"contact":{"id":445120981,"email":"ada@example.com","registeredAt""#
    ));
}

#[test]
fn a_type_of_your_own_can_be_edited() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Mine {
        course: String,
    }
    let sample = Sample::automation(
        "contact.course.completed",
        json!({"a": 1, "course": "Rust"}),
    );
    let sample = sample.edit(|mine: &mut Mine| mine.course.push('!'));
    assert!(body(&sample).contains(r#""data":{"a":1,"course":"Rust!"},"#));
    assert_eq!(sample.payload::<Mine>().course, "Rust!");
}

#[test]
fn a_payload_type_of_another_event_is_an_error() {
    let text = panic_of(|| Sample::of("SALE_NEW").edit(|_: &mut account::SaleCanceled| {}));
    assert!(
        text.starts_with("the payload of SALE_NEW is not `")
            && text.ends_with("::account::SaleCanceled`, which is that of SALE_CANCELED"),
        "{text}"
    );
    let text = panic_of(|| {
        Sample::of("SALE_NEW")
            .remove("/customer/email")
            .payload::<account::SaleNew>()
    });
    assert!(
        text.starts_with("the payload of SALE_NEW: not a `")
            && text.contains("missing field `email`"),
        "{text}"
    );
}

#[test]
fn members_outside_of_the_payload_can_be_changed() {
    let sample = Sample::of("contact.tag.added")
        .at("2027-01-01T01:00:00+01:00")
        .account_email("shop@example.com");
    assert!(body(&sample).ends_with(
        r#","account":{"email":"shop@example.com"},"created_at":"2027-01-01T00:00:00+00:00"}"#
    ));
    assert_eq!(
        sample.occurred_at().unwrap().to_string(),
        "2027-01-01T00:00:00+00:00"
    );
    let sale = Sample::of("SALE_NEW").at("2027-01-01T00:00:00+00:00");
    assert_eq!(sale.body(), Sample::of("SALE_NEW").body());
    assert_eq!(sale.occurred_at(), sample.occurred_at());
    assert_eq!(
        values(&sale, "x-webhook-event-timestamp"),
        ["2027-01-01T00:00:00+00:00"]
    );
    assert_eq!(
        panic_of(|| Sample::of("SALE_NEW").account_email("")),
        "SALE_NEW is an account webhook: those don't send the account's address"
    );
}

#[test]
fn the_error_of_a_body_that_does_not_match_holds_no_value() {
    #[derive(Debug, serde::Deserialize)]
    struct Strict {
        plan: Plan,
    }
    #[derive(Debug, PartialEq, serde::Deserialize)]
    enum Plan {
        A,
    }
    let sale = Sample::of("SALE_NEW").set("/customer/email", json!(["lea@example.com"]));
    let text = panic_of(|| sale.payload::<account::SaleNew>());
    assert!(
        text.starts_with("the payload of SALE_NEW: not a `")
            && text.contains("`: refused at line 1 column "),
        "{text}"
    );
    let strict = Sample::automation("x", json!({"plan": "lea@example.com"}));
    let text = panic_of(|| strict.payload::<Strict>());
    assert!(text.ends_with("`: refused at line 1 column 25"), "{text}");
    assert_eq!(strict.set("/plan", "A").payload::<Strict>().plan, Plan::A);
}

#[test]
fn numbers_keep_their_spelling_and_repeated_members_their_place() {
    let odd = r#"{"n":-0.0,"big":123456789012345678901234567890,"e":1.50e3,"n":1,"l":[[],{}]}"#;
    let sample = Sample::account("X", ()).with_body(odd);
    let changed = sample.clone().set("/l/0", 7);
    assert_eq!(body(&changed), odd.replace("[[]", "[7"));
    let same = sample.edit(|_: &mut std::collections::BTreeMap<String, serde_json::Value>| {});
    assert_eq!(body(&same), odd);
}
