//! The verdict is that of a dispatcher with the same settings.

use proptest::prelude::*;
use siohook::Reason;

use super::*;
use crate::properties::{Request, requests};

/// A dispatcher and an explainer with the same settings.
fn pairs() -> [(Dispatcher, Explainer); 5] {
    let sales = ["SALE_*"];
    let pairs = [
        (both(), explainer()),
        (
            both().accept_reserialized_bodies(),
            explainer().accept_reserialized_bodies(),
        ),
        (both().max_body_bytes(300), explainer().max_body_bytes(300)),
        (
            no_trust()
                .account_secret("other", "another")
                .account_secret_for("main", SECRET, sales),
            Explainer::new()
                .account_secret("other", "another")
                .account_secret_for("main", SECRET, sales),
        ),
        (
            no_trust().automation_token_as("hook", TOKEN),
            Explainer::new()
                .automation_token("hook", TOKEN)
                .variable("NAME")
                .other_body("other", "{}"),
        ),
    ];
    pairs.map(|(builder, explainer)| (builder.build().unwrap(), explainer))
}

/// Rewrites the body of a request.
fn rewrite(request: &mut Request, rewrite: u8) {
    let body = String::from_utf8_lossy(&request.body);
    request.body = match rewrite {
        1 => format!("\u{feff}{body}"),
        2 => format!("{body}\n"),
        3 => body.replace("\\/", "/"),
        4 => body.replace("0.0", "0"),
        5 => body.replace('\\', "\\\\"),
        6 => format!(r#"[{{"headers":{{}},"body":{body}}}]"#),
        7 => body.trim_end_matches('}').to_owned(),
        _ => return,
    }
    .into();
}

/// Whether the secret or the token of this label fits.
fn has_fitted(step: &Step, label: &str) -> bool {
    step.ok == Some(true) && step.label.as_deref() == Some(label)
}

proptest! {
    #[test]
    fn an_explanation_agrees_with_a_dispatcher(
        mut request in requests(),
        how in 0..12_u8,
    ) {
        rewrite(&mut request, how);
        for (dispatcher, explainer) in pairs() {
            let verified = dispatcher.verify(request.incoming());
            let explanation = explainer.explain(request.incoming());
            match (verified, explanation.verdict()) {
                (Ok(expected), Ok(delivery)) => {
                    let mut steps = explanation.steps().iter();
                    let has_step = steps.any(|step| match expected.trust() {
                        Trust::Signed { secret } => has_fitted(step, secret),
                        _ => has_fitted(step, "hook"),
                    });
                    prop_assert!(has_step, "{explanation}");
                    prop_assert!(explanation.is_trusted());
                    prop_assert_eq!(explanation.reason(), None);
                    prop_assert_eq!(delivery.event(), expected.event());
                    let is_signed = matches!(expected.trust(), Trust::Signed { .. });
                    prop_assert!(!is_signed || delivery.trust() == expected.trust());
                }
                (Err(expected), Err(rejection)) => {
                    let untrusted = [Reason::SignatureWrong, Reason::TokenWrong];
                    let is_right = |step: &Step| {
                        ["secret", "token"].contains(&step.name) && step.ok == Some(true)
                    };
                    let is_untrusted = untrusted.contains(&expected.reason());
                    prop_assert!(
                        !is_untrusted || !explanation.steps().iter().any(is_right),
                        "{explanation}"
                    );
                    prop_assert_eq!(rejection.reason(), expected.reason());
                    prop_assert_eq!(explanation.reason(), Some(expected.reason()));
                    prop_assert_eq!(rejection.mechanism(), expected.mechanism());
                }
                (expected, verdict) => prop_assert!(false, "{expected:?}: {verdict:?}"),
            }
        }
    }
}
