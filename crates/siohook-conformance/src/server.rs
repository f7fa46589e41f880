use std::net::SocketAddr;

// What account webhooks are signed with, and the token in the URL of automations.
pub use siohook_sender::{SECRET, TOKEN};

/// Where the dispatcher is served.
pub const PATH: &str = "/systeme";

/// The longest body that is accepted: what siohook has by default.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Where the server under test listens, in each of its configurations.
///
/// A case whose server is missing fails.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    /// The server that accepts any source address.
    pub address: SocketAddr,
    /// The one that accepts 203.0.113.7 only, and trusts no proxy.
    pub source_ips: Option<SocketAddr>,
    /// The one that accepts 203.0.113.7 only, and trusts the proxy 127.0.0.1.
    pub trusted_proxies: Option<SocketAddr>,
}
