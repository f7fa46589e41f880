//! An explanation as text and as data.

use serde_json::{Value, json};

use super::*;

/// The body of the documentation, as something rewrote it.
fn rewritten() -> Explanation {
    let signed = r#"{"contact":{"id":1},"url":"https:\/\/example.com\/"}"#;
    let incoming = Incoming::post(signed.replace("\\/", "/"))
        .header("X-Webhook-Event", "CONTACT_CREATED")
        .header("X-Webhook-Signature", sign(SECRET, signed));
    explainer().explain(incoming)
}

#[test]
fn the_text_is_that_of_the_documentation() {
    let docs = include_str!("../../../src/explain/mod.rs");
    let (_, text) = docs.split_once("//! ```text\n").unwrap();
    let (text, _) = text.split_once("//! ```\n").unwrap();
    let lines = text.lines().map(|line| line.trim_start_matches("//!"));
    let lines: Vec<_> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    assert_eq!(rewritten().to_string(), lines.join("\n"));
}

#[test]
fn a_verified_request_says_by_what() {
    let label = "a label that is longer than the column";
    let explainer = Explainer::new()
        .account_secret("main", SECRET)
        .automation_token(label, TOKEN);
    let signed = explainer.explain(account("SALE_NEW", sale()));
    assert_eq!(
        signed.to_string(),
        "  ✔ mechanism   account webhook: X-Webhook-Signature is there\n  \
           ✔ signature   64 hex digits\n  \
           ✔ main        fits the body\n  \
           – event       not signed: SALE_NEW is a claim; the body fits it\n\n\
         verified: signed with main"
    );
    let token = explainer.explain(automation(TAG_ADDED)).to_string();
    let step = format!("  ✔ {label} is in the URL\n");
    assert!(token.contains(&step), "{token}");
    assert!(
        token.ends_with(&format!("verified: the URL has {label}")),
        "{token}"
    );
}

#[test]
fn no_line_is_long() {
    for body in [sale(), b"{".to_vec(), br#"{"contact":{}}"#.to_vec()] {
        let incoming = Incoming::post(body)
            .header("X-Webhook-Event", "SALE_NEW")
            .header("X-Webhook-Signature", sign("another", "{}"));
        let text = explainer().variable("NAME").explain(incoming).to_string();
        assert!(
            text.lines().all(|line| line.chars().count() <= 98),
            "{text}"
        );
        assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
    }
}

#[test]
fn data_has_the_verdict_and_the_steps() {
    let data = serde_json::to_value(rewritten()).unwrap();
    let steps = data["steps"].as_array().unwrap();
    let found = steps.iter().find(|step| step["step"] == "normalised");
    assert_eq!(
        *found.unwrap(),
        json!({
            "step": "normalised",
            "label": "main",
            "ok": true,
            "sentence": "fits the body once normalised as PHP writes it",
            "offset": 33,
            "received": "https://exampl…",
            "signed": r"https:\/\/exam…",
        })
    );
    let members = |data: &Value| {
        data.as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(
        members(&data),
        ["code", "hint", "mechanism", "status", "steps", "trusted"]
    );
    let signed = explainer().explain(account("SALE_NEW", sale()));
    let data = serde_json::to_value(signed).unwrap();
    assert_eq!(
        members(&data),
        ["by", "label", "mechanism", "steps", "trusted"]
    );
    assert_eq!(
        (&data["by"], &data["label"]),
        (&json!("secret"), &json!("main"))
    );
    let token = serde_json::to_value(explainer().explain(automation(TAG_ADDED))).unwrap();
    assert_eq!(
        (&token["by"], &token["label"]),
        (&json!("token"), &json!("hook"))
    );
}
