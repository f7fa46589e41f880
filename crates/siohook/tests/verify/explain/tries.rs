//! Everything that is tried, with its sentence.

mod bodies;
mod requests;
mod secrets;
mod signatures;
mod tokens;

use std::collections::BTreeSet;

use siohook::Reason;

use super::*;

/// A request whose explanation has a step.
struct Try {
    step: &'static str,
    label: Option<&'static str>,
    ok: Option<bool>,
    sentence: &'static str,
    /// The start of the hint. Empty for a request that is trusted.
    hint: &'static str,
    explanation: Explanation,
}

/// A try of a step in which the secret `main` fits.
fn fits(
    step: &'static str,
    sentence: &'static str,
    hint: &'static str,
    explanation: Explanation,
) -> Try {
    Try {
        step,
        label: Some("main"),
        ok: Some(true),
        sentence,
        hint,
        explanation,
    }
}

fn text() -> String {
    String::from_utf8(sale()).unwrap()
}

fn all() -> Vec<Try> {
    let groups = [
        secrets::secrets(),
        secrets::readings(),
        bodies::bodies(),
        signatures::signatures(),
        tokens::tokens(),
        tokens::others(),
        requests::requests(),
        requests::events(),
    ];
    groups.into_iter().flatten().collect()
}

#[test]
fn each_try_has_its_step_and_its_hint() {
    for one in all() {
        let explanation = &one.explanation;
        let is_it = |step: &&Step| {
            step.name == one.step
                && step.label.as_deref() == one.label
                && (step.ok, &*step.sentence) == (one.ok, one.sentence)
        };
        let steps = explanation.steps().iter();
        assert_eq!(
            steps.filter(is_it).count(),
            1,
            "{}:\n{explanation}",
            one.sentence
        );
        let hint = explanation.hint().unwrap_or_default();
        assert!(hint.starts_with(one.hint), "{}: {hint}", one.sentence);
        assert_eq!(hint.is_empty(), one.hint.is_empty(), "{}", one.sentence);
        assert_eq!(
            explanation.is_trusted(),
            one.hint.is_empty(),
            "{explanation}"
        );
    }
}

#[test]
fn the_documentation_lists_each_step() {
    let docs = include_str!("../../../src/explain/mod.rs");
    let rows = docs.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let listed: BTreeSet<_> = rows.map(|row| row.split('`').next().unwrap()).collect();
    let all = all();
    let steps = all.iter().flat_map(|one| one.explanation.steps());
    assert_eq!(listed, steps.map(|step| step.name).collect());
}

#[test]
fn a_rewritten_body_has_the_byte_that_differs() {
    let body = text().replacen("\\/", "/", 1);
    let offset = text().find("\\/").unwrap();
    let explanation = explainer().explain(sale_as(body.clone()));
    let difference = step(&explanation, "normalised").difference.clone().unwrap();
    assert_eq!(difference.offset, offset);
    let excerpt = |body: &str| format!("{}…", &body[offset - 6..offset + 8]);
    assert_eq!(difference.received, excerpt(&body));
    assert_eq!(difference.signed, excerpt(&text()));
}

#[test]
fn an_accepted_rewrite_is_trusted_and_has_its_step() {
    let explainer = explainer().accept_reserialized_bodies();
    let explanation = explainer.explain(sale_as(text().replace("\\/", "/")));
    assert!(explanation.is_trusted());
    assert_eq!(explanation.hint(), None);
    assert_eq!(step(&explanation, "normalised").ok, Some(true));
}

/// The sender spells the signature as other programs do, and has the right secret.
#[test]
fn a_signature_in_another_spelling_is_compared() {
    let prefixed = format!("sha256={}", sign(SECRET, sale()));
    let explanation = explainer().explain(sale_with(prefixed));
    assert_eq!(explanation.reason(), Some(Reason::SignatureMalformed));
    assert_eq!(step(&explanation, "secret").ok, Some(true));
}

/// Unlike in the log, a body of any length within the limit is tried.
#[test]
fn a_large_body_is_tried() {
    let large = format!(r#"{{"contact":{{}},"text":"{}/"}}"#, "x".repeat(900_000));
    let signed = large.replace('/', "\\/");
    let offset = large.find('/');
    let incoming = Incoming::post(large)
        .header("X-Webhook-Event", "CONTACT_CREATED")
        .header("X-Webhook-Signature", sign(SECRET, signed));
    let explanation = explainer().explain(incoming);
    let difference = step(&explanation, "normalised").difference.as_ref();
    assert_eq!(difference.map(|it| it.offset), offset);
}

/// Many refusals in a row are explained as well as the first.
#[test]
fn each_request_is_explained() {
    let explainer = explainer();
    for _ in 0..200 {
        let explanation = explainer.explain(Incoming::post(TAG_ADDED).query("token=x"));
        assert!(explanation.hint().unwrap().starts_with("Compare the"));
    }
}
