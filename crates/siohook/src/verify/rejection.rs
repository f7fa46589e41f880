use std::error::Error;
use std::fmt;

use siohook_events::Mechanism;

use super::hint::Hint;
use super::reason::Reason;
use crate::delivery::envelope::EnvelopeError;
use crate::request::Reply;

/// Why a delivery was refused: for the operator's log. The sender gets the
/// status and the name of the outcome only.
///
/// `Display` is a sentence, and a hint where there is one. Neither holds a
/// secret, a token, a digest, an e-mail address or a part of the body. The page
/// [`observability`](crate::guide::observability#refusals-and-their-hints) has all hints,
/// and says which of them are not always there.
///
/// Codes are stable:
///
/// | code | status | |
/// |---|---|---|
/// | `method_not_allowed` | 405 | not `POST` |
/// | `body_too_large` | 413 | over [`max_body_bytes`](crate::DispatcherBuilder::max_body_bytes) |
/// | `body_unreadable` | 400 | the connection broke |
/// | `address_unknown` | 403 | no peer address, or the forwarding header can't be read |
/// | `address_not_allowed` | 403 | not in [`source_ips`](crate::DispatcherBuilder::source_ips) |
/// | `not_configured` | 401 | nothing to trust this mechanism by is configured |
/// | `signature_missing` | 401 | |
/// | `signature_malformed` | 401 | not 64 hex digits |
/// | `signature_wrong` | 401 | of another secret, or of another body |
/// | `event_not_covered` | 401 | the secret is bound to other events |
/// | `token_missing` | 401 | |
/// | `token_wrong` | 401 | |
/// | `not_json` | 400 | |
/// | `no_envelope` | 400 | JSON, but not what this mechanism sends |
/// | `event_missing` | 400 | signed, but without `X-Webhook-Event` |
/// | `event_contradicted` | 400 | the body is not one of the event that is named |
#[derive(Clone, PartialEq, Eq)]
pub struct Rejection {
    reason: Reason,
    mechanism: Option<Mechanism>,
    hint: Option<Hint>,
}

impl Rejection {
    pub(crate) fn new(reason: Reason) -> Self {
        Self {
            reason,
            mechanism: None,
            hint: None,
        }
    }

    pub(crate) fn of(self, mechanism: Mechanism) -> Self {
        Self {
            mechanism: Some(mechanism),
            ..self
        }
    }

    /// Gives a hint in place of the one it has, if the table has it under the reason.
    pub(crate) fn hint(self, hint: impl Into<Option<Hint>>) -> Self {
        let hint = hint.into().filter(|it| it.explains(self.reason));
        Self {
            hint: hint.or(self.hint),
            ..self
        }
    }

    /// The reason.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The reason as a word that never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.reason.as_str()
    }

    /// The HTTP status that the sender gets.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.reply().status()
    }

    /// What the sender is answered.
    #[must_use]
    pub fn reply(&self) -> Reply {
        self.reason.reply()
    }

    /// The way in which the delivery was sent, if it came to that.
    #[must_use]
    pub fn mechanism(&self) -> Option<Mechanism> {
        self.mechanism
    }
}

impl From<EnvelopeError> for Rejection {
    fn from(error: EnvelopeError) -> Self {
        let (reason, hint) = match error {
            EnvelopeError::NotUtf8 => (Reason::NotJson, Hint::BodyNotUtf8),
            EnvelopeError::NotJson => (Reason::NotJson, Hint::AutomationMembers),
            EnvelopeError::OtherJson => (Reason::NoEnvelope, Hint::AutomationMembers),
            EnvelopeError::EmptyType => (Reason::NoEnvelope, Hint::TypeEmpty),
        };
        Self::new(reason).hint(hint)
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(mechanism) = self.mechanism {
            write!(f, "{mechanism}: ")?;
        }
        f.write_str(self.reason.sentence())?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rejection({}: {self})", self.code())
    }
}

impl Error for Rejection {}
