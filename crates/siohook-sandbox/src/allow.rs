//! Which receivers the sandbox sends to.

mod destination;
mod refusal;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use siohook_events::Shown;

pub use destination::Destination;
pub use refusal::{ParseHostError, Refusal};

/// Names that are on every machine. What they resolve to is checked too.
const LOCAL_NAMES: &[&str] = &["localhost", "host.docker.internal"];
const LOCAL_SUFFIXES: &[&str] = &[".localhost", ".test"];

/// Hosts that the sandbox sends to, so that test data stays on the developer's machine.
///
/// Without anything added, these are loopback and private addresses, `localhost`,
/// `*.localhost`, `*.test` and `host.docker.internal`.
///
/// ```
/// use siohook_sandbox::AllowList;
///
/// let allowed = AllowList::new();
/// assert!(allowed.check("http://127.0.0.1:3000/systeme").is_ok());
///
/// let refusal = allowed.check("https://shop.example.com/systeme").unwrap_err();
/// assert_eq!(
///     refusal.to_string(),
///     "the sandbox sends to this machine and private networks only; to send to \
///      shop.example.com, add `--allow shop.example.com`",
/// );
/// assert!(allowed.allow("shop.example.com")?.check("https://shop.example.com").is_ok());
/// # Ok::<(), siohook_sandbox::ParseHostError>(())
/// ```
///
/// A name is checked before it is looked up, and each of its addresses before a connection.
#[derive(Clone, Debug, Default)]
pub struct AllowList {
    names: Vec<String>,
    addresses: Vec<IpAddr>,
    own: Vec<SocketAddr>,
}

impl AllowList {
    /// Makes the list of this machine and private networks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the same list with the host of a URL.
    ///
    /// ```
    /// use siohook_sandbox::AllowList;
    ///
    /// let url = "https://shop.example.com/systeme";
    /// assert!(AllowList::with_host_of(url)?.check(url).is_ok());
    /// # Ok::<(), siohook_sandbox::Refusal>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is not the URL of a receiver.
    pub fn with_host_of(url: &str) -> Result<Self, Refusal> {
        let destination = Destination::parse(url)?;
        let allowed = Self::new().allow(destination.host());
        allowed.map_err(|_| Refusal::NotUrl)
    }

    /// Adds a host: a name, `*.` and a domain for the names below it, or an address.
    ///
    /// A name may resolve to any address except a link-local one. Cloud providers give out
    /// secrets there, so such an address has to be added itself.
    ///
    /// ```
    /// use siohook_sandbox::AllowList;
    ///
    /// let allowed = AllowList::new().allow("*.example.com")?;
    /// assert!(allowed.check("https://a.shop.example.com").is_ok());
    /// assert!(allowed.check("https://example.com").is_err());
    ///
    /// let error = AllowList::new().allow("https://example.com/").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "`https://example.com/` is not a host: write `shop.example.com`, \
    ///      `*.example.com` or `203.0.113.7`, without scheme, port and path",
    /// );
    /// # Ok::<(), siohook_sandbox::ParseHostError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is not a host.
    pub fn allow(mut self, host: &str) -> Result<Self, ParseHostError> {
        let without_brackets = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        if let Ok(address) = without_brackets.unwrap_or(host).parse::<IpAddr>() {
            self.addresses.push(address.to_canonical());
            return Ok(self);
        }
        let name = host.strip_prefix("*.").unwrap_or(host);
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if name.starts_with('.') || name.is_empty() || !name.bytes().all(is_allowed) {
            return Err(ParseHostError(Shown::value(host).to_string()));
        }
        self.names.push(destination::normalized(host));
        Ok(self)
    }

    /// Refuses the address at which the sandbox itself listens.
    ///
    /// ```
    /// use siohook_sandbox::AllowList;
    ///
    /// let allowed = AllowList::new().without_own("127.0.0.1:7400".parse()?);
    /// let refusal = allowed.check("http://127.0.0.1:7400/").unwrap_err();
    /// assert_eq!(refusal.to_string(), "this is the sandbox itself: write the receiver's URL");
    /// # Ok::<(), std::net::AddrParseError>(())
    /// ```
    #[must_use]
    pub fn without_own(mut self, listens_at: SocketAddr) -> Self {
        self.own.push(listens_at);
        self
    }

    /// Checks the URL of a receiver without a look-up.
    ///
    /// # Errors
    ///
    /// If the sandbox does not send there.
    pub fn check(&self, url: &str) -> Result<Destination, Refusal> {
        let destination = Destination::parse(url)?;
        match destination.address() {
            Some(address) => self.check_address(&destination, address)?,
            None if is_loopback(destination.host()) && self.listens_here(destination.port()) => {
                return Err(Refusal::Own);
            }
            None if self.is_named(destination.host()) || is_local(destination.host()) => {}
            None => return Err(Refusal::foreign(destination.host())),
        }
        Ok(destination)
    }

    /// Checks an address of a destination whose URL was checked.
    pub(crate) fn check_address(
        &self,
        destination: &Destination,
        address: IpAddr,
    ) -> Result<(), Refusal> {
        let address = address.to_canonical();
        if self.is_own(SocketAddr::new(address, destination.port())) {
            return Err(Refusal::Own);
        }
        if self.addresses.contains(&address) || is_near(address) {
            return Ok(());
        }
        if is_link_local(address) {
            return Err(Refusal::LinkLocal(address));
        }
        if destination.address().is_some() {
            return Err(Refusal::foreign(&address.to_string()));
        }
        if self.is_named(destination.host()) {
            return Ok(());
        }
        Err(Refusal::ResolvesAway {
            host: destination.host().to_owned(),
            address,
        })
    }

    /// Whether the sandbox listens at this port of loopback.
    fn listens_here(&self, port: u16) -> bool {
        let loopback = |own: &SocketAddr| reached(own.ip().to_canonical()).is_loopback();
        self.own
            .iter()
            .any(|own| own.port() == port && loopback(own))
    }

    fn is_named(&self, host: &str) -> bool {
        self.names.iter().any(|name| match name.strip_prefix('*') {
            Some(suffix) => is_below(host, suffix),
            None => name == host,
        })
    }

    fn is_own(&self, address: SocketAddr) -> bool {
        self.own.iter().any(|own| {
            let (own_ip, ip) = (own.ip().to_canonical(), reached(address.ip()));
            // An address is this machine's if a socket can be bound to it.
            let is_of_machine = || ip.is_loopback() || UdpSocket::bind((ip, 0)).is_ok();
            own.port() == address.port()
                && (reached(own_ip) == ip || own_ip.is_unspecified() && is_of_machine())
        })
    }
}

/// A connection to the unspecified address reaches the loopback address.
fn reached(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        address => address,
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || is_below(host, ".localhost")
}

fn is_local(host: &str) -> bool {
    let is_below_any = || LOCAL_SUFFIXES.iter().any(|suffix| is_below(host, suffix));
    LOCAL_NAMES.contains(&host) || is_below_any()
}

fn is_below(host: &str, suffix: &str) -> bool {
    host.len() > suffix.len() && host.ends_with(suffix)
}

/// Whether an address is of this machine or of a private network.
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}
