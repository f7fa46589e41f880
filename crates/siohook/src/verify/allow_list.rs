//! Lists of addresses and networks, for known senders and for trusted proxies.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};
use siohook_events::Shown;

#[cfg(test)]
mod tests;

/// The addresses systeme.io names as the origin of its webhooks, as its help
/// pages had them on 2026-09-27.
const SYSTEME_IO: [Ipv4Addr; 3] = [
    Ipv4Addr::new(185, 236, 142, 1),
    Ipv4Addr::new(185, 236, 142, 2),
    Ipv4Addr::new(185, 236, 142, 3),
];

/// Bits in front of the IPv4 address in an IPv4-mapped IPv6 address.
const MAPPED_PREFIX: u8 = 96;

/// A list of single addresses and networks, IPv4 and IPv6.
///
/// An IPv4-mapped IPv6 address (`::ffff:203.0.113.9`) is the IPv4 address it
/// carries, both as an entry and as the address asked about; likewise
/// `::ffff:203.0.113.0/120` is `203.0.113.0/24`. Any other IPv6 network holds
/// IPv6 addresses only, so `::/0` admits no IPv4 client.
///
/// Building a list never fails. An entry that cannot be read admits nobody; it
/// is kept, and reported when the list is put to use.
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
#[derive(Clone, Default)]
pub struct IpAllowList {
    ranges: Vec<IpNet>,
    invalid: Vec<String>,
}

impl IpAllowList {
    /// A list of these entries; see [`IntoIpRange`] for what an entry may be.
    pub fn new<I>(entries: I) -> Self
    where
        I: IntoIterator,
        I::Item: IntoIpRange,
    {
        entries.into_iter().collect()
    }

    /// The sender's published addresses: 185.236.142.1, 185.236.142.2 and
    /// 185.236.142.3, read on 2026-09-27.
    ///
    /// They are fixed in this version of the crate and systeme.io may change
    /// them: check systeme.io's help pages, and [extend](Extend) the list if
    /// they name more.
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

    /// Whether an entry is this address or a network around it.
    ///
    /// An empty list contains no address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.ranges.iter().any(|range| range.contains(&address))
    }

    /// Whether the list was given no entry at all.
    ///
    /// An entry that cannot be read counts as one, so a list of nothing but
    /// typing errors is not taken for a list that was left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty() && self.invalid.is_empty()
    }

    /// Addresses and networks as texts, in order.
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

    /// The networks with a prefix of 0 that the entries make up together: every IPv4
    /// address, or every IPv6 address.
    pub(crate) fn everyone(&self) -> impl Iterator<Item = IpNet> {
        let networks = IpNet::aggregate(&self.ranges).into_iter();
        networks.filter(|network| network.prefix_len() == 0)
    }

    /// The entries that could not be read, as they were written.
    pub(crate) fn invalid(&self) -> &[String] {
        &self.invalid
    }
}

impl fmt::Debug for IpAllowList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let invalid: Vec<_> = self.invalid.iter().map(Shown::value).collect();
        f.debug_struct("IpAllowList")
            .field("ranges", &self.ranges)
            .field("invalid", &invalid)
            .finish()
    }
}

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

impl<T: IntoIpRange> FromIterator<T> for IpAllowList {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        let mut list = Self::default();
        list.extend(entries);
        list
    }
}

/// What can be an entry of an [`IpAllowList`]: an address, a network, or the
/// text of either.
///
/// Text is an address (`203.0.113.9`, `2001:db8::7`) or an address, a slash
/// and a prefix length in bits (`203.0.113.0/24`), with white space around it
/// ignored. Host bits may be set: `203.0.113.7/24` means the network
/// `203.0.113.0/24`. Refused are host names, netmasks in place of the prefix
/// length, ports, brackets, IPv6 zone identifiers (`fe80::1%eth0`) and IPv4
/// numbers with leading zeros.
pub trait IntoIpRange {
    /// The network meant; a single address is a network of one.
    ///
    /// # Errors
    ///
    /// The text as it was given, when it is neither an address nor a network.
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

/// Lets a list be built from borrowed entries, such as a slice of texts.
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

fn parse_range(text: &str) -> Option<IpNet> {
    let Some((address, length)) = text.split_once('/') else {
        return text.parse::<IpAddr>().ok().map(IpNet::from);
    };
    // The number parser alone would let a plus sign through.
    if !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    IpNet::new(address.parse().ok()?, length.parse().ok()?).ok()
}

/// The IPv4 network that an IPv4-mapped IPv6 network is.
fn unmapped(range: IpNet) -> Option<IpNet> {
    let IpAddr::V6(address) = range.addr() else {
        return None;
    };
    let length = range.prefix_len().checked_sub(MAPPED_PREFIX)?;
    let network = Ipv4Net::new(address.to_ipv4_mapped()?, length).ok()?;
    Some(network.into())
}
