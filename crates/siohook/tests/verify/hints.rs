use super::*;

/// The hint of a sale that was signed with another secret than the configured one.
fn wrong(configured: &str, used: &str) -> String {
    let builder = no_trust()
        .account_secret("first", "of no matter")
        .account_secret("main", configured);
    let reason = reason(builder, signed_with(used, "SALE_NEW", sale()));
    let sentence = "account: the signature fits none of the secrets (";
    let hint = reason.strip_prefix(sentence).unwrap().strip_suffix(')');
    hint.unwrap().to_owned()
}

const UNKNOWN: &str =
    "the signature was made with another secret, or the body was changed on the way";

#[test]
fn quotes_around_the_configured_secret_are_noticed() {
    let quoted = r#"secret "main" has quotes around it in this program's configuration"#;
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

/// A secret often has the form of a signature: 64 hex digits.
#[test]
fn a_secret_that_is_sent_as_the_signature_is_noticed() {
    let hex = "0A".repeat(32);
    for secret in ["s3cret", "\"s3cret\"", &hex] {
        let builder = no_trust()
            .account_secret("first", "of no matter")
            .account_secret("main", secret);
        let sent = unsigned("SALE_NEW").header("X-Webhook-Signature", format!(" {secret} "));
        let reason = reason(builder, sent);
        let itself = r#"(the header has secret "main" itself, and not a signature"#;
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
fn an_unexplained_signature_is_of_another_secret() {
    assert_eq!(wrong("s3cret", "another"), UNKNOWN);
    assert_eq!(wrong("s3cret", "s3 cret"), UNKNOWN);
}

#[test]
fn an_emptied_body_is_noticed() {
    let emptied = Incoming::post("")
        .header("X-Webhook-Event", "SALE_NEW")
        .header("X-Webhook-Signature", sign(SECRET, sale()));
    assert_eq!(
        reason(both(), emptied),
        "account: the signature fits none of the secrets \
         (the body is empty: something read it before siohook, such as a middleware)"
    );
}

/// Refusing a forged body costs little more than accepting a genuine one.
#[test]
fn large_bodies_are_not_diagnosed() {
    let body = format!("{{{}}}", " ".repeat(32 * 1024));
    let incoming = Incoming::post(body)
        .header("X-Webhook-Event", "ORDER_PAID")
        .header("X-Webhook-Signature", sign(SECRET, "{}"));
    assert!(reason(both(), incoming).contains(UNKNOWN));
}

#[test]
fn the_length_of_a_malformed_signature_is_shown_and_not_its_value() {
    let signature = "sha256=0123456789abcdef";
    let incoming = unsigned("SALE_NEW").header("X-Webhook-Signature", signature);
    assert_eq!(
        reason(both(), incoming),
        "account: the signature can't be read (it has 23 bytes, and not 64 hex digits)"
    );
}

#[test]
fn the_log_names_what_is_missing() {
    assert_eq!(
        reason(both(), unsigned("SALE_NEW")),
        "account: the signature is missing (systeme.io sends it as `X-Webhook-Signature`, which \
         was removed on the way or never sent)"
    );
    let unnamed = Incoming::post(sale()).header("X-Webhook-Signature", sign(SECRET, sale()));
    assert_eq!(
        reason(both(), unnamed),
        "account: the header X-Webhook-Event is missing (systeme.io names the event in this \
         header: something on the way removed or damaged it)"
    );
    let unconfigured = no_trust().automation_token(TOKEN);
    assert_eq!(
        reason(unconfigured, account("SALE_NEW", sale())),
        "account: no way to trust this mechanism is configured (configure `account_secret`)"
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
