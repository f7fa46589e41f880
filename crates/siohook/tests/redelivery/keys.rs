//! Which deliveries have the same key.

use super::*;

#[test]
fn identical_bodies_with_different_message_ids_are_different_deliveries() {
    let (dispatcher, script) = built(&["succeeds"]);
    let outcomes =
        ["m-1", "m-2", "m-1", "m-2"].map(|id| receive(&dispatcher, message(id)).outcome().as_str());
    assert_eq!(outcomes, ["done", "done", "done_before", "done_before"]);
    assert_eq!(script.runs("succeeds"), 2);
}

#[test]
fn different_bodies_with_one_message_id_are_different_deliveries() {
    let (dispatcher, _) = built(&["succeeds"]);
    let receive = |event: &str, body: &[u8]| {
        let incoming = account(event, body).header("X-Webhook-Message-Id", "m-1");
        receive(&dispatcher, incoming).outcome().as_str()
    };
    assert_eq!(
        receive("CONTACT_CREATED", &fixture("account/CONTACT_CREATED")),
        "done"
    );
    assert_eq!(receive("SALE_NEW", &fixture("account/SALE_NEW")), "done");
}

/// The attempt id and the case of the signature are not a part of the key.
#[test]
fn another_attempt_is_the_same_delivery() {
    let (dispatcher, script) = built(&["succeeds"]);
    let body = fixture("account/SALE_NEW");
    let attempt = |attempt: &str, signature: String| {
        Incoming::post(body.clone())
            .header("X-Webhook-Event", "SALE_NEW")
            .header("X-Webhook-Message-Id", "m-1")
            .header("X-Webhook-Delivery-Attempt-Id", attempt)
            .header("X-Webhook-Delivery-Attempt-Timestamp", attempt)
            .header("X-Webhook-Signature", signature)
            .peer([203, 0, 113, attempt.len().try_into().unwrap()].into())
    };
    let lower = sign(SECRET, &body);
    assert_eq!(
        receive(&dispatcher, attempt("1", lower.clone()))
            .outcome()
            .as_str(),
        "done"
    );
    let again = attempt("22", lower.to_uppercase());
    assert_eq!(
        receive(&dispatcher, again).outcome().as_str(),
        "done_before"
    );
    assert_eq!(script.runs("succeeds"), 1);
}

#[test]
fn identical_bodies_of_automations_are_the_same_delivery() {
    let (dispatcher, script) = built(&["succeeds"]);
    let outcomes = [tag(1), tag(1), tag(2)].map(|it| receive(&dispatcher, it).outcome().as_str());
    assert_eq!(outcomes, ["done", "done_before", "done"]);
    // The header for a message id is ignored, because automations have none.
    let with_id = tag(1).header("X-Webhook-Message-Id", "m-1");
    assert_eq!(
        receive(&dispatcher, with_id).outcome().as_str(),
        "done_before"
    );
    assert_eq!(script.runs("succeeds"), 2);
}

#[test]
fn one_body_sent_by_both_mechanisms_is_two_deliveries() {
    let (dispatcher, script) = built(&["succeeds"]);
    let body = envelope("contact.community.joined", "{}");
    assert_eq!(
        receive(&dispatcher, automation(&body)).outcome().as_str(),
        "done"
    );
    assert_eq!(
        receive(&dispatcher, account("COMMUNITY_JOINED", &body))
            .outcome()
            .as_str(),
        "done"
    );
    assert_eq!(script.runs("succeeds"), 2);
}

#[test]
fn keys_are_equal_only_for_the_same_delivery() {
    let (dispatcher, _) = built(&["succeeds"]);
    let key = |incoming| dispatcher.verify(incoming).unwrap().key().clone();
    assert_eq!(key(tag(1)), key(tag(1)));
    assert_eq!(key(message("m-1")), key(message("m-1")));
    assert_ne!(key(tag(1)), key(tag(2)));
    assert_ne!(key(message("m-1")), key(message("m-2")));
    let no_id = account("SALE_NEW", fixture("account/SALE_NEW"));
    assert_ne!(key(message("m-1")), key(no_id));
    assert_eq!(key(tag(1)).to_string(), key(tag(1)).to_string());
    assert!(key(message("m-1")).to_string().starts_with("account:m-1:"));
}
