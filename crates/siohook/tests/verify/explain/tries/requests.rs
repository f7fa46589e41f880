//! What is looked at beside the signature and the token.

use super::*;

pub(super) fn requests() -> Vec<Try> {
    let of = |step, ok, sentence, hint, explanation| Try {
        step,
        label: None,
        ok,
        sentence,
        hint,
        explanation,
    };
    let digest = |last| {
        let mut digest = sha256(TAG_ADDED);
        digest[31] ^= last;
        let explainer = explainer().recorded_sha256(digest);
        move |incoming| explainer.explain(incoming)
    };
    let explain = |incoming| explainer().explain(incoming);
    let lost = || Incoming::post(sale());
    vec![
        of(
            "file",
            Some(true),
            "as it was received",
            "",
            digest(0)(automation(TAG_ADDED)),
        ),
        of(
            "file",
            Some(false),
            "its body is not as it was received",
            "The body was edited since it was received.",
            digest(1)(Incoming::post(TAG_ADDED).query("token=x")),
        ),
        of(
            "method",
            Some(false),
            "GET, and systeme.io sends POST",
            "Systeme.io sends POST",
            explain(account("SALE_NEW", sale()).method("GET")),
        ),
        of(
            "length",
            Some(false),
            "over 9 bytes, so nothing of the body was tried",
            "The limit is 9 bytes",
            explainer()
                .max_body_bytes(9)
                .explain(sale_as(text() + "\n")),
        ),
        of(
            "length",
            Some(false),
            "over 1048576 bytes, so nothing of the body was tried",
            "The limit is 1048576 bytes",
            explain(Head::new("POST").too_long()),
        ),
        of(
            "length",
            Some(false),
            "the body was cut off",
            "The connection broke before the body ended.",
            explain(Head::new("POST").unreadable()),
        ),
        of(
            "mechanism",
            Some(true),
            "account webhook: X-Webhook-Signature is there",
            "",
            explain(account("SALE_NEW", sale())),
        ),
        of(
            "mechanism",
            Some(true),
            "account webhook: X-Webhook-Event is there",
            "Systeme.io sends it as",
            explain(unsigned("SALE_NEW")),
        ),
        of(
            "mechanism",
            Some(true),
            "automation: no X-Webhook-Signature and no X-Webhook-Event",
            "",
            explain(automation(TAG_ADDED)),
        ),
        of(
            "mechanism",
            Some(false),
            "no X-Webhook-Signature and no X-Webhook-Event, as in an automation; but the body is \
             that of an account webhook",
            "This is the body of an account webhook, and its `X-Webhook-*` headers are missing",
            explain(lost()),
        ),
    ]
}

fn sha256(body: &str) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(body).into()
}

pub(super) fn events() -> Vec<Try> {
    let of = |ok, sentence, hint, incoming| Try {
        step: "event",
        label: None,
        ok,
        sentence,
        hint,
        explanation: explainer().explain(incoming),
    };
    let contact = r#"{"contact":{"id":1}}"#;
    vec![
        of(
            None,
            "not signed: SALE_NEW is a claim; the body fits it",
            "",
            account("SALE_NEW", sale()),
        ),
        of(
            None,
            "contact.tag.added, as the body says",
            "",
            automation(TAG_ADDED),
        ),
        of(
            Some(false),
            "not signed: SALE_NEW is a claim, and the body does not match the event name: the header \
             says SALE_NEW, but the body has no `customer`; it fits CONTACT_CREATED, \
             CONTACT_OPT_IN",
            "The header says SALE_NEW, but the body has no `customer`.",
            account("SALE_NEW", contact),
        ),
        of(
            Some(false),
            "X-Webhook-Event is missing, or can't be read",
            "Systeme.io names the event in this header",
            Incoming::post(sale()).header("X-Webhook-Signature", sign(SECRET, sale())),
        ),
        of(
            Some(false),
            "the body does not match the event name: an automation names an event that only account \
             webhooks have",
            "An automation names an event",
            automation(envelope("SALE_NEW", "{}")),
        ),
        of(
            Some(false),
            "the body is not JSON: an automation sends `type`, `data`, `account` and `created_at`",
            "An automation sends",
            automation("{"),
        ),
    ]
}
