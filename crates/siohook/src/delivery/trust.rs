use std::fmt;
use std::sync::Arc;

use siohook_events::Shown;

/// Why a delivery was trusted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Trust<'a> {
    /// The body carries a valid signature.
    Signed {
        /// The label of the secret that it was made with.
        secret: &'a str,
    },
    /// The URL carried a token; if source addresses are configured, the address was
    /// among them.
    Token {
        /// The label of the token, if it was given one with
        /// [`automation_token_as`](crate::DispatcherBuilder::automation_token_as).
        label: Option<&'a str>,
    },
    /// It came from an allowed address, and nothing more is configured.
    SourceIp,
    /// It was not: [`accept_unverified`](crate::DispatcherBuilder::accept_unverified).
    Unverified,
}

impl fmt::Debug for Trust<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signed { secret } => f
                .debug_struct("Signed")
                .field("secret", &Shown::value(secret))
                .finish(),
            Self::Token { label } => f
                .debug_struct("Token")
                .field("label", &label.map(Shown::value))
                .finish(),
            Self::SourceIp => f.write_str("SourceIp"),
            Self::Unverified => f.write_str("Unverified"),
        }
    }
}

/// [`Trust`] as a delivery keeps it.
#[derive(Clone)]
pub(crate) enum TrustedBy {
    Secret(Arc<str>),
    Token(Option<Arc<str>>),
    SourceIp,
    Nothing,
}

impl TrustedBy {
    pub(crate) fn as_trust(&self) -> Trust<'_> {
        match self {
            Self::Secret(label) => Trust::Signed { secret: label },
            Self::Token(label) => Trust::Token {
                label: label.as_deref(),
            },
            Self::SourceIp => Trust::SourceIp,
            Self::Nothing => Trust::Unverified,
        }
    }
}
