use super::*;

#[test]
fn an_untrusted_delivery_is_accepted_as_unverified() {
    for incoming in [
        Incoming::post(TAG_ADDED),
        Incoming::post(TAG_ADDED).query("token=wrong"),
        unsigned("SALE_NEW"),
        signed_with("another", "SALE_NEW", sale()),
        unsigned("SALE_NEW").header("X-Webhook-Signature", "?"),
    ] {
        let delivery = verify(both().accept_unverified(), incoming).unwrap();
        assert_eq!(delivery.trust(), Trust::Unverified);
    }
    let delivery = verify(no_trust().accept_unverified(), unsigned("SALE_NEW")).unwrap();
    assert_eq!(delivery.trust(), Trust::Unverified);
    let listed = both()
        .source_ips(IpAllowList::systeme_io())
        .accept_unverified();
    let delivery = verify(listed, Incoming::post(TAG_ADDED).peer(elsewhere())).unwrap();
    assert_eq!(delivery.trust(), Trust::Unverified);
}

#[test]
fn a_trusted_delivery_keeps_its_trust() {
    let delivery = verify(both().accept_unverified(), account("SALE_NEW", sale())).unwrap();
    assert_eq!(delivery.trust(), Trust::Signed { secret: "main" });
    let delivery = verify(both().accept_unverified(), automation(TAG_ADDED)).unwrap();
    assert_eq!(delivery.trust(), Trust::Token { label: None });
}

#[test]
fn requests_that_are_not_deliveries_are_still_refused() {
    let lax = || both().accept_unverified();
    assert_eq!(code(lax(), Incoming::post("{")), "not_json");
    assert_eq!(
        code(lax(), Incoming::post(TAG_ADDED).method("GET")),
        "method_not_allowed"
    );
    assert_eq!(
        code(lax().max_body_bytes(1), Incoming::post("{}")),
        "body_too_large"
    );
    assert_eq!(
        code(lax(), unsigned("CONTACT_CREATED")),
        "event_contradicted"
    );
}
