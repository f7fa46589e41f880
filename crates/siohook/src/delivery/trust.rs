use std::sync::Arc;

/// Why a delivery was trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trust<'a> {
    /// The body carries a valid signature.
    Signed {
        /// The label of the secret that it was made with.
        secret: &'a str,
    },
    /// The URL carried the token; if source addresses are configured, the
    /// address was among them too.
    Token,
    /// It came from an allowed address, and nothing more is configured.
    SourceIp,
    /// It was not: [`accept_unverified`](crate::DispatcherBuilder::accept_unverified).
    Unverified,
}

/// [`Trust`] as a delivery keeps it.
#[derive(Clone)]
pub(crate) enum TrustedBy {
    Secret(Arc<str>),
    Token,
    SourceIp,
    Nothing,
}

impl TrustedBy {
    pub(crate) fn as_trust(&self) -> Trust<'_> {
        match self {
            Self::Secret(label) => Trust::Signed { secret: label },
            Self::Token => Trust::Token,
            Self::SourceIp => Trust::SourceIp,
            Self::Nothing => Trust::Unverified,
        }
    }
}
