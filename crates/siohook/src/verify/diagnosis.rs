//! Why a signature or a token fits none that is known, for the operator's log.

mod budget;

use siohook_events::{Shown, php_json};

use self::budget::Budget;
use super::signature::{Secret, Signature};
use super::token::Token;

/// Larger bodies are not diagnosed, so that a forged one never costs more than
/// hashing a large one does.
const DIAGNOSED_BYTES: usize = 32 * 1024;

const UNKNOWN: &str = "signature is of another secret, or the body was changed on the way";

/// Whether a diagnosis is made: only for a log that shows it, and not for each request
/// of a flood.
pub(crate) struct Diagnosis {
    /// Whether something beside a subscriber of `tracing` is told of refusals.
    pub(crate) is_heard: bool,
    is_traced: fn() -> bool,
    budget: Budget,
}

impl Diagnosis {
    pub(crate) fn new(is_traced: fn() -> bool) -> Self {
        Self {
            is_heard: false,
            is_traced,
            budget: Budget::new(),
        }
    }

    pub(super) fn is_due(&self) -> bool {
        (self.is_heard || (self.is_traced)()) && self.budget.spend()
    }
}

/// Names the likely cause.
pub(super) fn wrong_signature(secrets: &[Secret], body: &[u8], signature: &Signature) -> String {
    if body.is_empty() {
        return "the body is empty: something read it before siohook, such as a middleware"
            .to_owned();
    }
    if body.len() > DIAGNOSED_BYTES {
        return UNKNOWN.to_owned();
    }
    for secret in secrets {
        if let Some(why) = secret.near_miss(body, signature) {
            return format!("secret {:?} {why}", Shown::value(secret.label()));
        }
    }
    let normalized = php_json::normalize(body);
    if normalized.is_some_and(|body| secrets.iter().any(|it| it.signed(&body, signature))) {
        return "the body matches once normalised: something between systeme.io and this server \
                rewrites JSON; stop it, or see `accept_reserialized_bodies`"
            .to_owned();
    }
    UNKNOWN.to_owned()
}

/// The same of the token in a query.
pub(super) fn wrong_token(tokens: &[Token], query: &str) -> &'static str {
    if let Some(why) = Token::near_miss(tokens, query) {
        why
    } else if tokens.iter().any(Token::needs_escaping) {
        "a token has characters that mean something in a URL: write `%` as `%25`, `&` as `%26`, \
         `+` as `%2B` and `#` as `%23`, or choose one of letters and digits"
    } else {
        "compare the webhook's URL with what `automation_token` was given"
    }
}
