use super::*;

/// Code, status, and a configuration and a request that lead to it.
fn table() -> Vec<(&'static str, u16, DispatcherBuilder, Incoming)> {
    let listed = || both().source_ips(IpAllowList::systeme_io());
    let sales_only = no_trust().account_secret_for("sales", SECRET, ["SALE_NEW"]);
    let unnamed = Incoming::post(sale()).header("X-Webhook-Signature", sign(SECRET, sale()));
    let tag_body = fixture("account/CONTACT_TAG_ADDED");
    vec![
        (
            "method_not_allowed",
            405,
            both(),
            automation(TAG_ADDED).method("GET"),
        ),
        (
            "body_too_large",
            413,
            both().max_body_bytes(9),
            automation(TAG_ADDED),
        ),
        (
            "body_unreadable",
            400,
            both(),
            Head::new("POST").unreadable(),
        ),
        ("address_unknown", 403, listed(), automation(TAG_ADDED)),
        (
            "address_not_allowed",
            403,
            listed(),
            automation(TAG_ADDED).peer(elsewhere()),
        ),
        (
            "not_configured",
            401,
            no_trust().automation_token(TOKEN),
            account("SALE_NEW", sale()),
        ),
        ("signature_missing", 401, both(), unsigned("SALE_NEW")),
        (
            "signature_malformed",
            401,
            both(),
            unsigned("SALE_NEW").header("X-Webhook-Signature", "0"),
        ),
        (
            "signature_wrong",
            401,
            both(),
            signed_with("another", "SALE_NEW", sale()),
        ),
        (
            "event_not_covered",
            401,
            sales_only,
            account("SALE_CANCELED", sale()),
        ),
        ("token_missing", 401, both(), Incoming::post(TAG_ADDED)),
        (
            "token_wrong",
            401,
            both(),
            Incoming::post(TAG_ADDED).query("token=another"),
        ),
        ("not_json", 400, both(), automation("{")),
        ("no_envelope", 400, both(), automation("{}")),
        ("event_missing", 400, both(), unnamed),
        (
            "event_contradicted",
            400,
            both(),
            account("SALE_NEW", tag_body),
        ),
    ]
}

#[test]
fn every_code_is_reached_and_has_its_status() {
    for (code, status, builder, incoming) in table() {
        let rejection = verify(builder, incoming).unwrap_err();
        assert_eq!(rejection.code(), code);
        assert_eq!(
            (rejection.status(), rejection.reply().status()),
            (status, status)
        );
        let debug = format!("Rejection({code}: {rejection})");
        assert_eq!(format!("{rejection:?}"), debug);
    }
}

#[test]
fn the_documentation_lists_the_same_codes_and_statuses() {
    let rows = include_str!("../../src/verify/rejection.rs")
        .lines()
        .filter_map(|line| {
            let (code, rest) = line.strip_prefix("/// | `")?.split_once("` | ")?;
            Some((code, rest.split_once(" |")?.0.parse().unwrap()))
        });
    let documented: BTreeSet<(&str, u16)> = rows.collect();
    let tested = table().into_iter().map(|(code, status, ..)| (code, status));
    assert_eq!(documented, tested.collect());
}

#[test]
fn receive_replies_with_the_status_and_on_reject_gets_the_code() {
    for (code, status, builder, incoming) in table() {
        let seen = Arc::new(Mutex::new(vec![]));
        let codes = Arc::clone(&seen);
        let dispatcher = builder
            .on_reject(move |rejection| codes.lock().unwrap().push(rejection.code()))
            .build()
            .unwrap();
        let reply = finish(dispatcher.receive(incoming));
        assert_eq!(reply.status(), status);
        assert_eq!(*seen.lock().unwrap(), [code]);
        // The reason is for the log only.
        assert_eq!(
            reply.body(),
            format!(r#"{{"outcome":"{}"}}"#, reply.outcome().as_str()).as_bytes()
        );
    }
}

#[test]
fn a_rejection_has_the_mechanism_unless_method_or_length_decide() {
    let mechanism = |incoming| verify(both(), incoming).unwrap_err().mechanism();
    assert_eq!(mechanism(Incoming::post("").method("GET")), None);
    assert_eq!(mechanism(Incoming::post("")), Some(Mechanism::Automation));
    assert_eq!(mechanism(unsigned("SALE_NEW")), Some(Mechanism::Account));
    let only_signature = Incoming::post("").header("x-webhook-signature", "");
    assert_eq!(mechanism(only_signature), Some(Mechanism::Account));
}
