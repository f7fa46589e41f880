//! A secret that is bound to some events makes up for the event header, which is not
//! signed.

use super::*;

#[test]
fn a_sale_replayed_as_its_cancellation_is_refused() {
    let bound = || {
        no_trust()
            .account_secret_for("sales", "one", ["SALE_NEW"])
            .account_secret_for("cancellations", "other", ["SALE_CANCELED"])
    };
    let label = |secret, event| match verify(bound(), signed_with(secret, event, sale())) {
        Ok(delivery) => format!("{:?}", delivery.trust()),
        Err(rejection) => rejection.code().to_owned(),
    };
    assert_eq!(label("one", "SALE_NEW"), r#"Signed { secret: "sales" }"#);
    assert_eq!(
        label("other", "SALE_CANCELED"),
        r#"Signed { secret: "cancellations" }"#
    );
    assert_eq!(label("one", "SALE_CANCELED"), "event_not_covered");
    assert_eq!(label("other", "SALE_NEW"), "event_not_covered");
    assert_eq!(label("third", "SALE_NEW"), "signature_wrong");
    assert_eq!(
        reason(bound(), signed_with("one", "SALE_CANCELED", sale())),
        "account: the signature is valid, but not for this event \
         (event not covered by secret \"sales\")"
    );
}

#[test]
fn a_secret_can_be_bound_to_patterns_and_unlisted_names() {
    let bound = |events: &[&str], event: &str| {
        let builder = no_trust().account_secret_for("some", SECRET, events.to_vec());
        code(builder, account(event, sale()))
    };
    assert_eq!(bound(&["SALE_*"], "SALE_CANCELED"), "accepted");
    assert_eq!(bound(&["SALE_*"], "SALE_REFUNDED"), "accepted");
    assert_eq!(bound(&["*"], "SALE_NEW"), "accepted");
    assert_eq!(bound(&["CONTACT_*", "SALE_NEW"], "SALE_NEW"), "accepted");
    assert_eq!(bound(&["CONTACT_*"], "SALE_NEW"), "event_not_covered");
    assert_eq!(bound(&["ORDER_PAID"], "ORDER_PAID"), "accepted");
    // A prefix of the name is not the name.
    assert_eq!(bound(&["SALE_NEW"], "SALE_NEWER"), "event_not_covered");
    assert_eq!(bound(&["SALE_NEW"], "sale_new"), "event_not_covered");
}

#[test]
fn a_secret_given_twice_covers_the_events_of_both() {
    let twice = || {
        no_trust()
            .account_secret_for("sales", SECRET, ["SALE_NEW"])
            .account_secret_for("rest", SECRET, ["SALE_CANCELED"])
    };
    let delivery = verify(twice(), account("SALE_CANCELED", sale())).unwrap();
    assert_eq!(delivery.trust(), Trust::Signed { secret: "rest" });
}

#[test]
fn a_missing_event_is_not_covered() {
    let bound = no_trust().account_secret_for("sales", SECRET, ["SALE_NEW"]);
    let unnamed = Incoming::post(sale()).header("X-Webhook-Signature", sign(SECRET, sale()));
    assert_eq!(code(bound, unnamed), "event_not_covered");
}
