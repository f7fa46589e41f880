//! What is in the header of the signature.

use super::*;

pub(super) fn signatures() -> Vec<Try> {
    let hex = sign(SECRET, sale());
    let form = |ok, sentence, hint, given: &str| Try {
        step: "signature",
        label: None,
        ok: Some(ok),
        sentence,
        hint,
        explanation: explainer().explain(sale_with(given)),
    };
    let confused = |step, label, sentence, hint, given: &str| Try {
        step,
        label: Some(label),
        ..form(false, sentence, hint, given)
    };
    let prefixed = "64 hex digits behind a word such as `sha256=`";
    let word = "A word such as `sha256=` stands before its 64 hex digits:";
    // The bytes 0 to 31.
    let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    vec![
        form(true, "64 hex digits", "", &hex),
        form(
            true,
            "64 hex digits, some in upper case: systeme.io writes lower case, and both are right",
            "",
            &hex.to_uppercase(),
        ),
        form(false, prefixed, word, &format!("sha256={hex}")),
        form(
            false,
            "in base64, and not 64 hex digits",
            "It is in base64",
            base64,
        ),
        form(
            false,
            "9 bytes, and not 64 hex digits",
            "It has 9 bytes, and not 64 hex digits.",
            "sha256=00",
        ),
        confused(
            "secret_as_signature",
            "main",
            "is in X-Webhook-Signature itself, where a signature made with it belongs",
            "The sender sends the secret instead of a signature",
            SECRET,
        ),
        confused(
            "token_as_signature",
            "hook",
            "is in X-Webhook-Signature, and a token belongs into the URL: `?token=…`",
            "The sender sends a token instead of a signature.",
            TOKEN,
        ),
        Try {
            explanation: explainer().explain(unsigned("SALE_NEW")),
            ..form(
                false,
                "X-Webhook-Signature is missing",
                "Systeme.io sends it as `X-Webhook-Signature`",
                "",
            )
        },
    ]
}
