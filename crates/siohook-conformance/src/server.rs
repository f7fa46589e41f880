use std::net::SocketAddr;

pub use siohook_sender::{SECRET, TOKEN};

/// Path of the URL at which the dispatcher is served.
pub const PATH: &str = "/systeme";

/// Length of the longest accepted body, in bytes. It is siohook's default.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Addresses of the server under test, one for each configuration.
///
/// A case fails if the server that it needs is `None`.
///
/// ```
/// use std::net::SocketAddr;
///
/// use siohook_conformance::Server;
///
/// let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
/// let server = Server {
///     address: local(3000),
///     source_ips: Some(local(3001)),
///     trusted_proxies: Some(local(3002)),
/// };
/// # let _ = server;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Server {
    /// The server that accepts every source address.
    pub address: SocketAddr,
    /// The server that accepts only 203.0.113.7 and trusts no proxy.
    pub source_ips: Option<SocketAddr>,
    /// The server that accepts only 203.0.113.7 and trusts the proxy 127.0.0.1.
    pub trusted_proxies: Option<SocketAddr>,
}
