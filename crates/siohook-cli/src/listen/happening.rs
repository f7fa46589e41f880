//! What happens to deliveries, as whoever follows it is told.

use serde::Serialize;
use siohook::Trust;
use siohook::explain::Explanation;

use crate::deliveries::summary::Summary;

/// Something that happened to a delivery.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Happening {
    /// It was recorded: its file is there.
    Delivery(Box<Recorded>),
    /// It was passed on, or could not be.
    Forward(Forwarded),
    /// Its sender was answered.
    Answered { id: String, status: u16 },
}

impl Happening {
    /// The id of the delivery.
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::Delivery(recorded) => recorded.summary.id.as_deref(),
            Self::Forward(forwarded) => Some(&forwarded.id),
            Self::Answered { id, .. } => Some(id),
        }
    }
}

/// A delivery that was recorded.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Recorded {
    #[serde(flatten)]
    pub(crate) summary: Summary,
    /// `None` if there is nothing to check it with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verdict: Option<Verdict>,
}

/// Whether a delivery is trusted.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Verdict {
    pub(crate) trusted: bool,
    /// `secret` or `token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    /// Why it is refused: `signature_wrong`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
}

/// What came of passing a delivery on.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Forwarded {
    pub(crate) id: String,
    /// The receiver, without the query of its URL.
    pub(crate) to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) outcome: Option<String>,
    /// Code of why there was no answer: `receiver_unreachable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<&'static str>,
    /// What the sender is answered in place of the receiver's answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answered: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) elapsed_ms: Option<u64>,
}

impl Verdict {
    pub(crate) fn new(explanation: &Explanation) -> Self {
        let (by, label) = match explanation.verdict().map(siohook::Delivery::trust) {
            Ok(Trust::Signed { secret }) => (Some("secret"), Some(secret.to_owned())),
            Ok(Trust::Token { label }) => (Some("token"), label.map(str::to_owned)),
            _ => (None, None),
        };
        Self {
            trusted: explanation.is_trusted(),
            by,
            label,
            code: explanation.verdict().err().map(siohook::Rejection::code),
            hint: explanation.hint().map(str::to_owned),
        }
    }
}
