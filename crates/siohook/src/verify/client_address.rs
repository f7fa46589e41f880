//! The address of the client, which proxies may have forwarded.

use std::net::{IpAddr, Ipv6Addr};

use smallvec::SmallVec;

use super::allow_list::IpAllowList;
use crate::request::Header;

mod forwarded;
#[cfg(test)]
mod tests;

/// The most bytes of a forwarding header, summed over its lines.
const MOST_BYTES: usize = 8 * 1024;
/// The most entries of a forwarding header.
const MOST_ENTRIES: usize = 64;

/// Why the address of the client is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoClientAddress {
    /// The adapter gave no peer address.
    NoPeer,
    /// The deciding entry is not an address: it is damaged, withheld (`unknown`) or
    /// obfuscated (`_hidden`). Also a header over [`MOST_BYTES`] or [`MOST_ENTRIES`], and
    /// a `Forwarded` header with an unclosed quoted string, whose entries can't be split.
    Malformed,
    /// `X-Forwarded-For` and `Forwarded` name different clients.
    Disagree,
}

type Client = Result<IpAddr, NoClientAddress>;

/// Returns the address of the client. An IPv4-mapped address is returned as IPv4.
///
/// If the peer is not a trusted proxy, it is the client, and the headers are ignored.
/// Otherwise the client is the right-most entry of the forwarding header that is not a
/// trusted proxy. Each proxy appends the address of its caller, so a forged entry stands
/// left of it. An unreadable entry is never skipped.
///
/// * If every entry is a trusted proxy, the left-most one is the client.
/// * If the header is absent or empty, the peer is the client.
/// * If both `X-Forwarded-For` and `Forwarded` are present, they have to name the same
///   client. A proxy that writes one of them usually passes the other one on unchanged.
///
/// A trusted proxy that writes neither header lets its clients choose their address, so it
/// must not be trusted.
///
/// `headers` returns the values of a header, one for each line, in order of arrival. It may
/// be called several times.
pub(crate) fn client_address<'h, V>(
    peer: Option<IpAddr>,
    trusted_proxies: &IpAllowList,
    headers: impl Fn(Header) -> V,
) -> Client
where
    V: IntoIterator<Item = &'h [u8]>,
{
    let peer = peer.ok_or(NoClientAddress::NoPeer)?.to_canonical();
    if !trusted_proxies.contains(peer) {
        return Ok(peer);
    }
    let lines = |header| headers(header).into_iter();
    let is_long = |header| lines(header).map(<[u8]>::len).sum::<usize>() > MOST_BYTES;
    // An unclosed quote makes the entries of all lines unreliable.
    let is_left_open = || lines(Header::Forwarded).any(forwarded::is_left_open);

    let forwarded = if is_long(Header::Forwarded) || is_left_open() {
        Some(Err(NoClientAddress::Malformed))
    } else {
        let entries = lines(Header::Forwarded).flat_map(forwarded::entries);
        first_untrusted(entries, trusted_proxies)
    };
    let x_forwarded_for = if is_long(Header::ForwardedFor) {
        Some(Err(NoClientAddress::Malformed))
    } else {
        let entries = lines(Header::ForwardedFor).flat_map(entries);
        first_untrusted(entries, trusted_proxies)
    };

    match (x_forwarded_for, forwarded) {
        (None, None) => Ok(peer),
        (Some(client), None) | (None, Some(client)) => client,
        (Some(one), Some(other)) => agreed(one?, other?),
    }
}

/// The client that both headers name.
fn agreed(one: IpAddr, other: IpAddr) -> Client {
    if one == other {
        Ok(one)
    } else {
        Err(NoClientAddress::Disagree)
    }
}

/// The right-most entry that is not a trusted proxy, or else the left-most entry. The
/// entries left of it may be forged, and are not looked up.
fn first_untrusted(
    entries: impl Iterator<Item = Client>,
    trusted_proxies: &IpAllowList,
) -> Option<Client> {
    let entries: SmallVec<[Client; 4]> = entries.take(MOST_ENTRIES + 1).collect();
    if entries.len() > MOST_ENTRIES {
        return Some(Err(NoClientAddress::Malformed));
    }
    let is_proxy = |entry: &Client| entry.is_ok_and(|it| trusted_proxies.contains(it));
    let mut from_the_right = entries.iter().rev();
    let client = from_the_right.find(|entry| !is_proxy(entry));
    client.or(entries.first()).copied()
}

/// The entries of one `X-Forwarded-For` line.
fn entries(line: &[u8]) -> impl Iterator<Item = Client> {
    line.split(|&byte| byte == b',')
        .map(trim)
        .filter(|entry| !entry.is_empty())
        .map(|entry| bare_ipv6(entry).or_else(|| node(entry)))
        .map(|address| address.ok_or(NoClientAddress::Malformed))
}

/// An IPv6 address without brackets. It can't have a port.
fn bare_ipv6(text: &[u8]) -> Option<IpAddr> {
    let address = str::from_utf8(text).ok()?.parse::<Ipv6Addr>().ok()?;
    Some(IpAddr::from(address).to_canonical())
}

/// An IPv4 address or an IPv6 address in brackets, with or without a port.
fn node(text: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(text).ok()?;
    let (address, rest) = if let Some(text) = text.strip_prefix('[') {
        let (address, rest) = text.split_once(']')?;
        (IpAddr::V6(address.parse().ok()?), rest)
    } else {
        let (address, rest) = text.split_at(text.find(':').unwrap_or(text.len()));
        (IpAddr::V4(address.parse().ok()?), rest)
    };
    is_port_or_nothing(rest).then(|| address.to_canonical())
}

/// Whether the rest after an address is empty or a port: a number, or a name after an
/// underscore (RFC 7239, section 6.2).
fn is_port_or_nothing(rest: &str) -> bool {
    let Some(port) = rest.strip_prefix(':') else {
        return rest.is_empty();
    };
    match port.strip_prefix('_') {
        Some(name) => {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        }
        None => port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok(),
    }
}

/// Removes the white space that may surround the elements of a header: spaces and tabs.
fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', inner @ ..] | [inner @ .., b' ' | b'\t'] = text {
        text = inner;
    }
    text
}
