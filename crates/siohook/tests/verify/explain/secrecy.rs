//! No text of an explanation has a secret, a token or a right signature.

use proptest::prelude::*;

use super::*;
use crate::properties::requests;
use crate::support::hostile::{self, Printed};

/// All texts of an explanation.
fn texts(explanation: &Explanation) -> String {
    let json = serde_json::to_string(explanation).unwrap();
    let steps: Vec<_> = explanation.steps().iter().map(Step::to_string).collect();
    format!("{explanation}\n{explanation:?}\n{explanation:#?}\n{json}\n{steps:?}")
}

/// Fails if a text has a secret or the start of a right signature.
fn check(explainer: &Explainer, incoming: Incoming, body: &[u8]) -> Result<(), TestCaseError> {
    let shown = texts(&explainer.explain(incoming)) + &format!("{explainer:?}");
    let right = sign(SECRET, body);
    for secret in [
        SECRET,
        TOKEN,
        "battery staple",
        &right[..16],
        &right.to_uppercase()[..16],
    ] {
        prop_assert!(!shown.contains(secret), "{secret}:\n{shown}");
    }
    Ok(())
}

fn full() -> Explainer {
    explainer()
        .account_secret("old", "battery staple")
        .automation_token("older", "battery staple")
        .variable("NAME")
        .other_body("k3f9qa", sale())
}

proptest! {
    #[test]
    fn no_explanation_shows_a_secret(request in requests()) {
        check(&full(), request.incoming(), &request.body)?;
    }

    #[test]
    fn no_explanation_shows_a_value_of_the_head(value in "[a-zA-Z0-9]{9,20}") {
        for incoming in [
            sale_with(&value),
            sale_with(format!("sha256={value}")),
            account("SALE_NEW", sale()).query(format!("token={value}")),
            Incoming::post(TAG_ADDED).query(format!("token='{value}'&tier={value}")),
            Incoming::post(TAG_ADDED).header("x-webhook-secret", &value),
        ] {
            let shown = texts(&full().explain(incoming));
            prop_assert!(!shown.contains(&value), "{value}:\n{shown}");
        }
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_not_shown() {
    let signature = sign(SECRET, TAG_ADDED);
    for given in [
        SECRET,
        TOKEN,
        &signature,
        &format!("sha256={signature}"),
        "'battery staple'",
    ] {
        for incoming in [
            sale_with(given),
            Incoming::post(TAG_ADDED).query(format!("token={given}")),
            Incoming::post(TAG_ADDED).header("X-Webhook-Signature", given),
        ] {
            check(&full(), incoming, TAG_ADDED.as_bytes()).unwrap();
        }
    }
}

#[test]
fn labels_and_excerpts_are_escaped() {
    let hostile = "a\u{1b}[2J\nforged";
    let body = format!(r#"{{"contact":{{}},"a":"{}/"}}"#, "\u{202e}".repeat(9));
    let signed = body.replace('/', "\\/").replace('\u{202e}', "\\u202e");
    let explainer = Explainer::new()
        .account_secret(hostile, SECRET)
        .account_secret(hostile.repeat(100), "another")
        .automation_token(hostile, "x");
    let incoming = Incoming::post(body)
        .header("X-Webhook-Event", "CONTACT_CREATED")
        .header("X-Webhook-Signature", sign(SECRET, signed));
    let explanation = explainer.explain(incoming);
    assert!(step(&explanation, "normalised").difference.is_some());
    let shown = explanation.to_string();
    assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown}");
    assert!(
        shown.lines().all(|line| !line.starts_with("forged")),
        "{shown}"
    );
    assert!(shown.len() < 3000, "{shown}");
}

#[test]
fn hostile_values_are_printed_in_part() {
    for value in hostile::values() {
        let explainer = || {
            Explainer::new()
                .account_secret(&value, SECRET)
                .account_secret(&value, "")
                .automation_token(&value, TOKEN)
                .automation_token(&value, "")
                .variable(&value)
                .other_body(&value, sale())
        };
        let mut shows_some = true;
        for incoming in [
            account("SALE_NEW", sale()),
            account(&value, sale()),
            account("SALE_NEW", sale()).method(&value),
            account("SALE_NEW", format!(r#"{{"a":"{value}"}}"#)),
            sale_as(value.clone()),
            sale_with(&value),
            signed_with(&value, "SALE_NEW", sale()),
            automation(envelope("contact.tag.added", "{}")),
            automation(serde_json::json!({"type": &value, "data": {}}).to_string()),
            Incoming::post(TAG_ADDED).query(format!("token={value}")),
        ] {
            let explanation = explainer().explain(incoming);
            let mut all = Printed::debug("Explanation", &explanation);
            all.push(Printed::lines("Explanation", explanation.to_string()));
            for step in explanation.steps() {
                all.extend(Printed::debug("Step", step));
                all.push(Printed::lines("Step", step.to_string()));
            }
            hostile::check(&all, "a request", 400);
            shows_some &= all.iter().any(Printed::shows_some);
        }
        assert!(shows_some);
    }
}
