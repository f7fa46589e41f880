use super::*;

#[test]
fn every_secret_is_tried_and_the_matching_one_gives_the_label() {
    let rotating = || {
        no_trust()
            .account_secret("old", "before")
            .account_secret("new", "after")
    };
    for (secret, label) in [("before", "old"), ("after", "new")] {
        let delivery = verify(rotating(), signed_with(secret, "SALE_NEW", sale())).unwrap();
        assert_eq!(delivery.trust(), Trust::Signed { secret: label });
    }
    let refused = signed_with("between", "SALE_NEW", sale());
    assert_eq!(code(rotating(), refused), "signature_wrong");
}

#[test]
fn a_signature_is_hex_in_either_case_without_a_prefix() {
    let hex = sign(SECRET, sale());
    let given = |signature: &str| {
        code(
            both(),
            unsigned("SALE_NEW").header("X-Webhook-Signature", signature),
        )
    };
    let mixed: String = hex
        .char_indices()
        .map(|(at, digit)| {
            if at % 2 == 0 {
                digit.to_ascii_uppercase()
            } else {
                digit
            }
        })
        .collect();
    for signature in [&hex, &hex.to_uppercase(), &mixed, &format!(" {hex}\t")] {
        assert_eq!(given(signature), "accepted", "{signature}");
    }
    for signature in [
        "",
        &hex[1..],
        &format!("{hex}0"),
        &format!("sha256={hex}"),
        &format!("0x{}", &hex[2..]),
        &format!("0x{hex}"),
        &format!("{} {}", &hex[..32], &hex[33..]),
        &format!("é{}", &hex[2..]),
    ] {
        assert_eq!(given(signature), "signature_malformed", "{signature}");
    }
    assert_eq!(given(&"0".repeat(64)), "signature_wrong");
}

#[test]
fn the_signature_covers_the_raw_bytes() {
    let signature = sign(SECRET, sale());
    for at in [0, 1, sale().len() / 2, sale().len() - 1] {
        let mut changed = sale();
        changed[at] ^= 1;
        let incoming = Incoming::post(changed)
            .header("X-Webhook-Event", "SALE_NEW")
            .header("X-Webhook-Signature", &signature);
        assert_eq!(code(both(), incoming), "signature_wrong");
    }
}

#[test]
fn header_names_are_case_insensitive_and_the_first_line_counts() {
    let incoming = Incoming::post(sale())
        .header("x-WEBHOOK-event", " SALE_NEW ")
        .header("X-Webhook-Event", "SALE_CANCELED")
        .header("x-webhook-SIGNATURE", sign(SECRET, sale()))
        .header("x-webhook-signature", "0");
    assert_eq!(verify(both(), incoming).unwrap().event(), &"SALE_NEW");
}

#[test]
fn a_token_does_not_replace_a_signature() {
    let incoming = unsigned("SALE_NEW").query(format!("token={TOKEN}"));
    assert_eq!(code(both(), incoming), "signature_missing");
}

#[test]
fn a_signature_does_not_replace_a_token() {
    let body = envelope("contact.tag.added", "{}");
    let incoming = Incoming::post(body.clone()).header("X-Webhook-Signature", sign(SECRET, body));
    assert_eq!(code(both(), incoming), "event_missing");
}

#[test]
fn an_event_header_that_is_empty_or_not_utf8_is_missing() {
    for event in [&b""[..], b"  ", &[0xff, 0xfe]] {
        let incoming = Incoming::post(sale())
            .header("X-Webhook-Event", event)
            .header("X-Webhook-Signature", sign(SECRET, sale()));
        assert_eq!(code(both(), incoming), "event_missing");
    }
}
