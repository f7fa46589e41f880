//! The signature of an account webhook.

use std::borrow::Cow;

use siohook_events::{EventName, Shown};

use super::finding::Finding;
use super::step::Steps;
use super::{Difference, Explainer};
use crate::request::{Head, Header};
use crate::verify::body_form::wrapped;
use crate::verify::{Secret, Signature, Spelling, Token, claimed_event, originals};

/// The readings of a secret that were tried, for a secret that fits with none.
const READINGS: &str =
    "trimmed, unquoted, in quotes, with a space or a line break, as hex, as base64";

pub(super) fn explain(explainer: &Explainer, head: &Head, body: Option<&[u8]>, steps: &mut Steps) {
    let headers = &head.headers;
    let (secrets, tokens) = (&explainer.verifier.secrets, &explainer.verifier.tokens);
    if let Some(token) = Token::in_query(tokens, &head.query) {
        let sentence = "is in the URL, where it counts for automations only";
        steps.add_of("token", label(token), None, sentence);
    }
    let Some(given) = headers.first(Header::Signature) else {
        steps.add(
            "mechanism",
            true,
            "account webhook: X-Webhook-Event is there",
        );
        steps.add("signature", false, "X-Webhook-Signature is missing");
        return;
    };
    steps.add(
        "mechanism",
        true,
        "account webhook: X-Webhook-Signature is there",
    );
    let signature = signature(given, steps);
    for secret in secrets.iter().filter(|secret| secret.is(given)) {
        let sentence = "is in X-Webhook-Signature itself, where a signature made with it belongs";
        steps.add_of("secret_as_signature", secret.label(), Some(false), sentence);
        steps.advise(
            "The sender sends the secret instead of a signature, so it is not systeme.io. Choose \
             another secret: this one may be in logs.",
        );
    }
    for token in tokens.iter().filter(|token| token.is(given)) {
        let sentence = "is in X-Webhook-Signature, and a token belongs into the URL: `?token=…`";
        steps.add_of("token_as_signature", label(token), Some(false), sentence);
        steps.advise(
            "The sender sends a token instead of a signature. An automation sends it in the URL; an \
             account webhook is signed, and has no token.",
        );
    }
    for label in &explainer.empty_secrets {
        steps.add_of(
            "secret",
            label,
            Some(false),
            "is empty: is its variable set?",
        );
    }
    if secrets.is_empty() && explainer.empty_secrets.is_empty() {
        steps.add(
            "secret",
            false,
            "there is none to compare the signature with",
        );
    }
    if let (Some(signature), Some(body), false) = (signature, body, secrets.is_empty()) {
        let event = claimed_event(headers);
        let search = Search {
            explainer,
            signature: &signature,
            body,
        };
        if !search.in_secrets(event.as_ref(), steps) && !search.in_bodies(steps) {
            let sentence = "fits no secret without a byte order mark, with or without a line break \
                            at its end, normalised as PHP writes it, with `\\` for each `\\\\`, or \
                            taken out of a list, a text or a member";
            steps.add("body", false, sentence);
        }
    }
}

/// Looks at the form of a signature. Returns what it holds, also if the form is wrong.
fn signature(given: &[u8], steps: &mut Steps) -> Option<Signature> {
    if let Some(signature) = Signature::parse(given) {
        let sentence = if given.iter().any(u8::is_ascii_uppercase) {
            "64 hex digits, some in upper case: systeme.io writes lower case, and both are right"
        } else {
            "64 hex digits"
        };
        steps.add("signature", true, sentence);
        return Some(signature);
    }
    let other = Signature::parse_other(given);
    let sentence = match other.as_ref().map(|(_, spelling)| spelling) {
        Some(Spelling::Prefixed) => "64 hex digits behind a word such as `sha256=`".into(),
        Some(Spelling::Base64) => "in base64, and not 64 hex digits".into(),
        None => format!("{} bytes, and not 64 hex digits", given.len()),
    };
    steps.add("signature", false, sentence);
    other.map(|(signature, _)| signature)
}

/// The search for what made a signature.
struct Search<'a> {
    explainer: &'a Explainer,
    signature: &'a Signature,
    body: &'a [u8],
}

impl Search<'_> {
    fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.explainer.verifier.secrets.iter()
    }

    /// Compares the signature with each secret and its other readings. Returns whether one fits
    /// the body.
    fn in_secrets(&self, event: Option<&EventName>, steps: &mut Steps) -> bool {
        let event = event.map_or("", EventName::as_str);
        let fits = |secret: &&Secret| secret.signed(self.body, self.signature);
        let mut is_found = self.secrets().any(|secret| fits(&secret));
        for secret in self.secrets() {
            let label = secret.label();
            if fits(&secret) {
                if secret.covers(event) {
                    steps.add_of("secret", label, Some(true), "fits the body");
                } else {
                    let event = Shown::value(event);
                    let sentence = format!("fits the body, and does not cover the event {event}");
                    steps.add_of("secret", label, Some(false), sentence);
                }
                continue;
            }
            // A secret of another label fits, or has fitted in another reading.
            let reading = if is_found {
                None
            } else {
                secret.near_miss(self.body, self.signature)
            };
            if reading.is_some() || is_found {
                steps.add_of("secret", label, Some(false), "does not fit the body");
            } else {
                let variables = if self.explainer.variables.is_empty() {
                    ""
                } else {
                    ", the name of the variable itself"
                };
                let sentence = format!("fits neither the body nor any of: {READINGS}{variables}");
                steps.add_of("secret", label, Some(false), sentence);
            }
            if let Some(reading) = reading {
                steps.find(reading.into(), label);
                is_found = true;
            }
        }
        is_found || self.in_variables(steps)
    }

    /// Compares the signature with the names of variables.
    fn in_variables(&self, steps: &mut Steps) -> bool {
        let mut variables = self.explainer.variables.iter();
        let Some(found) = variables.find(|it| it.signed(self.body, self.signature)) else {
            return false;
        };
        let sentence = "fits the body: the name of the variable itself, and not its value";
        steps.add_of("variable", &found.name, Some(true), sentence);
        steps.advise(
            "The request was signed with the name of the variable. Enter its value at systeme.io.",
        );
        true
    }

    /// Compares the signature with the bodies that the received one may have been made of.
    fn in_bodies(&self, steps: &mut Steps) -> bool {
        self.in_originals(steps) || self.in_others(steps) || self.in_wrapped(steps)
    }

    /// The secret that a body is signed with.
    fn signer(&self, body: &[u8]) -> Option<&Secret> {
        self.secrets()
            .find(|secret| secret.signed(body, self.signature))
    }

    fn in_originals(&self, steps: &mut Steps) -> bool {
        for (rewrite, original) in originals(self.body) {
            if let Some(secret) = self.signer(&original) {
                let step = steps.find(rewrite.into(), secret.label());
                step.difference = Some(Difference::new(self.body, &original));
                return true;
            }
        }
        false
    }

    fn in_others(&self, steps: &mut Steps) -> bool {
        for (name, other) in &self.explainer.others {
            if let Some(secret) = self.signer(other) {
                let secret = Shown::value(secret.label());
                let sentence = format!("is another body, and fits the secret {secret}");
                let step = steps.add_of("other_body", name, Some(true), sentence);
                step.difference = Some(Difference::new(self.body, other));
                steps.advise(
                    "The signature is that of another body, so bodies or headers were mixed up. Look \
                     at what recorded or sent this request.",
                );
                return true;
            }
        }
        false
    }

    fn in_wrapped(&self, steps: &mut Steps) -> bool {
        for inner in wrapped(self.body) {
            let place = match inner.member {
                Some(member) => Cow::from(format!("the member `{member}` of the body")),
                None => "what the body wraps in a list or a text".into(),
            };
            if let Some(secret) = self.signer(&inner.body) {
                let sentence = format!("fits {place}");
                steps.add_of("wrapped", secret.label(), Some(true), sentence);
            } else if let Some((secret, finding)) = originals(&inner.body)
                .find_map(|(rewrite, it)| Some((self.signer(&it)?, Finding::from(rewrite))))
            {
                let sentence = finding.sentence.replacen("the body", &place, 1);
                steps.add_of("wrapped", secret.label(), Some(true), sentence);
            } else {
                continue;
            }
            steps.advise(
                "The body is what a no-code platform, such as n8n, makes of a request. Let it send \
                 the body alone, byte for byte as it arrived there.",
            );
            return true;
        }
        false
    }
}

/// The label of a token. Each token of an explainer has one.
fn label(token: &Token) -> &str {
    token.label().map_or("", |label| label)
}
