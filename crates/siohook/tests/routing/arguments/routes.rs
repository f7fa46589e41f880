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
fn a_delivery_goes_to_all_who_name_or_mean_it() {
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
        // A dot that is not part of a name's prefix.
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
        ["everything", "sales"]
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

/// Whoever listens to `SALE_*` relies on signatures.
#[test]
fn an_automation_does_not_reach_who_listens_to_account_webhooks() {
    let forged = automation(envelope("SALE_REFUNDED", "{}"));
    assert_eq!(listeners_of(forged), ["everything"]);
    let forged = account("contact.tag.renamed", "{}");
    assert_eq!(listeners_of(forged), ["everything"]);
}

#[test]
fn a_prefix_is_of_one_mechanism() {
    // Whoever holds the token of an automation can't reach who relies on
    // signatures, and the other way round.
    let unsigned = automation(envelope("SALE_REFUNDED", "{}"));
    assert_eq!(listeners_of(unsigned), ["everything"]);
    let signed = account("contact.tag.renamed", "{}");
    assert_eq!(listeners_of(signed), ["everything"]);
}
