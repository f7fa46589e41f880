//! Tokens, and what is in the URL instead.

use super::*;

const COMPARE: &str = "Compare the webhook's URL with the token in `automation_token`.";
const QUOTED: &str = "The token in the webhook's URL has quotes or white space around it.";
const UNQUOTED: &str = "The token in `automation_token` has quotes around it.";
const NOT_GIVEN: &str = "Configure `automation_token` or `source_ips`";
const NO_SIGNATURE: &str = "Systeme.io sends it as `X-Webhook-Signature`";

/// An automation with this query.
fn given(query: &str) -> Explanation {
    let request = Incoming::post(TAG_ADDED).query(query);
    explainer().variable("NAME").explain(request)
}

/// An automation whose token is `abc`, where another text is configured.
fn configured(text: &str) -> Explanation {
    let explainer = Explainer::new().automation_token("hook", text);
    explainer.explain(Incoming::post(TAG_ADDED).query("token=abc"))
}

/// A try of a step that looks at the token `hook`.
fn hook(
    step: &'static str,
    ok: bool,
    sentence: &'static str,
    hint: &'static str,
    explanation: Explanation,
) -> Try {
    Try {
        step,
        label: Some("hook"),
        ok: Some(ok),
        sentence,
        hint,
        explanation,
    }
}

pub(super) fn tokens() -> Vec<Try> {
    let own = format!("token={TOKEN}");
    let without = Explainer::new().explain(automation(TAG_ADDED));
    let account = explainer().explain(unsigned("SALE_NEW").query(&own));
    let missing = "the URL has no `?token=…`";
    let none = "there is none to compare the URL with";
    let idle = "is in the URL, where it counts for automations only";
    let white = given(&format!("token=%20{TOKEN}"));
    let quoted = given(&format!("token=%22{TOKEN}%22"));
    vec![
        hook("token", true, "is in the URL", "", given(&own)),
        hook(
            "token",
            false,
            "is not what the URL has",
            COMPARE,
            given("token=x"),
        ),
        hook(
            "token",
            false,
            "is empty: is its variable set?",
            NOT_GIVEN,
            configured(""),
        ),
        Try {
            ok: None,
            ..hook("token", false, idle, NO_SIGNATURE, account)
        },
        Try {
            label: None,
            ..hook("token", false, missing, "The webhook's URL has", given("a"))
        },
        Try {
            label: None,
            ..hook("token", false, none, NOT_GIVEN, without)
        },
        hook(
            "quoted",
            true,
            "is in the URL with quotes or white space",
            QUOTED,
            quoted,
        ),
        hook(
            "quoted",
            true,
            "is in the URL with quotes or white space",
            QUOTED,
            white,
        ),
        hook(
            "unquoted",
            true,
            "is in the URL without the quotes around it",
            UNQUOTED,
            configured("'abc'"),
        ),
    ]
}

pub(super) fn others() -> Vec<Try> {
    let trimmed = |text| {
        hook(
            "trimmed",
            true,
            "is in the URL without the white space that it has here",
            "The token has white space around it here.",
            configured(text),
        )
    };
    let variable = |query| Try {
        label: Some("NAME"),
        ..hook(
            "variable",
            true,
            "is in the URL: the name of the variable itself, and not its value",
            "The URL has the name of the variable.",
            given(query),
        )
    };
    let confused = |step, sentence, hint, token: &str| Try {
        label: Some("main"),
        ..hook(
            step,
            false,
            sentence,
            hint,
            given(&format!("token={token}")),
        )
    };
    vec![
        trimmed("abc\n"),
        trimmed(" abc"),
        variable("token=NAME"),
        variable("token=$NAME"),
        variable("token=%24%7BNAME%7D"),
        confused(
            "secret_as_token",
            "is in the URL as the token, and belongs into an account webhook only",
            "The URL has a secret of account webhooks",
            SECRET,
        ),
        confused(
            "signature_as_token",
            "made the token in the URL: it is a signature of the body",
            "The sender sends a signature in the URL",
            &sign(SECRET, TAG_ADDED),
        ),
    ]
}
