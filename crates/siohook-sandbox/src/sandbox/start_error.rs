use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use siohook_events::Shown;

use crate::server::TlsError;
use crate::state::StateFileError;
use crate::{ParseHostError, Refusal};

/// Error of a sandbox that can't start. The text says what to do.
///
/// ```
/// use siohook_sandbox::Sandbox;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let error = Sandbox::builder().manual_clock("today").start().await.unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`today` is not a time: write one such as `2026-01-01T00:00:00Z`",
/// );
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StartError {
    /// It can't listen at the address.
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: Arc<io::Error>,
    },
    /// Other machines reach the address, and this was not allowed.
    NotLoopback(SocketAddr),
    /// An allowed destination is not a host.
    Host(ParseHostError),
    /// The sandbox does not send to the URL of the receiver.
    To(Refusal),
    /// The start of the clock is not a time.
    Time(String),
    /// A setting that has no effect, or none that could be meant. The text says what to do.
    Setting(String),
    /// The account can't be read or kept in its folder.
    State(Arc<StateFileError>),
    /// The certificate or its key can't be used.
    Tls(TlsError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, error } if error.kind() == io::ErrorKind::AddrInUse => {
                let free = SocketAddr::new(address.ip(), 0);
                write!(
                    f,
                    "another program listens at {address}: end it, or listen at another port; \
                     `{free}` takes a free one"
                )
            }
            Self::Listen { address, error } => write!(f, "can't listen at {address}: {error}"),
            Self::NotLoopback(address) => write!(
                f,
                "other machines may reach {address}, read the account, and have the sandbox \
                 send: add `--expose` if this is meant"
            ),
            Self::Host(error) => error.fmt(f),
            Self::To(refusal) => refusal.fmt(f),
            Self::Time(text) => write!(
                f,
                "`{}` is not a time: write one such as `2026-01-01T00:00:00Z`",
                Shown::value(text)
            ),
            Self::Setting(text) => f.write_str(text),
            Self::State(error) => error.fmt(f),
            Self::Tls(error) => error.fmt(f),
        }
    }
}

impl Error for StartError {}

impl From<ParseHostError> for StartError {
    fn from(error: ParseHostError) -> Self {
        Self::Host(error)
    }
}

impl From<StateFileError> for StartError {
    fn from(error: StateFileError) -> Self {
        Self::State(Arc::new(error))
    }
}

impl From<TlsError> for StartError {
    fn from(error: TlsError) -> Self {
        Self::Tls(error)
    }
}
