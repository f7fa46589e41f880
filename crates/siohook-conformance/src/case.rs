use std::fmt;
use std::net::SocketAddr;

use crate::failure::Checked;
use crate::server::Server;
use crate::target::Target;

/// One thing that a server has to do right.
#[derive(Clone, Copy)]
pub struct Case {
    name: &'static str,
    checks: &'static str,
    needs: Needs,
    run: fn(Target) -> Checked,
}

/// What a case is tried on.
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

    /// A name that never changes, for [`Exception::case`](crate::Exception::case).
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it checks, as the end of a sentence.
    #[must_use]
    pub fn checks(&self) -> &'static str {
        self.checks
    }

    /// What it is tried on.
    #[must_use]
    pub fn needs(&self) -> Needs {
        self.needs
    }

    /// Tries it, and says why it fails if it does.
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
