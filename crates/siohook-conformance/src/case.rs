use std::fmt;
use std::net::SocketAddr;

use crate::failure::Checked;
use crate::server::Server;
use crate::target::Target;

/// Test of one behaviour of a server.
///
/// [`cases`](crate::cases()) lists them all, and [`check`](crate::check) runs them:
///
/// ```
/// for case in siohook_conformance::cases() {
///     println!("{}: {}", case.name(), case.checks());
/// }
/// ```
#[derive(Clone, Copy)]
pub struct Case {
    name: &'static str,
    checks: &'static str,
    needs: Needs,
    run: fn(Target) -> Checked,
}

/// Server and protocol that a case needs.
///
/// ```
/// use siohook_conformance::{Needs, cases};
///
/// let behind_proxies = cases().iter().filter(|case| case.needs() == Needs::TrustedProxies);
/// assert!(behind_proxies.count() > 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Needs {
    /// [`Server::address`], in HTTP/1.
    Http1,
    /// [`Server::address`], in HTTP/2 with prior knowledge.
    Http2,
    /// [`Server::source_ips`].
    SourceIps,
    /// [`Server::trusted_proxies`].
    TrustedProxies,
}

impl Case {
    pub(crate) const fn new(
        name: &'static str,
        checks: &'static str,
        run: fn(Target) -> Checked,
    ) -> Self {
        Self {
            name,
            checks,
            needs: Needs::Http1,
            run,
        }
    }

    pub(crate) const fn on(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }

    /// Returns the name, which never changes. An [`Exception`](crate::Exception::case) refers
    /// to it.
    ///
    /// ```
    /// use siohook_conformance::cases;
    ///
    /// assert!(cases().iter().any(|case| case.name() == "keep_alive"));
    /// ```
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the expected behaviour, as a sentence without a capital and a full stop.
    ///
    /// ```
    /// use siohook_conformance::cases;
    ///
    /// let case = cases().iter().find(|case| case.name() == "keep_alive").unwrap();
    /// assert_eq!(case.checks(), "a connection is kept after 200");
    /// ```
    #[must_use]
    pub fn checks(&self) -> &'static str {
        self.checks
    }

    /// Returns the server and the protocol that the case needs.
    ///
    /// ```
    /// use siohook_conformance::{Needs, cases};
    ///
    /// let case = cases().iter().find(|case| case.name() == "keep_alive").unwrap();
    /// assert_eq!(case.needs(), Needs::Http1);
    /// ```
    #[must_use]
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// Runs the case. The error says why it failed.
    pub(crate) fn try_on(&self, server: &Server) -> Result<(), String> {
        let Some(address) = self.needs.address(server) else {
            return Err(format!("no server was given for {:?}", self.needs));
        };
        (self.run)(Target::new(address)).map_err(|failure| failure.to_string())
    }
}

impl Needs {
    fn address(self, server: &Server) -> Option<SocketAddr> {
        match self {
            Self::Http1 | Self::Http2 => Some(server.address),
            Self::SourceIps => server.source_ips,
            Self::TrustedProxies => server.trusted_proxies,
        }
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("name", &self.name)
            .field("needs", &self.needs)
            .finish_non_exhaustive()
    }
}
