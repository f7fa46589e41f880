use super::*;

macro_rules! listeners {
    ($($(#[$on_event:meta])* $name:ident;)*) => {$(
        $(#[$on_event])*
        fn $name() {}
    )*};
}

listeners! {
    #[on_event("*")] everything;
    #[on_event("contact.*")] dotted;
    #[on_event("contact.tag.*")] dotted_twice;
    #[on_event("CONTACT_*")] upper;
    #[on_event("SALE_*")] sales;
    #[on_event("contact.tag.added", "SALE_NEW")] two_names;
    #[on_event("contact.webinar.registered", "CONTACT_TAG_*")] name_and_pattern;
    #[on_event(unlisted("contact.community.joined"))] unlisted;
    #[on_event(unlisted("contact.community.joined"), "SALE_NEW")] unlisted_and_listed;
    #[on_event(unlisted("SALE_REFUNDED"))] unlisted_upper;
    #[on_event(unlisted("BADGE_WON"))] unlisted_without_pattern;
    #[on_event(unlisted("order.paid"))] unlisted_dotted;
    #[on_event(unlisted("ping"))] unlisted_word;
    #[on_event(unlisted("PING"))] unlisted_upper_word;
    #[on_event(unlisted("lecture_completed"))] unlisted_lower;
    #[on_event(unlisted("Badge_Won"))] unlisted_mixed;
}

const ALL: &[&str] = &[
    "everything",
    "dotted",
    "dotted_twice",
    "upper",
    "sales",
    "two_names",
    "name_and_pattern",
    "unlisted",
    "unlisted_and_listed",
    "unlisted_upper",
    "unlisted_without_pattern",
    "unlisted_dotted",
    "unlisted_word",
    "unlisted_upper_word",
    "unlisted_lower",
    "unlisted_mixed",
];

fn listeners_of(incoming: Incoming) -> Vec<&'static str> {
    let (dispatcher, _) = with(ALL);
    let report = dispatch(&dispatcher, incoming);
    let handlers = report.handlers().iter();
    let mut names: Vec<_> = handlers.map(|it| function(it.name())).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_delivery_goes_to_the_handlers_of_its_name_and_of_matching_patterns() {
    for (event, listeners) in [
        (
            "contact.tag.added",
            &["dotted", "dotted_twice", "everything", "two_names"][..],
        ),
        (
            "contact.webinar.registered",
            &["dotted", "everything", "name_and_pattern"],
        ),
        ("customer.sale.completed", &["everything"]),
        // `contact.*` matches only names with the dot.
        ("contact", &["everything"]),
        ("contacts.added", &["everything"]),
        (
            "contact.community.joined",
            &["dotted", "everything", "unlisted", "unlisted_and_listed"],
        ),
        (
            "contact.tag.renamed",
            &["dotted", "dotted_twice", "everything"],
        ),
    ] {
        assert_eq!(
            listeners_of(automation(envelope(event, "{}"))),
            listeners,
            "{event}"
        );
    }
    let sale = ["everything", "sales", "two_names", "unlisted_and_listed"];
    assert_eq!(listeners_of(sale_of("SALE_NEW")), sale);
    assert_eq!(
        listeners_of(sale_of("SALE_CANCELED")),
        ["everything", "sales"]
    );
    assert_eq!(
        listeners_of(sale_of("SALE_REFUNDED")),
        ["everything", "sales", "unlisted_upper"]
    );
    assert_eq!(
        listeners_of(tag_added()),
        ["everything", "name_and_pattern", "upper"]
    );
    let merged = account("CONTACT_MERGED", "{}");
    assert_eq!(listeners_of(merged), ["everything", "upper"]);
}

fn sale_of(event: &str) -> Incoming {
    account(event, fixture("account/SALE_NEW"))
}

/// A handler of `SALE_*` or of an unlisted `SALE_REFUNDED` relies on signatures.
#[test]
fn handlers_of_an_unlisted_name_are_called_only_by_the_mechanism_of_its_spelling() {
    for (event, by_automation, by_account) in [
        ("SALE_REFUNDED", &[][..], &["sales", "unlisted_upper"][..]),
        ("CONTACT_MERGED", &[], &["upper"]),
        ("BADGE_WON", &[], &["unlisted_without_pattern"]),
        ("order.paid", &["unlisted_dotted"], &[]),
        ("contact.tag.renamed", &["dotted", "dotted_twice"], &[]),
        (
            "contact.community.joined",
            &["dotted", "unlisted", "unlisted_and_listed"],
            &[],
        ),
        ("ping", &["unlisted_word"], &["unlisted_word"]),
        ("PING", &["unlisted_upper_word"], &["unlisted_upper_word"]),
        (
            "lecture_completed",
            &["unlisted_lower"],
            &["unlisted_lower"],
        ),
        ("Badge_Won", &["unlisted_mixed"], &["unlisted_mixed"]),
    ] {
        for (incoming, listeners) in [
            (automation(envelope(event, "{}")), by_automation),
            (account(event, "{}"), by_account),
        ] {
            let mut called = listeners_of(incoming);
            // The handler of `*` is always called.
            called.remove(called.iter().position(|it| *it == "everything").unwrap());
            assert_eq!(called, listeners, "{event}");
        }
    }
}
