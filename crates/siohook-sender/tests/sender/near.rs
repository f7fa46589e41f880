use super::*;

fn suggestion(event: &str, pointer: &str) -> Option<String> {
    let error = Sample::of(event)
        .try_set(pointer, 0)
        .unwrap_err()
        .to_string();
    let (_, near) = error.split_once("; did you mean `")?;
    let (near, _) = near.split_once("`?").unwrap();
    Some(near.to_owned())
}

#[test]
fn the_error_suggests_a_similar_pointer() {
    for (event, written, meant) in [
        ("SALE_NEW", "/customer/emial", "/customer/email"),
        ("SALE_NEW", "/custmer/email", "/customer/email"),
        ("SALE_NEW", "/custmer/emial", "/customer"),
        ("SALE_NEW", "/pricePlan/currncy", "/pricePlan/currency"),
        // The spelling of the other mechanism.
        ("SALE_NEW", "/customer/contact_id", "/customer/contactId"),
        ("SALE_NEW", "/price_plan/amount", "/pricePlan/amount"),
        (
            "customer.sale.completed",
            "/customer/contactId",
            "/customer/contact_id",
        ),
        // A pointer to another place.
        ("SALE_NEW", "/amount", "/pricePlan/amount"),
        ("SALE_NEW", "/contact/email", "/customer/email"),
        ("contact.tag.added", "/email", "/contact/email"),
        ("contact.tag.added", "/data/tag/id", "/tag/id"),
        (
            "SALE_NEW",
            "/orderItem/resources/0/tga",
            "/orderItem/resources/0/tag",
        ),
    ] {
        assert_eq!(
            suggestion(event, written).as_deref(),
            Some(meant),
            "{event} {written}"
        );
        assert!(Sample::of(event).try_set(meant, 0).is_ok(), "{meant}");
    }
}

#[test]
fn no_pointer_or_several_similar_ones_give_no_suggestion() {
    for (event, written) in [
        ("contact.tag.added", "/course/id"),
        ("contact.tag.added", "/id"),
        ("contact.tag.added", "/contact/fields/0"),
        ("contact.tag.added", "/tag/name/first"),
        ("contact.tag.added", "/contact/"),
        ("SALE_NEW", "/customer/nickname"),
        ("subscription.payment.failed", "/id"),
    ] {
        assert_eq!(suggestion(event, written), None, "{event} {written}");
    }
}

#[test]
fn errors_and_panics_have_the_same_text() {
    let tag = || Sample::of("contact.tag.added");
    for (error, panic) in [
        (
            tag().try_set("/contact/emial", 0),
            panic_of(|| tag().set("/contact/emial", 0)),
        ),
        (
            tag().try_add("/tga/x", 0),
            panic_of(|| tag().add("/tga/x", 0)),
        ),
        (tag().try_remove("/tga"), panic_of(|| tag().remove("/tga"))),
        (
            tag().with_body("{").try_remove("/tag"),
            panic_of(|| tag().with_body("{").remove("/tag")),
        ),
        (
            Sample::try_of("NEW_SALE"),
            panic_of(|| Sample::of("NEW_SALE")),
        ),
        (
            Sample::try_variant("SALE_NEW", "x"),
            panic_of(|| Sample::variant("SALE_NEW", "x")),
        ),
    ] {
        assert_eq!(error.unwrap_err().to_string(), panic);
    }
}
