//! Credentials that a request needs to be trusted.

use serde_json::{Value, json};
use siohook::describe::Description;
use siohook_events::Mechanism;

use crate::headers::SIGNATURE;

pub(crate) const TOKEN_MEANING: &str = "Token at the end of the webhook's URL: `?token=…`. It is a secret, because an automation is not signed.";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Credential {
    Signature,
    Token,
    /// Only the source address is checked, or nothing at all.
    NoneInTheRequest,
}

impl Credential {
    pub(crate) fn of(description: &Description, mechanism: Mechanism) -> Self {
        let trust = description.trust.as_ref();
        match mechanism {
            _ if trust.is_some_and(|trust| trust.accepts_unverified) => Self::NoneInTheRequest,
            Mechanism::Account => Self::Signature,
            Mechanism::Automation if trust.is_some_and(|trust| trust.tokens == 0) => {
                Self::NoneInTheRequest
            }
            _ => Self::Token,
        }
    }

    /// Returns the name of its security scheme.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Signature => Some("signature"),
            Self::Token => Some("token"),
            Self::NoneInTheRequest => None,
        }
    }

    /// Returns the name of its security scheme, and the scheme. `kind` is the document's
    /// word for a key in a header or query.
    pub(crate) fn scheme(self, kind: &str) -> Option<(String, Value)> {
        let (place, parameter, meaning) = match self {
            Self::Signature => ("header", SIGNATURE.name(), SIGNATURE.meaning),
            Self::Token => ("query", "token".to_owned(), TOKEN_MEANING),
            Self::NoneInTheRequest => return None,
        };
        let scheme = json!({
            "type": kind,
            "in": place,
            "name": parameter,
            "description": meaning,
        });
        Some((self.name()?.to_owned(), scheme))
    }
}
