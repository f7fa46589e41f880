use std::error::Error;
use std::fmt;
use std::net::IpAddr;

use siohook_events::Shown;

/// Reason why the sandbox does not send to a URL. The text says what to change.
///
/// ```
/// use siohook_sandbox::{AllowList, Refusal};
///
/// let allowed = AllowList::new();
/// assert_eq!(allowed.check("ftp://127.0.0.1/"), Err(Refusal::Scheme));
/// assert_eq!(allowed.check("http://me:pw@127.0.0.1/"), Err(Refusal::Credentials));
/// assert_eq!(
///     allowed.check("http://169.254.169.254/").unwrap_err().to_string(),
///     "169.254.169.254 is a link-local address, where cloud providers give out secrets; to \
///      send to it, add `--allow 169.254.169.254`",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It is not a URL with a host.
    NotUrl,
    /// It begins with neither `http://` nor `https://`.
    Scheme,
    /// The URL has a user name or a password.
    Credentials,
    /// The host is neither local nor added to the list.
    Foreign {
        /// Host to add.
        host: String,
    },
    /// The name is local, but it resolves to an address that is not.
    ResolvesAway {
        /// Host of the URL.
        host: String,
        /// Address that the host resolves to.
        address: IpAddr,
    },
    /// The address is link-local.
    LinkLocal(IpAddr),
    /// The sandbox itself listens there.
    Own,
}

impl Refusal {
    pub(super) fn foreign(host: &str) -> Self {
        let host = host.to_owned();
        Self::Foreign { host }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ONLY: &str = "the sandbox sends to this machine and private networks only";
        match self {
            Self::NotUrl => f.write_str(
                "this is not the URL of a receiver: write one such as \
                 `http://localhost:3000/systeme`",
            ),
            Self::Scheme => f.write_str("the URL begins with neither `http://` nor `https://`"),
            Self::Credentials => f.write_str(
                "the URL has a user name or a password: take out what stands before the `@`",
            ),
            Self::Foreign { host } => {
                let host = Shown::value(host);
                write!(f, "{ONLY}; to send to {host}, add `--allow {host}`")
            }
            Self::ResolvesAway { host, address } => {
                let host = Shown::value(host);
                write!(
                    f,
                    "{ONLY}, and {host} resolves to {address}; to send to it, add `--allow {host}`"
                )
            }
            Self::LinkLocal(address) => write!(
                f,
                "{address} is a link-local address, where cloud providers give out secrets; to \
                 send to it, add `--allow {address}`"
            ),
            Self::Own => f.write_str("this is the sandbox itself: write the receiver's URL"),
        }
    }
}

impl Error for Refusal {}

/// Error of a host that can't be added to an [`AllowList`](crate::AllowList).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseHostError(pub(super) String);

impl fmt::Display for ParseHostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a host: write `shop.example.com`, `*.example.com` or `203.0.113.7`, \
             without scheme, port and path",
            self.0
        )
    }
}

impl Error for ParseHostError {}
