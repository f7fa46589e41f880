use super::*;

fn same_shape(one: &str, other: &str) -> bool {
    let members = |name| {
        let mut events = siohook::events().iter();
        events.find(|event| event.name() == name).unwrap().members()
    };
    members(one) == members(other)
}

#[test]
fn the_event_header_has_to_match_the_body() {
    let events = siohook::events().iter();
    for event in events.filter(|event| event.mechanism() == Mechanism::Account) {
        for Fixture {
            event: own,
            body,
            file,
            ..
        } in account_fixtures()
        {
            let expected = if same_shape(&own, event.name()) {
                "accepted"
            } else {
                "event_contradicted"
            };
            let got = code(both(), account(event.name(), body));
            assert_eq!(got, expected, "{file} as {}", event.name());
        }
    }
}

#[test]
fn the_log_names_the_contradicting_member() {
    let created = fixture("account/CONTACT_CREATED");
    assert_eq!(
        reason(both(), account("CONTACT_TAG_ADDED", created)),
        "account: the body does not match the event name \
         (the header says CONTACT_TAG_ADDED, but the body has no `tag`)"
    );
    let added = fixture("account/CONTACT_TAG_ADDED");
    assert_eq!(
        reason(both(), account("CONTACT_CREATED", added)),
        "account: the body does not match the event name \
         (the header says CONTACT_CREATED, but the body has `tag`)"
    );
}

#[test]
fn a_member_that_is_null_is_absent() {
    let null = r#"{"contact":{},"tag":null}"#;
    assert_eq!(code(both(), account("CONTACT_CREATED", null)), "accepted");
    assert_eq!(
        code(both(), account("CONTACT_TAG_ADDED", null)),
        "event_contradicted"
    );
}

/// Tries every combination of the members that matter.
#[test]
fn six_members_decide_whether_a_body_matches_an_event() {
    const KEYS: [&str; 6] = [
        "contact",
        "tag",
        "customer",
        "order",
        "orderItem",
        "pricePlan",
    ];
    for members in 0..1 << KEYS.len() {
        let there: Vec<_> = KEYS
            .iter()
            .enumerate()
            .filter(|(at, _)| members & (1 << at) != 0)
            .map(|(_, key)| *key)
            .collect();
        let has = |key| there.contains(&key);
        let bought = has("order") || has("orderItem") || has("pricePlan");
        let sale = has("customer") && bought;
        let contact = has("contact") && !has("customer");
        for (event, fits) in [
            ("SALE_NEW", sale),
            ("SALE_CANCELED", sale),
            ("CONTACT_TAG_ADDED", contact && has("tag")),
            ("CONTACT_TAG_REMOVED", contact && has("tag")),
            ("CONTACT_CREATED", contact && !has("tag")),
            ("CONTACT_OPT_IN", contact && !has("tag")),
            ("SALE_REFUNDED", !has("contact") || has("customer")),
            ("CONTACT_MERGED", !has("customer") || has("contact")),
            ("ORDER_PAID", true),
        ] {
            // A member that is null counts as absent.
            let pairs = KEYS.map(|key| format!("{key:?}:{}", if has(key) { "{}" } else { "null" }));
            let body = format!("{{{}}}", pairs.join(","));
            let expected = if fits {
                "accepted"
            } else {
                "event_contradicted"
            };
            assert_eq!(
                code(both(), account(event, &body)),
                expected,
                "{event} {body}"
            );
        }
    }
}

#[test]
fn an_unlisted_sale_with_a_contact_is_refused_and_the_other_way_round() {
    let contact = fixture("account/CONTACT_CREATED");
    assert_eq!(
        reason(both(), account("SALE_REFUNDED", contact)),
        "account: the body does not match the event name \
         (the header names a sale, but the body has `contact` and no `customer`)"
    );
    assert_eq!(
        reason(both(), account("CONTACT_MERGED", sale())),
        "account: the body does not match the event name \
         (the header names a contact's event, but the body has `customer` and no `contact`)"
    );
}

#[test]
fn any_other_unlisted_event_may_have_any_object() {
    assert_eq!(code(both(), account("ORDER_PAID", "{}")), "accepted");
    assert_eq!(code(both(), account("ORDER_PAID", sale())), "accepted");
    for body in ["[]", "null", "7", "\"x\""] {
        assert_eq!(
            code(both(), account("ORDER_PAID", body)),
            "no_envelope",
            "{body}"
        );
    }
}

#[test]
fn an_event_of_the_other_mechanism_is_refused() {
    for event in siohook::events() {
        let (by_automation, by_account) = match event.mechanism() {
            Mechanism::Automation => ("accepted", "event_contradicted"),
            _ => ("event_contradicted", "accepted"),
        };
        let body = envelope(event.name(), "{}");
        assert_eq!(
            code(both(), automation(body)),
            by_automation,
            "{}",
            event.name()
        );
        let members: Vec<_> = event
            .members()
            .iter()
            .map(|it| format!("{it:?}:{{}}"))
            .collect();
        let body = format!("{{{}}}", members.join(","));
        assert_eq!(
            code(both(), account(event.name(), body)),
            by_account,
            "{}",
            event.name()
        );
    }
    assert_eq!(
        reason(both(), automation(envelope("SALE_NEW", "{}"))),
        "automation: the body does not match the event name \
         (an automation names an event that only account webhooks have)"
    );
    assert_eq!(
        reason(both(), account("contact.tag.added", "{}")),
        "account: the body does not match the event name \
         (the header names an event that only automations have)"
    );
}

#[test]
fn invalid_json_and_other_json_have_codes_of_their_own() {
    let deep = format!(r#"{{"type":"x","data":{}"#, "[".repeat(100_000));
    for (expected, body) in [
        ("not_json", &b""[..]),
        ("not_json", b"{"),
        ("not_json", br#"{"type":"x","data":{}}}"#),
        ("not_json", b"type=contact.tag.added"),
        ("not_json", b"\xef\xbb\xbf{}"),
        ("not_json", b"{\"type\":\"\xff\",\"data\":{}}"),
        ("not_json", br#"{"type":"x","data":{},}"#),
        ("not_json", br#"{"type":"x","data":NaN}"#),
        ("not_json", deep.as_bytes()),
        ("no_envelope", b"{}"),
        ("no_envelope", b"null"),
        ("no_envelope", b"7"),
        ("no_envelope", b"[]"),
        ("no_envelope", br#"{"type":null,"data":{}}"#),
        ("no_envelope", br#"{"type":"x"}"#),
        ("no_envelope", br#"{"type":"x","type":"y","data":{}}"#),
        ("no_envelope", br#"{"type":"","data":{}}"#),
        ("accepted", br#"{"type":"x","data":null}"#),
        ("accepted", br#" { "data" : [ ] , "type" : "x" } "#),
    ] {
        let text = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        assert_eq!(code(both(), automation(body)), expected, "{text}");
    }
}

/// A list of the values in the order of the members is not an envelope.
#[test]
fn a_list_is_not_an_envelope() {
    let list = r#"["contact.tag.added",{},null,null]"#;
    assert_eq!(code(both(), automation(list)), "no_envelope");
}
