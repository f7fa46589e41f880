//! Lists of addresses and networks: allowed senders and trusted proxies.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};
use siohook_events::Shown;

#[cfg(test)]
mod tests;

/// The addresses from which systeme.io sends webhooks, according to its help pages on
/// 2026-09-27.
const SYSTEME_IO: [Ipv4Addr; 3] = [
    Ipv4Addr::new(185, 236, 142, 1),
    Ipv4Addr::new(185, 236, 142, 2),
    Ipv4Addr::new(185, 236, 142, 3),
];

/// The number of bits before the IPv4 address in an IPv4-mapped IPv6 address.
const MAPPED_PREFIX: u8 = 96;

/// List of addresses and networks, IPv4 and IPv6.
///
/// It says which addresses may send deliveries:
///
/// ```
/// use siohook::{Dispatcher, IpAllowList};
///
/// let builder = Dispatcher::builder().source_ips(IpAllowList::systeme_io());
/// # let _ = builder;
/// ```
///
/// An IPv4-mapped IPv6 address (`::ffff:203.0.113.9`) equals its IPv4 address, and
/// `::ffff:203.0.113.0/120` equals `203.0.113.0/24`. Every other IPv6 network contains
/// IPv6 addresses only, so `::/0` contains no IPv4 address.
///
/// ```
/// use siohook::IpAllowList;
///
/// let list = IpAllowList::new(["203.0.113.0/24", "2001:db8::7"]);
///
/// assert!(list.contains("203.0.113.9".parse()?));
/// assert!(list.contains("::ffff:203.0.113.9".parse()?));
/// assert!(!list.contains("2001:db8::8".parse()?));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
///
/// Creating a list never fails. An invalid entry contains no address, and
/// [`build`](crate::DispatcherBuilder::build) reports it.
#[derive(Clone, Default)]
pub struct IpAllowList {
    ranges: Vec<IpNet>,
    invalid: Vec<String>,
}

impl IpAllowList {
    /// Creates a list of these entries. [`IntoIpRange`] says what an entry can be.
    ///
    /// ```
    /// use std::net::Ipv4Addr;
    ///
    /// use siohook::IpAllowList;
    ///
    /// let from_text = IpAllowList::new(["203.0.113.9"]);
    /// let from_addresses = IpAllowList::new([Ipv4Addr::new(203, 0, 113, 9)]);
    /// assert!(from_text.contains([203, 0, 113, 9].into()));
    /// assert!(from_addresses.contains([203, 0, 113, 9].into()));
    /// ```
    pub fn new<I>(entries: I) -> Self
    where
        I: IntoIterator,
        I::Item: IntoIpRange,
    {
        entries.into_iter().collect()
    }

    /// Creates a list of systeme.io's published addresses: 185.236.142.1, 185.236.142.2
    /// and 185.236.142.3.
    ///
    /// They are those of systeme.io's help pages on 2026-09-27. systeme.io may change them,
    /// so check the help pages, and [extend](Extend) the list if they name more:
    ///
    /// ```
    /// use siohook::IpAllowList;
    ///
    /// let mut list = IpAllowList::systeme_io();
    /// list.extend(["203.0.113.9"]);
    ///
    /// assert!(list.contains([185, 236, 142, 2].into()));
    /// assert!(list.contains([203, 0, 113, 9].into()));
    /// ```
    #[must_use]
    pub fn systeme_io() -> Self {
        Self::new(SYSTEME_IO)
    }

    /// Returns whether an entry is this address or a network that contains it.
    ///
    /// An empty list contains no address.
    ///
    /// ```
    /// use siohook::IpAllowList;
    ///
    /// let list = IpAllowList::new(["203.0.113.0/24"]);
    /// assert!(list.contains([203, 0, 113, 255].into()));
    /// assert!(!list.contains([203, 0, 114, 0].into()));
    /// ```
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.ranges.iter().any(|range| range.contains(&address))
    }

    /// Returns whether the list has no entries.
    ///
    /// An invalid entry counts, so a list of typing errors is not taken for a list that
    /// was left out.
    ///
    /// ```
    /// use siohook::IpAllowList;
    ///
    /// assert!(IpAllowList::default().is_empty());
    /// assert!(!IpAllowList::new(["203.0.113.256"]).is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty() && self.invalid.is_empty()
    }

    /// Addresses and networks as text, sorted.
    pub(crate) fn texts(&self) -> Vec<String> {
        let mut ranges = self.ranges.clone();
        ranges.sort();
        ranges.dedup();
        let text = |range: &IpNet| {
            if range.prefix_len() == range.max_prefix_len() {
                range.addr().to_string()
            } else {
                range.trunc().to_string()
            }
        };
        ranges.iter().map(text).collect()
    }

    /// The networks with a prefix of 0 that the entries add up to: all IPv4 addresses, or
    /// all IPv6 addresses.
    pub(crate) fn everyone(&self) -> impl Iterator<Item = IpNet> {
        let networks = IpNet::aggregate(&self.ranges).into_iter();
        networks.filter(|network| network.prefix_len() == 0)
    }

    /// The invalid entries, as they were written.
    pub(crate) fn invalid(&self) -> &[String] {
        &self.invalid
    }
}

/// Shows the networks, and at most 200 bytes of each invalid entry.
impl fmt::Debug for IpAllowList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let invalid: Vec<_> = self.invalid.iter().map(Shown::value).collect();
        f.debug_struct("IpAllowList")
            .field("ranges", &self.ranges)
            .field("invalid", &invalid)
            .finish()
    }
}

/// Adds entries, for example to [`IpAllowList::systeme_io`].
///
/// ```
/// use siohook::IpAllowList;
///
/// let mut list = IpAllowList::new(["203.0.113.9"]);
/// list.extend(["2001:db8::/32"]);
/// assert!(list.contains("2001:db8::7".parse()?));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
impl<T: IntoIpRange> Extend<T> for IpAllowList {
    fn extend<I: IntoIterator<Item = T>>(&mut self, entries: I) {
        for entry in entries {
            match entry.into_ip_range() {
                Ok(range) => self.ranges.push(unmapped(range).unwrap_or(range)),
                Err(text) => self.invalid.push(text),
            }
        }
    }
}

/// Collects entries, for example those of an environment variable.
///
/// ```
/// use siohook::IpAllowList;
///
/// let list: IpAllowList = "203.0.113.9, 198.51.100.0/24".split(',').collect();
/// assert!(list.contains([198, 51, 100, 7].into()));
/// ```
impl<T: IntoIpRange> FromIterator<T> for IpAllowList {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        let mut list = Self::default();
        list.extend(entries);
        list
    }
}

/// Conversion into an entry of an [`IpAllowList`].
///
/// Addresses, networks and text can be entries. Text is an address (`203.0.113.9`,
/// `2001:db8::7`), or an address, a slash and a prefix length in bits (`203.0.113.0/24`).
/// White space around it is ignored. Host bits may be set: `203.0.113.7/24` is the network
/// `203.0.113.0/24`.
///
/// These are invalid: host names, netmasks in place of the prefix length, ports, brackets,
/// IPv6 zone identifiers (`fe80::1%eth0`), and IPv4 numbers with leading zeros.
///
/// ```
/// use siohook::IntoIpRange;
///
/// assert!(" 203.0.113.7/24 ".into_ip_range().is_ok());
/// assert_eq!("shop.example.com".into_ip_range(), Err("shop.example.com".to_owned()));
/// ```
pub trait IntoIpRange {
    /// Converts the entry into a network. A single address is a network of one address.
    ///
    /// ```
    /// use std::net::Ipv4Addr;
    ///
    /// use siohook::IntoIpRange;
    ///
    /// let network = Ipv4Addr::new(203, 0, 113, 9).into_ip_range().unwrap();
    /// assert_eq!(network.prefix_len(), 32);
    /// ```
    ///
    /// # Errors
    ///
    /// The text as it was given, if it is neither an address nor a network.
    fn into_ip_range(self) -> Result<IpNet, String>;
}

impl IntoIpRange for &str {
    fn into_ip_range(self) -> Result<IpNet, String> {
        parse_range(self.trim()).ok_or_else(|| self.to_owned())
    }
}

impl IntoIpRange for String {
    fn into_ip_range(self) -> Result<IpNet, String> {
        parse_range(self.trim()).ok_or(self)
    }
}

/// Converts a borrowed entry, such as one of a slice.
impl<T: IntoIpRange + Clone> IntoIpRange for &T {
    fn into_ip_range(self) -> Result<IpNet, String> {
        self.clone().into_ip_range()
    }
}

impl IntoIpRange for IpNet {
    fn into_ip_range(self) -> Result<IpNet, String> {
        Ok(self)
    }
}

impl IntoIpRange for IpAddr {
    fn into_ip_range(self) -> Result<IpNet, String> {
        Ok(self.into())
    }
}

impl IntoIpRange for Ipv4Addr {
    fn into_ip_range(self) -> Result<IpNet, String> {
        Ok(IpAddr::from(self).into())
    }
}

impl IntoIpRange for Ipv6Addr {
    fn into_ip_range(self) -> Result<IpNet, String> {
        Ok(IpAddr::from(self).into())
    }
}

/// Parses an address, or an address with a prefix length.
fn parse_range(text: &str) -> Option<IpNet> {
    let Some((address, length)) = text.split_once('/') else {
        return text.parse::<IpAddr>().ok().map(IpNet::from);
    };
    // `u8::from_str` accepts a plus sign.
    if !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    IpNet::new(address.parse().ok()?, length.parse().ok()?).ok()
}

/// The IPv4 network of an IPv4-mapped IPv6 network.
fn unmapped(range: IpNet) -> Option<IpNet> {
    let IpAddr::V6(address) = range.addr() else {
        return None;
    };
    let length = range.prefix_len().checked_sub(MAPPED_PREFIX)?;
    let network = Ipv4Net::new(address.to_ipv4_mapped()?, length).ok()?;
    Some(network.into())
}
