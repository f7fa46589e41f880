use std::error::Error;
use std::fmt;

use siohook_events::Mechanism;

use super::hint::Hint;
use super::reason::Reason;
use crate::delivery::envelope::EnvelopeError;
use crate::request::Reply;

/// Refusal of a request, for the operator's log.
///
/// The sender gets the status and the name of the outcome only.
///
/// `Display` writes a sentence, and a hint if the likely cause is known. It never holds a
/// secret, a token, a digest, an e-mail address or a part of the body. The page
/// [`observability`](crate::guide::observability#refusals-and-their-hints) lists all
/// hints, and says which of them are limited to a few a second.
///
/// ```standalone_crate
/// use siohook::{Dispatcher, Incoming};
///
/// let dispatcher = Dispatcher::builder()
///     .automation_token("abc")
///     .on_reject(|rejection| eprintln!("refused: {rejection}"))
///     .allow_no_handlers()
///     .build()?;
/// let rejection = dispatcher.verify(Incoming::post("{}").query("token=x")).unwrap_err();
/// assert_eq!(
///     rejection.to_string(),
///     "automation: the token is wrong (compare the webhook's URL with the token in \
///      `automation_token`)",
/// );
/// # Ok::<(), siohook::BuildError>(())
/// ```
///
/// The codes never change:
///
/// | code | status | cause |
/// |---|---|---|
/// | `method_not_allowed` | 405 | not `POST` |
/// | `body_too_large` | 413 | over [`max_body_bytes`](crate::DispatcherBuilder::max_body_bytes) |
/// | `body_unreadable` | 400 | the connection broke |
/// | `address_unknown` | 403 | no peer address, or the forwarding header can't be read |
/// | `address_not_allowed` | 403 | not in [`source_ips`](crate::DispatcherBuilder::source_ips) |
/// | `not_configured` | 401 | no secret, token or address list for this mechanism |
/// | `signature_missing` | 401 | no `X-Webhook-Signature`, but `X-Webhook-Event` |
/// | `signature_malformed` | 401 | not 64 hex digits |
/// | `signature_wrong` | 401 | made with another secret, or of another body |
/// | `event_not_covered` | 401 | the secret is bound to other events |
/// | `token_missing` | 401 | no `?token=` in the URL |
/// | `token_wrong` | 401 | the token is not a configured one |
/// | `not_json` | 400 | the body is not JSON |
/// | `no_envelope` | 400 | JSON, but not what this mechanism sends |
/// | `event_missing` | 400 | signed, but without `X-Webhook-Event` |
/// | `event_contradicted` | 400 | the body does not match the event name |
#[derive(Clone, PartialEq, Eq)]
pub struct Rejection {
    reason: Reason,
    mechanism: Option<Mechanism>,
    hint: Option<Hint>,
}

impl Rejection {
    /// Creates a refusal without a mechanism and a hint.
    pub(crate) fn new(reason: Reason) -> Self {
        Self {
            reason,
            mechanism: None,
            hint: None,
        }
    }

    /// Sets the mechanism.
    pub(crate) fn of(self, mechanism: Mechanism) -> Self {
        Self {
            mechanism: Some(mechanism),
            ..self
        }
    }

    /// Replaces the hint, if the table lists the new one under the reason.
    pub(crate) fn hint(self, hint: impl Into<Option<Hint>>) -> Self {
        let hint = hint.into().filter(|it| it.explains(self.reason));
        Self {
            hint: hint.or(self.hint),
            ..self
        }
    }

    /// The hint of the refusal.
    pub(crate) fn likely_cause(&self) -> Option<&Hint> {
        self.hint.as_ref()
    }

    /// Returns the reason.
    ///
    /// ```
    /// use siohook::{Reason, Rejection};
    ///
    /// fn is_attack(rejection: &Rejection) -> bool {
    ///     matches!(rejection.reason(), Reason::SignatureWrong | Reason::TokenWrong)
    /// }
    /// ```
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Returns the reason as a word that never changes: `signature_wrong`, …
    ///
    /// ```
    /// # fn f(rejection: &siohook::Rejection) {
    /// eprintln!("code={} status={}", rejection.code(), rejection.status());
    /// # }
    /// ```
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.reason.as_str()
    }

    /// Returns the HTTP status that the sender gets: 400, 401, 403, 405 or 413.
    ///
    /// ```standalone_crate
    /// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
    /// let rejection = dispatcher.verify(siohook::Incoming::post("[]")).unwrap_err();
    /// assert_eq!((rejection.status(), rejection.code()), (400, "no_envelope"));
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
    #[must_use]
    pub fn status(&self) -> u16 {
        self.reply().status()
    }

    /// Returns the response to the sender.
    ///
    /// ```
    /// use siohook::{Dispatcher, Head, Reply};
    ///
    /// fn early_reply(dispatcher: &Dispatcher, head: &Head) -> Option<Reply> {
    ///     let rejection = dispatcher.check_head(head).err()?;
    ///     Some(rejection.reply())
    /// }
    /// ```
    #[must_use]
    pub fn reply(&self) -> Reply {
        self.reason.reply()
    }

    /// Returns how the delivery was sent. `None` if the request was refused before that
    /// was looked at: by its method or its length.
    ///
    /// Nothing confirms it: the sender chooses the headers that decide it.
    ///
    /// ```
    /// use siohook::{Mechanism, Rejection};
    ///
    /// fn is_automation(rejection: &Rejection) -> bool {
    ///     rejection.mechanism() == Some(Mechanism::Automation)
    /// }
    /// ```
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
