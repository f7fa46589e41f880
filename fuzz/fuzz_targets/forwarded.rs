//! Forwarding headers, which clients forge and proxies append to.

#![no_main]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use siohook::fuzzing::client_address;
use siohook::{Incoming, IpAllowList};

/// Pieces of lines. Most lines that are built from them have a meaning.
const PIECES: [&str; 20] = [
    "203.0.113.7",
    "192.0.2.1",
    "192.0.2.44:8080",
    "2001:db8::1",
    "[2001:db8:ffff::9]:443",
    "::ffff:203.0.113.9",
    "::ffff:c000:201",
    "unknown",
    "_hidden",
    ", ",
    ",",
    ";",
    "for=",
    "For=",
    "by=",
    "proto=https",
    "\"",
    "\\",
    "[",
    "]:_port",
];

const PROXIES: [&str; 2] = ["192.0.2.0/24", "2001:db8:ffff::/48"];

/// An address outside [`PROXIES`].
const CLIENT: &str = "203.0.113.77";

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    peer: Option<Peer>,
    x_forwarded_for: Vec<Vec<Piece<'a>>>,
    forwarded: Vec<Vec<Piece<'a>>>,
    /// Puts a backslash before every byte of a quoted string.
    escaped: bool,
}

#[derive(Arbitrary, Debug)]
enum Peer {
    Proxy(u8),
    Any(IpAddr),
}

#[derive(Arbitrary, Debug)]
enum Piece<'a> {
    Known(u8),
    Any(&'a [u8]),
}

fuzz_target!(|input: Input<'_>| {
    let proxies = IpAllowList::new(PROXIES);
    let peer = input.peer.as_ref().map(|peer| match *peer {
        Peer::Proxy(last) => [192, 0, 2, last].into(),
        Peer::Any(address) => address,
    });
    let x_forwarded_for = lines(&input.x_forwarded_for);
    let forwarded = lines(&input.forwarded);
    let client = |x_forwarded_for: &[Vec<u8>], forwarded: &[Vec<u8>]| {
        let mut incoming = Incoming::post("");
        for line in x_forwarded_for {
            incoming = incoming.header("X-Forwarded-For", line);
        }
        for line in forwarded {
            incoming = incoming.header("Forwarded", line);
        }
        if let Some(peer) = peer {
            incoming = incoming.peer(peer);
        }
        client_address(&incoming, &proxies)
    };

    let found = client(&x_forwarded_for, &forwarded);
    let Some(peer) = peer else {
        return assert_eq!(found, None);
    };
    let peer = peer.to_canonical();
    if !proxies.contains(peer) {
        return assert_eq!(found, Some(peer), "an untrusted peer has no say");
    }
    if let Some(address) = found.filter(|address| *address != peer) {
        let mut all = x_forwarded_for.iter().chain(&forwarded);
        assert!(
            all.any(|line| contains(line, address)),
            "no line has {address}"
        );
    }

    let expected = walk(&x_forwarded_for, peer, &proxies);
    assert_eq!(client(&x_forwarded_for, &[]), expected);
    // The same list in the other header.
    let same = as_forwarded(&x_forwarded_for, input.escaped);
    if is_read(&same) {
        assert_eq!(client(&[], &same), expected);
        assert_eq!(client(&x_forwarded_for, &same), expected);
    }

    // The address that the proxy appends decides, even after forged ones.
    let appended: IpAddr = CLIENT.parse().unwrap();
    for longer in appended_to(&x_forwarded_for, &format!(", {CLIENT}")) {
        assert_eq!(client(&longer, &[]), is_read(&longer).then_some(appended));
        let found = client(&longer, &forwarded);
        assert!(found.is_none_or(|address| address == appended));
    }
    for longer in appended_to(&forwarded, &format!(", for={CLIENT}")) {
        let found = client(&[], &longer);
        assert!(found.is_none_or(|address| address == appended));
    }
});

fn lines(lines: &[Vec<Piece<'_>>]) -> Vec<Vec<u8>> {
    let bytes = |piece: &Piece<'_>| match *piece {
        Piece::Known(which) => PIECES[usize::from(which) % PIECES.len()]
            .as_bytes()
            .to_vec(),
        Piece::Any(bytes) => bytes.to_vec(),
    };
    lines
        .iter()
        .map(|pieces| pieces.iter().flat_map(bytes).collect())
        .collect()
}

/// Returns the lines with `entry` at the end of the last line, and with `entry` in a new line.
fn appended_to(lines: &[Vec<u8>], entry: &str) -> [Vec<Vec<u8>>; 2] {
    let mut same = lines.to_vec();
    match same.last_mut() {
        Some(last) => last.extend_from_slice(entry.as_bytes()),
        None => same.push(entry.into()),
    }
    let mut own = lines.to_vec();
    own.push(entry.into());
    [same, own]
}

/// The entries of all lines, without empty ones.
fn entries(lines: &[Vec<u8>]) -> impl DoubleEndedIterator<Item = &[u8]> {
    lines
        .iter()
        .flat_map(|line| line.split(|byte| *byte == b','))
        .map(trim)
        .filter(|entry| !entry.is_empty())
}

fn trim(entry: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !b" \t".contains(byte);
    let start = entry.iter().position(is_text).unwrap_or(entry.len());
    let end = entry
        .iter()
        .rposition(is_text)
        .map_or(start, |last| last + 1);
    &entry[start..end]
}

/// Whether a header is short enough to be read.
fn is_read(lines: &[Vec<u8>]) -> bool {
    lines.iter().map(Vec::len).sum::<usize>() <= 8 * 1024 && entries(lines).count() <= 64
}

/// Finds the client: walks the entries from the right, over trusted proxies only.
fn walk(lines: &[Vec<u8>], peer: IpAddr, proxies: &IpAllowList) -> Option<IpAddr> {
    if !is_read(lines) {
        return None;
    }
    let mut client = peer;
    for entry in entries(lines).rev() {
        client = parse(str::from_utf8(entry).ok()?)?.to_canonical();
        if !proxies.contains(client) {
            break;
        }
    }
    Some(client)
}

/// Parses an address with an optional port. IPv6 with a port needs brackets.
fn parse(entry: &str) -> Option<IpAddr> {
    if entry.contains('%') {
        return None;
    }
    let is_name = |name: &str| {
        let in_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        !name.is_empty() && name.chars().all(in_name)
    };
    match entry.split_once(":_") {
        Some((host, name)) if is_name(name) => parse_host(host),
        _ => entry
            .parse()
            .ok()
            .or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip()))
            .or_else(|| parse_host(entry)),
    }
}

fn parse_host(host: &str) -> Option<IpAddr> {
    let inside = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match inside {
        Some(host) => host.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

/// Writes a list of `X-Forwarded-For` as `Forwarded`.
fn as_forwarded(lines: &[Vec<u8>], escaped: bool) -> Vec<Vec<u8>> {
    let element = |entry: &[u8]| {
        let is_bare_ipv6 = str::from_utf8(entry).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok());
        let [before, after] = if is_bare_ipv6 { ["[", "]"] } else { ["", ""] };
        let mut element = b"for=\"".to_vec();
        for byte in [before.as_bytes(), entry, after.as_bytes()].concat() {
            if escaped || b"\"\\".contains(&byte) {
                element.push(b'\\');
            }
            element.push(byte);
        }
        element.push(b'"');
        element
    };
    entries(lines).map(element).collect()
}

/// Whether a line contains the address, whatever surrounds it.
fn contains(line: &[u8], address: IpAddr) -> bool {
    let text = String::from_utf8_lossy(line).replace('\\', "");
    text.split([',', ';', '=', '"', '[', ']', ' ', '\t'])
        .flat_map(|word| [Some(word), word.split_once(':').map(|(host, _)| host)])
        .flatten()
        .filter_map(|word| word.parse::<IpAddr>().ok())
        .any(|found| found.to_canonical() == address)
}
