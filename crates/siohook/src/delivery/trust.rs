use std::fmt;
use std::sync::Arc;

use siohook_events::Shown;

/// Reason why a delivery was trusted: see
/// [`Delivery::trust`](crate::Delivery::trust).
///
/// ```
/// use siohook::{Delivery, HandlerError, Trust, on_event};
///
/// #[on_event("SALE_NEW")]
/// fn grant(delivery: &Delivery) -> Result<(), HandlerError> {
///     match delivery.trust() {
///         Trust::Signed { secret: "main" } => Ok(()),
///         other => Err(HandlerError::permanent(format!("trusted as {other:?}"))),
///     }
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Trust<'a> {
    /// The body carries a valid signature.
    Signed {
        /// The label of the secret, from
        /// [`account_secret`](crate::DispatcherBuilder::account_secret).
        secret: &'a str,
    },
    /// The URL carries a configured token. If source addresses are configured, the address
    /// is one of them.
    Token {
        /// The label of the token, from
        /// [`automation_token_as`](crate::DispatcherBuilder::automation_token_as). `None`
        /// if the token has no label.
        label: Option<&'a str>,
    },
    /// The request came from an allowed address, and no token is configured.
    SourceIp,
    /// The delivery is not trusted, and was accepted because of
    /// [`accept_unverified`](crate::DispatcherBuilder::accept_unverified).
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

/// [`Trust`] as a delivery stores it.
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
