//! Each request has all the remaining faults. It is refused for the first one.

use super::*;

const LIMIT: usize = 200;

fn strict() -> DispatcherBuilder {
    no_trust()
        .account_secret_for("tags", SECRET, ["CONTACT_TAG_*"])
        .automation_token(TOKEN)
        .source_ips(IpAllowList::new(["198.51.100.0/24"]))
        .max_body_bytes(LIMIT)
}

fn allowed() -> std::net::IpAddr {
    [198, 51, 100, 7].into()
}

#[test]
fn checks_of_an_automation_run_in_order() {
    let long = "x".repeat(LIMIT + 1);
    let steps = [
        (
            "method_not_allowed",
            Incoming::post(long.clone()).method("PUT").query("token=x"),
        ),
        ("body_too_large", Incoming::post(long).query("token=x")),
        ("address_unknown", Incoming::post("x").query("token=x")),
        (
            "address_not_allowed",
            Incoming::post("x").query("token=x").peer(elsewhere()),
        ),
        ("token_missing", Incoming::post("x").peer(allowed())),
        (
            "token_wrong",
            Incoming::post("x").query("token=x").peer(allowed()),
        ),
        ("not_json", automation("x").peer(allowed())),
        (
            "no_envelope",
            automation(r#"{"type":"SALE_NEW"}"#).peer(allowed()),
        ),
        (
            "event_contradicted",
            automation(envelope("SALE_NEW", "0")).peer(allowed()),
        ),
        (
            "accepted",
            automation(envelope("contact.tag.added", "0")).peer(allowed()),
        ),
    ];
    for (expected, incoming) in steps {
        assert_eq!(code(strict(), incoming), expected);
    }
}

#[test]
fn checks_of_an_account_webhook_run_in_order() {
    let named = |body: &str| Incoming::post(body.to_owned()).header("x-webhook-event", "SALE_NEW");
    let long = "x".repeat(LIMIT + 1);
    let tag = r#"{"contact":{},"tag":{}}"#;
    let steps = [
        ("method_not_allowed", named(&long).method("GET")),
        ("body_too_large", named(&long)),
        ("address_unknown", named("x")),
        ("address_not_allowed", named("x").peer(elsewhere())),
        ("signature_missing", named("x").peer(allowed())),
        (
            "signature_malformed",
            named("x")
                .peer(allowed())
                .header("x-webhook-signature", "x"),
        ),
        (
            "signature_wrong",
            signed_with("another", "SALE_NEW", "x").peer(allowed()),
        ),
        (
            "event_not_covered",
            account("SALE_NEW", "x").peer(allowed()),
        ),
        (
            "not_json",
            account("CONTACT_TAG_ADDED", "x").peer(allowed()),
        ),
        (
            "event_contradicted",
            account("CONTACT_TAG_ADDED", "{}").peer(allowed()),
        ),
        (
            "accepted",
            account("CONTACT_TAG_ADDED", tag).peer(allowed()),
        ),
    ];
    for (expected, incoming) in steps {
        assert_eq!(code(strict(), incoming), expected);
    }
}

#[test]
fn a_body_of_exactly_the_limit_is_accepted() {
    let body = envelope("contact.tag.added", "0");
    let limited = |bytes| code(both().max_body_bytes(bytes), automation(&body));
    assert_eq!(limited(body.len()), "accepted");
    assert_eq!(limited(body.len() - 1), "body_too_large");
}
