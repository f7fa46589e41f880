//! The token of an automation.

use std::slice;

use super::Explainer;
use super::step::Steps;
use crate::request::{Head, query};
use crate::verify::body_form;
use crate::verify::{Hint, Secret, Signature, Token};

pub(super) fn explain(explainer: &Explainer, head: &Head, body: Option<&[u8]>, steps: &mut Steps) {
    mechanism(body, steps);
    let given = query::value(&head.query, query::TOKEN);
    if given.is_none() {
        steps.add("token", false, "the URL has no `?token=…`");
    }
    let tokens = &explainer.verifier.tokens;
    for label in &explainer.empty_tokens {
        steps.add_of(
            "token",
            label,
            Some(false),
            "is empty: is its variable set?",
        );
    }
    if tokens.is_empty() && explainer.empty_tokens.is_empty() {
        steps.add("token", false, "there is none to compare the URL with");
    }
    let Some(given) = given else { return };
    let mut is_found = false;
    for token in tokens {
        let label = token.label().map_or("", |label| label);
        is_found |= compare(token, label, &head.query, steps);
    }
    if is_found {
        return;
    }
    for token in &explainer.trimmed_tokens {
        if Token::in_query(slice::from_ref(token), &head.query).is_some() {
            let label = token.label().map_or("", |label| label);
            let sentence = "is in the URL without the white space that it has here";
            steps.add_of("trimmed", label, Some(true), sentence);
            steps.advise(
                "The token has white space around it here. Remove it where the token is read.",
            );
        }
    }
    for variable in &explainer.variables {
        if variable.is_in_query(&head.query) {
            let sentence = "is in the URL: the name of the variable itself, and not its value";
            steps.add_of("variable", &variable.name, Some(true), sentence);
            steps.advise(
                "The URL has the name of the variable. Enter the value in the URL at systeme.io.",
            );
        }
    }
    for secret in &explainer.verifier.secrets {
        confused(secret, given.as_bytes(), body, steps);
    }
}

/// Tells an automation from an account webhook that lost its headers.
fn mechanism(body: Option<&[u8]>, steps: &mut Steps) {
    let parsed = body.and_then(|body| serde_json::from_slice(body).ok());
    if parsed
        .as_ref()
        .and_then(body_form::without_headers)
        .is_some()
    {
        let sentence = "no X-Webhook-Signature and no X-Webhook-Event, as in an automation; but the \
                        body is that of an account webhook";
        steps.add("mechanism", false, sentence);
    } else {
        let sentence = "automation: no X-Webhook-Signature and no X-Webhook-Event";
        steps.add("mechanism", true, sentence);
    }
}

/// Compares a token with the URL. Returns whether it is there, in some way.
fn compare(token: &Token, label: &str, query: &str, steps: &mut Steps) -> bool {
    let alone = slice::from_ref(token);
    if Token::in_query(alone, query).is_some() {
        steps.add_of("token", label, Some(true), "is in the URL");
        return true;
    }
    steps.add_of("token", label, Some(false), "is not what the URL has");
    let (step, sentence) = match Token::near_miss(alone, query) {
        Some(Hint::TokenSpacedThere) => ("quoted", "is in the URL with quotes or white space"),
        Some(Hint::TokenQuotedHere) => ("unquoted", "is in the URL without the quotes around it"),
        _ => return false,
    };
    steps.add_of(step, label, Some(true), sentence);
    true
}

/// Looks for a secret, or a signature made with it, where a token belongs.
fn confused(secret: &Secret, given: &[u8], body: Option<&[u8]>, steps: &mut Steps) {
    if secret.is(given) {
        let sentence = "is in the URL as the token, and belongs into an account webhook only";
        steps.add_of("secret_as_token", secret.label(), Some(false), sentence);
        steps.advise(
            "The URL has a secret of account webhooks where the token of automations belongs. \
             Choose another secret: this one may be in logs.",
        );
    }
    let signature = Signature::parse(given);
    if signature
        .zip(body)
        .is_some_and(|(signature, body)| secret.signed(body, &signature))
    {
        let sentence = "made the token in the URL: it is a signature of the body";
        steps.add_of("signature_as_token", secret.label(), Some(false), sentence);
        steps.advise(
            "The sender sends a signature in the URL, so it is not systeme.io. A signature belongs \
             into the header X-Webhook-Signature.",
        );
    }
}
