//! Which deliveries have the same key.

use siohook_sender::TOKEN;

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

/// Two rules may send the same body in the same second, each to a URL of its own.
#[test]
fn identical_bodies_of_automations_with_other_urls_are_different_deliveries() {
    let (builder, script) = with(&["succeeds"]);
    let builder = builder.automation_token_as("gold", "g1");
    let dispatcher = builder.automation_token_as("silver", "s1").build().unwrap();
    let body = envelope("contact.tag.added", "{}");
    let verify = |query: &str| {
        let incoming = Incoming::post(body.clone()).query(query);
        dispatcher.verify(incoming).unwrap()
    };
    let main = format!("token={TOKEN}");
    let of_gold = format!("token={TOKEN}&tier=gold");
    let of_silver = format!("token={TOKEN}&tier=silver");
    let queries = [
        &main,
        &of_gold,
        &of_silver,
        "token=g1",
        "token=s1",
        "token=s1&tier=gold",
        &format!("token={TOKEN}&4:gold"),
        &format!("token={TOKEN}&6:silvertier=gold"),
    ];
    for (at, query) in queries.iter().enumerate() {
        let first = verify(query);
        for before in &queries[..at] {
            assert_ne!(first.key(), verify(before).key(), "{query}, {before}");
        }
        let replies = [first, verify(query)].map(|it| finish(dispatcher.dispatch(&it)));
        let outcomes = replies.map(|report| report.reply().outcome().as_str());
        assert_eq!(outcomes, ["done", "done_before"], "{query}");
    }
    // The place of the token in the URL is not a part of the key.
    assert_eq!(
        verify(&format!("tier=gold&token={TOKEN}")).key(),
        verify(&of_gold).key()
    );
    assert_eq!(script.runs("succeeds"), queries.len());
}

/// The message ids of account webhooks differ, and a proxy may add parameters to a URL.
#[test]
fn the_url_of_an_account_webhook_is_not_a_part_of_the_key() {
    let (dispatcher, script) = built(&["succeeds"]);
    let outcomes = ["", "tier=gold"].map(|query| {
        let reply = receive(&dispatcher, message("m-1").query(query));
        reply.outcome().as_str()
    });
    assert_eq!(outcomes, ["done", "done_before"]);
    assert_eq!(script.runs("succeeds"), 1);
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
