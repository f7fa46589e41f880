//! Secrets, and other readings of them.

use super::*;

pub(super) fn secrets() -> Vec<Try> {
    let secret = |label, ok, sentence, hint, explainer: Explainer| Try {
        step: "secret",
        label,
        ok: Some(ok),
        sentence,
        hint,
        explanation: explainer.explain(account("SALE_NEW", sale())),
    };
    let another = || Explainer::new().account_secret("main", "another");
    let wrong = "The signature was made with another secret";
    vec![
        secret(Some("main"), true, "fits the body", "", explainer()),
        secret(
            Some("main"),
            false,
            "fits neither the body nor any of: trimmed, unquoted, in quotes, with a space or a line \
             break, as hex, as base64",
            wrong,
            another(),
        ),
        secret(
            Some("main"),
            false,
            "fits neither the body nor any of: trimmed, unquoted, in quotes, with a space or a line \
             break, as hex, as base64, the name of the variable itself",
            wrong,
            another().variable("NAME"),
        ),
        secret(
            Some("main"),
            false,
            "does not fit the body",
            "",
            another().account_secret("old", SECRET),
        ),
        secret(
            Some("main"),
            false,
            "fits the body, and does not cover the event SALE_NEW",
            "Event not covered by secret \"main\".",
            Explainer::new().account_secret_for("main", SECRET, ["SALE_CANCELED"]),
        ),
        secret(
            Some("main"),
            false,
            "is empty: is its variable set?",
            "Configure `account_secret`.",
            Explainer::new().account_secret("main", ""),
        ),
        secret(
            None,
            false,
            "there is none to compare the signature with",
            "Configure `account_secret`.",
            Explainer::new(),
        ),
    ]
}

/// The secrets that a request is signed with instead of the configured one.
pub(super) fn readings() -> Vec<Try> {
    let signed = |configured: &str, used: &str| {
        let explainer = Explainer::new().account_secret("main", configured);
        explainer.explain(signed_with(used, "SALE_NEW", sale()))
    };
    let mut tries = vec![];
    for configured in ["key\n", " key", "\u{feff}key"] {
        tries.push(fits(
            "trimmed",
            "fits the body without the white space around it",
            "The secret has white space around it here.",
            signed(configured, "key"),
        ));
    }
    for configured in ["'key'", "\"key\"", "\"key\"\n"] {
        tries.push(fits(
            "unquoted",
            "fits the body without the quotes around it",
            "The secret has quotes around it here.",
            signed(configured, "key"),
        ));
    }
    for used in ["'key'", "\"key\""] {
        tries.push(fits(
            "quoted",
            "fits the body with quotes around it",
            "The secret has quotes around it at systeme.io.",
            signed("key", used),
        ));
    }
    for used in [" key", "key "] {
        tries.push(fits(
            "spaced",
            "fits the body with a space before or after it",
            "The secret has a space before or after it at systeme.io.",
            signed("key", used),
        ));
    }
    for used in ["key\n", "key\r\n"] {
        tries.push(fits(
            "line_break",
            "fits the body with a line break after it",
            "The secret has a line break after it where",
            signed("key", used),
        ));
    }
    tries.push(fits(
        "hex",
        "fits the body once decoded from hex",
        "The request was signed with the bytes that the secret spells in hex",
        signed("6b6579", "key"),
    ));
    tries.push(fits(
        "base64",
        "fits the body once decoded from base64",
        "The request was signed with the bytes that the secret spells in base64",
        signed("a2V5", "key"),
    ));
    for used in ["NAME", "$NAME", "${NAME}"] {
        let explainer = explainer().variable("OTHER").variable("NAME");
        tries.push(Try {
            label: Some("NAME"),
            ..fits(
                "variable",
                "fits the body: the name of the variable itself, and not its value",
                "The request was signed with the name of the variable.",
                explainer.explain(signed_with(used, "SALE_NEW", sale())),
            )
        });
    }
    tries
}
