//! Finds the likely cause of a refusal, where that takes work.
//!
//! * A wrong signature is compared with those of likely typing errors in the secret, and with
//!   those of other spellings of the body.
//! * A wrong token is compared with its variants in quotes.
//! * A body that is not a delivery is searched for one that another program wrapped.
//!
//! A flood of forged requests must not pay for this work. So large bodies are not diagnosed,
//! and the number of diagnoses a second is limited.

mod budget;

use siohook_events::Mechanism;

use self::budget::Budget;
use super::hint::Hint;
use super::reason::Reason;
use super::rejection::Rejection;
use super::rewrite::originals;
use super::signature::{Secret, Signature};
use super::token::Token;
use super::{Verifier, body_form};
use crate::request::{Head, Header};

/// The largest body that is diagnosed. It keeps the diagnosis of a forged body cheaper than
/// hashing a large one.
const DIAGNOSED_BYTES: usize = 32 * 1024;

/// Decides whether a refusal is diagnosed: only if a log shows it, and only some times a
/// second.
pub(crate) struct Diagnosis {
    /// Whether there is a consumer of refusals other than a subscriber of `tracing`.
    pub(crate) is_heard: bool,
    /// Whether a subscriber of `tracing` shows refusals.
    is_traced: fn() -> bool,
    /// The largest body that is diagnosed.
    max_bytes: usize,
    /// `None` for no limit.
    budget: Option<Budget>,
}

impl Diagnosis {
    pub(crate) fn new(is_traced: fn() -> bool) -> Self {
        Self {
            is_heard: false,
            is_traced,
            max_bytes: DIAGNOSED_BYTES,
            budget: Some(Budget::new()),
        }
    }

    /// Diagnoses each refusal, for requests that are explained one by one.
    pub(crate) fn of_each() -> Self {
        Self {
            is_heard: true,
            is_traced: || false,
            max_bytes: usize::MAX,
            budget: None,
        }
    }

    /// Whether a diagnosis has a reader, and the budget allows it.
    fn is_due(&self) -> bool {
        let is_left = || self.budget.as_ref().is_none_or(Budget::spend);
        (self.is_heard || (self.is_traced)()) && is_left()
    }

    /// Parses a body, unless it is large.
    fn parse(&self, body: &[u8]) -> Option<serde_json::Value> {
        if body.len() > self.max_bytes {
            return None;
        }
        serde_json::from_slice(body).ok()
    }
}

impl Verifier {
    /// Adds the likely cause to a refusal, if a diagnosis is due. `body` is empty before the
    /// body was read.
    pub(super) fn diagnosed(&self, rejection: Rejection, head: &Head, body: &[u8]) -> Rejection {
        let is_due = || self.diagnosis.is_due();
        let is_automation = rejection.mechanism() == Some(Mechanism::Automation);
        let hint = match rejection.reason() {
            Reason::SignatureWrong if is_due() => Some(self.wrong_signature(head, body)),
            Reason::SignatureMalformed if is_due() => self.secret_as_signature(head),
            Reason::TokenWrong if is_due() => Some(self.wrong_token(&head.query)),
            Reason::TokenMissing | Reason::NotConfigured
                if is_automation && !body.is_empty() && is_due() =>
            {
                let body = self.diagnosis.parse(body);
                body.and_then(|body| body_form::without_headers(&body))
            }
            Reason::NoEnvelope if is_due() => self.diagnosis.parse(body).and_then(|body| {
                body_form::wrapper(&body).or_else(|| body_form::without_headers(&body))
            }),
            _ => None,
        };
        rejection.hint(hint)
    }

    /// The hint of a signature that no secret made for this body.
    fn wrong_signature(&self, head: &Head, body: &[u8]) -> Hint {
        let by_start = body_form::by_its_start(body);
        let by_signature = || self.signed_otherwise(head, body);
        let by_content = || body_form::wrapper(&self.diagnosis.parse(body)?);
        by_start
            .or_else(|| self.secret_as_signature(head))
            .or_else(by_signature)
            .or_else(by_content)
            .unwrap_or(Hint::SignatureOfAnother)
    }

    /// Finds a change of the secret or the body with which the signature matches.
    fn signed_otherwise(&self, head: &Head, body: &[u8]) -> Option<Hint> {
        if body.len() > self.diagnosis.max_bytes {
            return None;
        }
        let signature = Signature::parse(head.headers.first(Header::Signature)?)?;
        let mut secrets = self.secrets.iter();
        let misread = |secret: &Secret| {
            let reading = secret.near_miss(body, &signature)?;
            reading.hint(secret.printed_label())
        };
        if let Some(hint) = secrets.find_map(misread) {
            return Some(hint);
        }
        let is_signed = |body: &[u8]| self.secrets.iter().any(|it| it.signed(body, &signature));
        let (rewrite, _) = originals(body).find(|(_, original)| is_signed(original))?;
        Some(rewrite.hint())
    }

    /// The hint of a signature header that holds a configured secret.
    fn secret_as_signature(&self, head: &Head) -> Option<Hint> {
        let given = head.headers.first(Header::Signature)?;
        if given.len() > self.diagnosis.max_bytes {
            return None;
        }
        let secret = self.secrets.iter().find(|secret| secret.is(given))?;
        let label = secret.printed_label();
        Some(Hint::SecretAsSignature { label })
    }

    /// The hint of a token that is not configured.
    fn wrong_token(&self, query: &str) -> Hint {
        let near_miss = Token::near_miss(&self.tokens, query);
        near_miss.unwrap_or_else(|| {
            if self.tokens.iter().any(Token::needs_escaping) {
                Hint::TokenNotEscaped
            } else {
                Hint::TokenOfAnother
            }
        })
    }
}
