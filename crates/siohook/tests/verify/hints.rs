use super::*;

fn wrong(configured: &str, used: &str) -> String {
    let builder = nobody()
        .account_secret("first", "of no matter")
        .account_secret("main", configured);
    let reason = reason(builder, signed_with(used, "SALE_NEW", sale()));
    let sentence = "account: the signature fits none of the secrets (";
    let hint = reason.strip_prefix(sentence).unwrap().strip_suffix(')');
    hint.unwrap().to_owned()
}

const UNKNOWN: &str = "signature is of another secret, or the body was changed on the way";

#[test]
fn quotes_around_the_secret_are_noticed() {
    let quoted = r#"secret "main" has quotes around it here"#;
    assert_eq!(wrong("\"s3cret\"", "s3cret"), quoted);
    assert_eq!(wrong("'s3cret'", "s3cret"), quoted);
    assert_eq!(wrong("\"s3cret'", "s3cret"), UNKNOWN);
    assert_eq!(wrong("\"", "s3cret"), UNKNOWN);
}

#[test]
fn quotes_around_the_secret_at_systeme_io_are_noticed() {
    let quoted = r#"secret "main" has quotes around it at systeme.io"#;
    assert_eq!(wrong("s3cret", "\"s3cret\""), quoted);
    assert_eq!(wrong("s3cret", "'s3cret'"), quoted);
}

/// Many make secrets of the same form as a signature.
#[test]
fn a_secret_that_is_sent_as_the_signature_is_noticed() {
    let hex = "0A".repeat(32);
    for secret in ["s3cret", "\"s3cret\"", &hex] {
        let builder = nobody()
            .account_secret("first", "of no matter")
            .account_secret("main", secret);
        let sent = unsigned("SALE_NEW").header("X-Webhook-Signature", format!(" {secret} "));
        let reason = reason(builder, sent);
        let itself = r#"(the header holds secret "main" itself, and not the signature"#;
        assert!(reason.contains(itself), "{reason}");
    }
}

#[test]
fn white_space_around_the_secret_is_noticed() {
    for used in ["s3cret ", " s3cret", "s3cret\n"] {
        let spaced = r#"secret "main" has white space around it at systeme.io"#;
        assert_eq!(wrong("s3cret", used), spaced);
    }
}

#[test]
fn another_secret_is_suspected_otherwise() {
    assert_eq!(wrong("s3cret", "another"), UNKNOWN);
    assert_eq!(wrong("s3cret", "s3 cret"), UNKNOWN);
}

#[test]
fn a_body_that_was_emptied_is_noticed() {
    let emptied = Incoming::post("")
        .header("X-Webhook-Event", "SALE_NEW")
        .header("X-Webhook-Signature", sign(SECRET, sale()));
    assert_eq!(
        reason(both(), emptied),
        "account: the signature fits none of the secrets \
         (the body is empty: something read it before siohook, such as a middleware)"
    );
}

/// A forged body never costs much more than a good one.
#[test]
fn large_bodies_are_not_examined() {
    let body = format!("{{{}}}", " ".repeat(32 * 1024));
    let incoming = Incoming::post(body)
        .header("X-Webhook-Event", "ORDER_PAID")
        .header("X-Webhook-Signature", sign(SECRET, "{}"));
    assert!(reason(both(), incoming).contains(UNKNOWN));
}

#[test]
fn a_malformed_signature_is_measured_and_not_repeated() {
    let signature = "sha256=0123456789abcdef";
    let incoming = unsigned("SALE_NEW").header("X-Webhook-Signature", signature);
    assert_eq!(
        reason(both(), incoming),
        "account: the signature can't be read (not 64 hex digits, but 23 bytes)"
    );
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(
        reason(both(), unsigned("SALE_NEW")),
        "account: the signature is missing (systeme.io sends it as `X-Webhook-Signature`, which \
         was removed on the way or never sent)"
    );
    let unnamed = Incoming::post(sale()).header("X-Webhook-Signature", sign(SECRET, sale()));
    assert_eq!(
        reason(both(), unnamed),
        "account: the header X-Webhook-Event is missing (systeme.io names the event in it: \
         something on the way removed or damaged it)"
    );
    let unconfigured = nobody().automation_token(TOKEN);
    assert_eq!(
        reason(unconfigured, account("SALE_NEW", sale())),
        "account: nothing to trust this mechanism by is configured (give `account_secret`)"
    );
    assert_eq!(
        reason(both().max_body_bytes(9), automation(TAG_ADDED)),
        "the body is over the limit (the limit is 9 bytes: see `max_body_bytes`)"
    );
    assert_eq!(
        reason(both(), automation("{}")),
        "automation: the body is JSON, but not a delivery of this mechanism \
         (an automation sends `type`, `data`, `account` and `created_at`)"
    );
}
