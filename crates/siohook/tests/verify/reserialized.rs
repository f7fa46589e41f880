use super::*;

/// Rewrites each character or escape. The flag says whether it is inside a string.
fn rewritten(json: &[u8], rewrite: impl Fn(&str, bool) -> String) -> String {
    let json = str::from_utf8(json).unwrap();
    let mut rest = json;
    let (mut out, mut in_string) = (String::new(), false);
    while let Some(first) = rest.chars().next() {
        let length = match rest.as_bytes() {
            [b'\\', b'u', ..] => 6,
            [b'\\', ..] => 2,
            _ => first.len_utf8(),
        };
        let (unit, after) = rest.split_at(length);
        in_string ^= unit == "\"";
        out.push_str(&rewrite(unit, in_string && unit != "\""));
        rest = after;
    }
    out
}

fn pretty(unit: &str, in_string: bool) -> String {
    match unit {
        "{" | "[" | "," if !in_string => format!("{unit}\r\n\t "),
        "}" | "]" if !in_string => format!("\n{unit}"),
        ":" if !in_string => " : ".to_owned(),
        unit => unit.to_owned(),
    }
}

/// `é` for `\u00e9` and `/` for `\/`.
fn unescaped(unit: &str, _: bool) -> String {
    match unit.strip_prefix("\\u") {
        Some(hex) => {
            let number = u32::from_str_radix(hex, 16).unwrap();
            char::from_u32(number).unwrap().to_string()
        }
        None => unit.replace("\\/", "/"),
    }
}

/// `\u004C` for `L`.
fn escaped(unit: &str, in_string: bool) -> String {
    match *unit.as_bytes() {
        [letter @ b'A'..=b'Z'] if in_string => format!("\\u{letter:04X}"),
        [b'\\', b'u', ..] => format!("\\u{}", unit[2..].to_uppercase()),
        _ => unit.to_owned(),
    }
}

/// A body that was rewritten after it was signed.
fn changed(fixture: &Fixture, body: impl Into<Vec<u8>>) -> Incoming {
    Incoming::post(body.into())
        .header("X-Webhook-Event", &fixture.event)
        .header("X-Webhook-Signature", sign(SECRET, &fixture.body))
}

/// The same content in other spellings.
fn variants(fixture: &Fixture) -> Vec<String> {
    let pretty_and_unescaped = rewritten(&fixture.body, |unit, in_string| {
        pretty(&unescaped(unit, in_string), in_string)
    });
    let mut variants = vec![
        rewritten(&fixture.body, pretty),
        rewritten(&fixture.body, unescaped),
        rewritten(&fixture.body, escaped),
        format!(" {pretty_and_unescaped}\n"),
    ];
    // Some bodies have no escapes, so a variant may equal the body.
    variants.retain(|variant| variant.as_bytes() != fixture.body);
    assert!(variants.len() >= 3, "{}", fixture.file);
    variants
}

#[test]
fn a_body_in_another_spelling_verifies_if_reserialized_bodies_are_accepted() {
    for fixture in account_fixtures() {
        for variant in variants(&fixture) {
            let accepting = both().accept_reserialized_bodies();
            let delivery = verify(accepting, changed(&fixture, &*variant)).unwrap();
            assert_eq!(delivery.trust(), Trust::Signed { secret: "main" });
            assert_eq!(delivery.body(), &variant);
            let refused = code(both(), changed(&fixture, &*variant));
            assert_eq!(refused, "signature_wrong", "{}", fixture.file);
        }
        let accepting = both().accept_reserialized_bodies();
        assert_eq!(
            code(accepting, changed(&fixture, &*fixture.body)),
            "accepted"
        );
    }
}

#[test]
fn a_body_in_another_spelling_has_the_same_key() {
    let dispatcher = both().accept_reserialized_bodies().build().unwrap();
    for fixture in account_fixtures() {
        let original = dispatcher.verify(fixture.incoming()).unwrap();
        for variant in variants(&fixture) {
            let again = dispatcher.verify(changed(&fixture, variant)).unwrap();
            assert_eq!(again.key(), original.key());
        }
    }
}

#[test]
fn a_body_with_other_content_does_not_verify() {
    for fixture in account_fixtures() {
        let text = str::from_utf8(&fixture.body).unwrap();
        for (from, to) in [
            (r#""vat":0.0"#, r#""vat":1"#),
            ("4700", "4700.0"),
            ("4700", "47e2"),
            ("445120981", "445120982"),
            ("Martin", "martin"),
            ("null", r#""""#),
            ("[]", "{}"),
            ("}", r#","more":1}"#),
            (r"L\u00e9a", r"Le\u0301a"),
        ] {
            if text.contains(from) {
                let body = text.replacen(from, to, 1);
                let accepting = both().accept_reserialized_bodies();
                let got = code(accepting, changed(&fixture, body));
                assert_eq!(got, "signature_wrong", "{}: {to}", fixture.file);
            }
        }
    }
}

/// JavaScript writes `0.0` as `0`.
#[test]
fn a_vat_that_lost_its_fraction_verifies_and_no_other_float_does() {
    for name in ["SALE_NEW", "SALE_CANCELED"] {
        let body = String::from_utf8(fixture(&format!("account/{name}"))).unwrap();
        for (signed, rewritten, expected) in [
            (r#""vat":0.0"#, r#""vat":0"#, "accepted"),
            (r#""vat":20.0"#, r#""vat":20"#, "accepted"),
            (r#""vat":0"#, r#""vat":0.0"#, "signature_wrong"),
            (
                r#""vat":0.0,"x":1.0"#,
                r#""vat":0,"x":1"#,
                "signature_wrong",
            ),
        ] {
            let [signed, rewritten] =
                [signed, rewritten].map(|vat| body.replace(r#""vat":0.0"#, vat));
            let incoming = Incoming::post(rewritten)
                .header("X-Webhook-Event", name)
                .header("X-Webhook-Signature", sign(SECRET, signed));
            let accepting = both().accept_reserialized_bodies();
            assert_eq!(code(accepting, incoming), expected);
        }
    }
}

#[test]
fn a_body_with_another_order_of_keys_does_not_verify() {
    let body = r#"{"contact":{"id":1,"email":"lea@example.com"}}"#;
    let other = r#"{"contact":{"email":"lea@example.com","id":1}}"#;
    let incoming = Incoming::post(other)
        .header("X-Webhook-Event", "CONTACT_CREATED")
        .header("X-Webhook-Signature", sign(SECRET, body));
    let accepting = both().accept_reserialized_bodies();
    assert_eq!(code(accepting, incoming), "signature_wrong");
}

#[test]
fn a_bound_secret_stays_bound_to_its_events() {
    let bound = || {
        no_trust()
            .account_secret_for("sales", SECRET, ["SALE_NEW"])
            .accept_reserialized_bodies()
    };
    let pretty = rewritten(&sale(), pretty);
    let replayed = |event: &str| {
        Incoming::post(pretty.clone())
            .header("X-Webhook-Event", event)
            .header("X-Webhook-Signature", sign(SECRET, sale()))
    };
    assert_eq!(code(bound(), replayed("SALE_NEW")), "accepted");
    assert_eq!(
        code(bound(), replayed("SALE_CANCELED")),
        "event_not_covered"
    );
}

#[test]
fn the_log_says_that_a_body_was_rewritten() {
    for fixture in account_fixtures() {
        for variant in variants(&fixture) {
            assert_eq!(
                reason(both(), changed(&fixture, variant)),
                "account: the signature fits none of the secrets (the body matches once \
                 normalised: something between systeme.io and this server rewrites JSON; \
                 stop it, or see `accept_reserialized_bodies`)"
            );
        }
    }
}
