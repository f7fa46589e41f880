use std::net::IpAddr;

use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    NoClientAddress::{self, Disagree, Malformed, NoPeer},
    client_address,
};
use crate::IpAllowList;

type Line<'a> = (&'a str, &'a [u8]);
type Case = (
    &'static str,
    Option<&'static str>,
    &'static [Line<'static>],
    Result<&'static str, NoClientAddress>,
);

const PROXY: Option<&str> = Some("10.0.0.1");
const XFF: &str = "X-Forwarded-For";
const FWD: &str = "Forwarded";

fn ip(text: &str) -> IpAddr {
    text.parse().expect("the tests write addresses correctly")
}

fn trusted() -> IpAllowList {
    IpAllowList::new(["10.0.0.0/8", "192.168.0.1", "2001:db8:ffff::/48"])
}

fn client(peer: Option<&str>, lines: &[Line<'_>]) -> Result<IpAddr, NoClientAddress> {
    client_address(peer.map(ip), &trusted(), |header| {
        lines
            .iter()
            .filter(move |line| line.0.eq_ignore_ascii_case(header.name()))
            .map(|line| line.1)
    })
}

/// Name, peer, header lines, client. 203.0.113.9 is the real client, and 198.51.100.66 is
/// the address that an attacker forges.
#[rustfmt::skip]
const CASES: &[Case] = &[
    // The peer.
    ("no peer", None, &[], Err(NoPeer)),
    ("no peer, headers do not replace it", None, &[(XFF, b"203.0.113.9")], Err(NoPeer)),
    ("untrusted peer", Some("198.51.100.66"), &[], Ok("198.51.100.66")),
    ("untrusted peer, X-Forwarded-For ignored", Some("198.51.100.66"), &[(XFF, b"203.0.113.9")], Ok("198.51.100.66")),
    ("untrusted peer, Forwarded ignored", Some("198.51.100.66"), &[(FWD, b"for=203.0.113.9")], Ok("198.51.100.66")),
    ("untrusted peer, damaged headers ignored", Some("198.51.100.66"), &[(XFF, b"?"), (FWD, b"for=\"")], Ok("198.51.100.66")),
    ("untrusted peer claims to be behind a proxy", Some("198.51.100.66"), &[(XFF, b"203.0.113.9, 10.0.0.2")], Ok("198.51.100.66")),
    ("untrusted IPv6 peer", Some("2001:db8::66"), &[(XFF, b"203.0.113.9")], Ok("2001:db8::66")),
    ("untrusted mapped peer is IPv4", Some("::ffff:198.51.100.66"), &[], Ok("198.51.100.66")),
    ("trusted peer without headers", PROXY, &[], Ok("10.0.0.1")),
    ("trusted peer, other headers only", PROXY, &[("X-Real-IP", b"203.0.113.9"), ("Via", b"1.1 203.0.113.9")], Ok("10.0.0.1")),
    ("trusted mapped peer", Some("::ffff:10.0.0.1"), &[(XFF, b"203.0.113.9")], Ok("203.0.113.9")),
    ("trusted mapped peer without headers", Some("::ffff:10.0.0.1"), &[], Ok("10.0.0.1")),
    ("trusted IPv6 peer", Some("2001:db8:ffff::1"), &[(XFF, b"203.0.113.9")], Ok("203.0.113.9")),
    // X-Forwarded-For: which entry.
    ("one entry", PROXY, &[(XFF, b"203.0.113.9")], Ok("203.0.113.9")),
    ("forged left-most entry", PROXY, &[(XFF, b"198.51.100.66, 203.0.113.9")], Ok("203.0.113.9")),
    ("forged trusted entry on the left", PROXY, &[(XFF, b"10.0.0.9, 203.0.113.9")], Ok("203.0.113.9")),
    ("many forged entries", PROXY, &[(XFF, b"192.0.2.1, 192.0.2.2, 10.0.0.7, 198.51.100.66, 203.0.113.9")], Ok("203.0.113.9")),
    ("forged obfuscated entry on the left", PROXY, &[(XFF, b"unknown, 203.0.113.9")], Ok("203.0.113.9")),
    ("forged damage on the left", PROXY, &[(XFF, b"\"for=;,%, 203.0.113.9")], Ok("203.0.113.9")),
    ("forged bytes that are not UTF-8 on the left", PROXY, &[(XFF, b"\xff\x00\x80, 203.0.113.9")], Ok("203.0.113.9")),
    ("two proxies", PROXY, &[(XFF, b"198.51.100.66, 203.0.113.9, 10.0.0.2")], Ok("203.0.113.9")),
    ("three proxies", PROXY, &[(XFF, b"198.51.100.66, 203.0.113.9, 192.168.0.1, 10.0.0.2")], Ok("203.0.113.9")),
    ("trusted, untrusted, trusted", PROXY, &[(XFF, b"10.0.0.3, 203.0.113.9, 10.0.0.2")], Ok("203.0.113.9")),
    ("all trusted: the left-most", PROXY, &[(XFF, b"10.0.0.4, 10.0.0.3, 10.0.0.2")], Ok("10.0.0.4")),
    ("one trusted entry", PROXY, &[(XFF, b"10.0.0.4")], Ok("10.0.0.4")),
    ("all trusted but an unreadable left-most", PROXY, &[(XFF, b"unknown, 10.0.0.3, 10.0.0.2")], Err(Malformed)),
    ("unreadable entry behind proxies is not skipped", PROXY, &[(XFF, b"203.0.113.9, unknown, 10.0.0.2")], Err(Malformed)),
    ("unreadable right-most entry", PROXY, &[(XFF, b"203.0.113.9, ?")], Err(Malformed)),
    ("mapped trusted entry is skipped", PROXY, &[(XFF, b"203.0.113.9, ::ffff:10.0.0.2")], Ok("203.0.113.9")),
    ("IPv6 trusted entry is skipped", PROXY, &[(XFF, b"203.0.113.9, 2001:db8:ffff::2")], Ok("203.0.113.9")),
    ("trusted entry with a port is skipped", PROXY, &[(XFF, b"203.0.113.9, 10.0.0.2:8080")], Ok("203.0.113.9")),
    // X-Forwarded-For: how an entry is written.
    ("port", PROXY, &[(XFF, b"203.0.113.9:4711")], Ok("203.0.113.9")),
    ("IPv6", PROXY, &[(XFF, b"2001:db8::1")], Ok("2001:db8::1")),
    ("IPv6 in brackets", PROXY, &[(XFF, b"[2001:db8::1]")], Ok("2001:db8::1")),
    ("IPv6 with port", PROXY, &[(XFF, b"[2001:db8::1]:4711")], Ok("2001:db8::1")),
    ("IPv6 that looks as if it had a port", PROXY, &[(XFF, b"2001:db8::1:4711")], Ok("2001:db8::1:4711")),
    ("mapped entry", PROXY, &[(XFF, b"::ffff:203.0.113.9")], Ok("203.0.113.9")),
    ("mapped entry in brackets", PROXY, &[(XFF, b"[::ffff:203.0.113.9]:80")], Ok("203.0.113.9")),
    ("white space", PROXY, &[(XFF, b" \t198.51.100.66 \t,\t 203.0.113.9 \t ")], Ok("203.0.113.9")),
    ("no white space", PROXY, &[(XFF, b"198.51.100.66,203.0.113.9")], Ok("203.0.113.9")),
    ("empty elements", PROXY, &[(XFF, b",,198.51.100.66,, ,203.0.113.9, ,\t,")], Ok("203.0.113.9")),
    ("only empty elements", PROXY, &[(XFF, b", ,,")], Ok("10.0.0.1")),
    ("empty value", PROXY, &[(XFF, b"")], Ok("10.0.0.1")),
    ("unknown", PROXY, &[(XFF, b"unknown")], Err(Malformed)),
    ("obfuscated", PROXY, &[(XFF, b"_hidden")], Err(Malformed)),
    ("host name", PROXY, &[(XFF, b"client.example")], Err(Malformed)),
    ("quoted", PROXY, &[(XFF, b"\"203.0.113.9\"")], Err(Malformed)),
    ("two addresses without a comma", PROXY, &[(XFF, b"198.51.100.66 203.0.113.9")], Err(Malformed)),
    ("short IPv4", PROXY, &[(XFF, b"203.0.113")], Err(Malformed)),
    ("leading zero", PROXY, &[(XFF, b"203.0.113.09")], Err(Malformed)),
    ("IPv4 as a number", PROXY, &[(XFF, b"3405803785")], Err(Malformed)),
    ("IPv4 in brackets", PROXY, &[(XFF, b"[203.0.113.9]")], Err(Malformed)),
    ("no port behind the colon", PROXY, &[(XFF, b"203.0.113.9:")], Err(Malformed)),
    ("port too large", PROXY, &[(XFF, b"203.0.113.9:65536")], Err(Malformed)),
    ("port with a sign", PROXY, &[(XFF, b"203.0.113.9:+80")], Err(Malformed)),
    ("two ports", PROXY, &[(XFF, b"203.0.113.9:80:80")], Err(Malformed)),
    ("bracket left open", PROXY, &[(XFF, b"[2001:db8::1")], Err(Malformed)),
    ("text behind the bracket", PROXY, &[(XFF, b"[2001:db8::1]4711")], Err(Malformed)),
    ("zone identifier", PROXY, &[(XFF, b"fe80::1%eth0")], Err(Malformed)),
    ("network", PROXY, &[(XFF, b"203.0.113.9/32")], Err(Malformed)),
    ("not UTF-8", PROXY, &[(XFF, b"203.0.113.9\xff")], Err(Malformed)),
    ("NUL", PROXY, &[(XFF, b"203.0.113.9\x00")], Err(Malformed)),
    ("line feed is not white space", PROXY, &[(XFF, b"203.0.113.9\n")], Err(Malformed)),
    // X-Forwarded-For: several lines.
    ("lines are one list", PROXY, &[(XFF, b"198.51.100.66"), (XFF, b"203.0.113.9")], Ok("203.0.113.9")),
    ("client in the first line", PROXY, &[(XFF, b"198.51.100.66, 203.0.113.9"), (XFF, b"10.0.0.3"), (XFF, b"10.0.0.2")], Ok("203.0.113.9")),
    ("all trusted over lines", PROXY, &[(XFF, b"10.0.0.4"), (XFF, b"10.0.0.3")], Ok("10.0.0.4")),
    ("empty last line", PROXY, &[(XFF, b"203.0.113.9"), (XFF, b"")], Ok("203.0.113.9")),
    ("unreadable last line", PROXY, &[(XFF, b"203.0.113.9"), (XFF, b"unknown")], Err(Malformed)),
    ("name in other case", PROXY, &[("x-forwarded-for", b"198.51.100.66"), ("X-FORWARDED-FOR", b"203.0.113.9")], Ok("203.0.113.9")),
    // Forwarded: which element.
    ("element", PROXY, &[(FWD, b"for=203.0.113.9")], Ok("203.0.113.9")),
    ("forged left-most element", PROXY, &[(FWD, b"for=198.51.100.66, for=203.0.113.9")], Ok("203.0.113.9")),
    ("forged element in quotes", PROXY, &[(FWD, b"for=\"198.51.100.66\", for=203.0.113.9")], Ok("203.0.113.9")),
    ("forged damage left of the element", PROXY, &[(FWD, b"%;=,for,for=;;, for=203.0.113.9")], Ok("203.0.113.9")),
    ("forged quote inside a token", PROXY, &[(FWD, b"for=a\"b,c\"d, for=203.0.113.9")], Ok("203.0.113.9")),
    ("forged bytes that are not UTF-8 left of the element", PROXY, &[(FWD, b"for=\xff\x80, for=203.0.113.9")], Ok("203.0.113.9")),
    ("chain of three proxies", PROXY, &[(FWD, b"for=198.51.100.66, for=203.0.113.9;by=10.0.0.3, for=10.0.0.3;by=10.0.0.2, for=10.0.0.2")], Ok("203.0.113.9")),
    ("all trusted: the left-most element", PROXY, &[(FWD, b"for=10.0.0.4, for=10.0.0.3")], Ok("10.0.0.4")),
    ("withheld element behind a proxy", PROXY, &[(FWD, b"for=203.0.113.9, for=unknown, for=10.0.0.2")], Err(Malformed)),
    ("element without for behind a proxy", PROXY, &[(FWD, b"for=203.0.113.9, proto=https, for=10.0.0.2")], Err(Malformed)),
    ("IPv6 trusted element is skipped", PROXY, &[(FWD, b"for=203.0.113.9, for=\"[2001:db8:ffff::2]:443\"")], Ok("203.0.113.9")),
    ("by is not the client", PROXY, &[(FWD, b"by=198.51.100.66;for=203.0.113.9")], Ok("203.0.113.9")),
    ("lines of elements", PROXY, &[(FWD, b"for=198.51.100.66"), (FWD, b"for=203.0.113.9, for=10.0.0.3"), (FWD, b"for=10.0.0.2")], Ok("203.0.113.9")),
    // Forwarded: how an element is written.
    ("all parameters", PROXY, &[(FWD, b"for=203.0.113.9;by=10.0.0.1;proto=https;host=hooks.example")], Ok("203.0.113.9")),
    ("parameters in other case", PROXY, &[(FWD, b"FOR=203.0.113.9;Proto=HTTPS")], Ok("203.0.113.9")),
    ("white space between pairs", PROXY, &[(FWD, b" proto=https ; for=203.0.113.9\t")], Ok("203.0.113.9")),
    ("empty pairs", PROXY, &[(FWD, b";for=203.0.113.9;;proto=https;")], Ok("203.0.113.9")),
    ("empty elements of Forwarded", PROXY, &[(FWD, b", ,for=203.0.113.9,,")], Ok("203.0.113.9")),
    ("empty Forwarded", PROXY, &[(FWD, b"")], Ok("10.0.0.1")),
    ("quoted IPv4", PROXY, &[(FWD, b"for=\"203.0.113.9\"")], Ok("203.0.113.9")),
    ("quoted IPv4 with port", PROXY, &[(FWD, b"for=\"203.0.113.9:4711\"")], Ok("203.0.113.9")),
    ("quoted IPv6", PROXY, &[(FWD, b"for=\"[2001:db8:cafe::17]\"")], Ok("2001:db8:cafe::17")),
    ("quoted IPv6 with port", PROXY, &[(FWD, b"for=\"[2001:db8:cafe::17]:4711\"")], Ok("2001:db8:cafe::17")),
    ("quoted mapped", PROXY, &[(FWD, b"for=\"[::ffff:203.0.113.9]\"")], Ok("203.0.113.9")),
    ("obfuscated port", PROXY, &[(FWD, b"for=\"203.0.113.9:_http.1-a\"")], Ok("203.0.113.9")),
    ("empty obfuscated port", PROXY, &[(FWD, b"for=\"203.0.113.9:_\"")], Err(Malformed)),
    ("escaped characters", PROXY, &[(FWD, b"for=\"\\203.0\\.113.9\"")], Ok("203.0.113.9")),
    ("comma and semicolon in quotes", PROXY, &[(FWD, b"for=203.0.113.9;host=\"a, for=198.51.100.66;b\"")], Ok("203.0.113.9")),
    ("escaped quote in quotes", PROXY, &[(FWD, b"host=\"a\\\", for=198.51.100.66, \\\"\";for=203.0.113.9")], Ok("203.0.113.9")),
    ("escaped backslash ends the escape", PROXY, &[(FWD, b"host=\"a\\\\\";for=203.0.113.9")], Ok("203.0.113.9")),
    ("bytes beyond ASCII in another parameter", PROXY, &[(FWD, b"host=\"\xc3\xbc\xff\";for=203.0.113.9")], Ok("203.0.113.9")),
    ("unknown of Forwarded", PROXY, &[(FWD, b"for=unknown")], Err(Malformed)),
    ("obfuscated of Forwarded", PROXY, &[(FWD, b"for=_hidden")], Err(Malformed)),
    ("obfuscated with port", PROXY, &[(FWD, b"for=\"_SEVKISEK:1\"")], Err(Malformed)),
    ("no for", PROXY, &[(FWD, b"by=203.0.113.9;proto=https")], Err(Malformed)),
    ("for twice", PROXY, &[(FWD, b"for=203.0.113.9;for=203.0.113.9")], Err(Malformed)),
    ("for twice, in other case", PROXY, &[(FWD, b"for=203.0.113.9;proto=https;FOR=198.51.100.66")], Err(Malformed)),
    ("empty for", PROXY, &[(FWD, b"for=")], Err(Malformed)),
    ("empty quoted for", PROXY, &[(FWD, b"for=\"\"")], Err(Malformed)),
    ("no equals sign", PROXY, &[(FWD, b"for")], Err(Malformed)),
    ("space around the equals sign", PROXY, &[(FWD, b"for = 203.0.113.9")], Err(Malformed)),
    ("no name", PROXY, &[(FWD, b"=203.0.113.9;for=203.0.113.9")], Err(Malformed)),
    ("port without quotes", PROXY, &[(FWD, b"for=203.0.113.9:4711")], Err(Malformed)),
    ("IPv6 without quotes", PROXY, &[(FWD, b"for=[2001:db8::1]")], Err(Malformed)),
    ("IPv6 without brackets", PROXY, &[(FWD, b"for=\"2001:db8::1\"")], Err(Malformed)),
    ("white space inside the quotes", PROXY, &[(FWD, b"for=\" 203.0.113.9\"")], Err(Malformed)),
    ("text behind the quotes", PROXY, &[(FWD, b"for=\"203.0.113.9\"x")], Err(Malformed)),
    ("two strings", PROXY, &[(FWD, b"for=\"203.0.113.9\"\"\"")], Err(Malformed)),
    ("strings run together in another parameter", PROXY, &[(FWD, b"for=203.0.113.9;host=\"a\"b\"c\"")], Err(Malformed)),
    ("damage in another parameter", PROXY, &[(FWD, b"for=203.0.113.9;host=a b")], Err(Malformed)),
    ("control code in quotes", PROXY, &[(FWD, b"for=203.0.113.9;host=\"\x01\"")], Err(Malformed)),
    ("just an address", PROXY, &[(FWD, b"203.0.113.9")], Err(Malformed)),
    ("bytes beyond ASCII in a token", PROXY, &[(FWD, b"for=203.0.113.9;host=\xc3\xbc")], Err(Malformed)),
    ("quote left open", PROXY, &[(FWD, b"for=\"203.0.113.9")], Err(Malformed)),
    ("escaped quote leaves open", PROXY, &[(FWD, b"for=\"203.0.113.9\\\"")], Err(Malformed)),
    ("quote left open further left", PROXY, &[(FWD, b"for=\", for=203.0.113.9")], Err(Malformed)),
    ("open quote takes in the proxy's quotes", PROXY, &[(FWD, b"for=\", for=\"[2001:db8::1]\"")], Err(Malformed)),
    ("open quote in an earlier line", PROXY, &[(FWD, b"for=\""), (FWD, b"for=203.0.113.9")], Err(Malformed)),
    ("quotes do not join over lines", PROXY, &[(FWD, b"for=\""), (FWD, b"\";for=203.0.113.9")], Err(Malformed)),
    // Both headers.
    ("both agree", PROXY, &[(XFF, b"203.0.113.9"), (FWD, b"for=203.0.113.9")], Ok("203.0.113.9")),
    ("both agree, written differently", PROXY, &[(XFF, b"198.51.100.66, ::ffff:203.0.113.9, 10.0.0.2"), (FWD, b"for=\"203.0.113.9:80\"")], Ok("203.0.113.9")),
    ("forged Forwarded passed on", PROXY, &[(XFF, b"203.0.113.9"), (FWD, b"for=198.51.100.66")], Err(Disagree)),
    ("forged X-Forwarded-For passed on", PROXY, &[(XFF, b"198.51.100.66"), (FWD, b"for=203.0.113.9")], Err(Disagree)),
    ("forged Forwarded of trusted addresses", PROXY, &[(XFF, b"203.0.113.9"), (FWD, b"for=10.0.0.2")], Err(Disagree)),
    ("each names another proxy", PROXY, &[(XFF, b"10.0.0.3"), (FWD, b"for=10.0.0.2")], Err(Disagree)),
    ("X-Forwarded-For unreadable", PROXY, &[(XFF, b"unknown"), (FWD, b"for=203.0.113.9")], Err(Malformed)),
    ("Forwarded unreadable", PROXY, &[(XFF, b"203.0.113.9"), (FWD, b"for=unknown")], Err(Malformed)),
    ("Forwarded left open", PROXY, &[(XFF, b"203.0.113.9"), (FWD, b"for=\"")], Err(Malformed)),
    ("empty Forwarded has no say", PROXY, &[(XFF, b"203.0.113.9"), (FWD, b"")], Ok("203.0.113.9")),
    ("empty X-Forwarded-For is ignored", PROXY, &[(XFF, b", "), (FWD, b"for=203.0.113.9")], Ok("203.0.113.9")),
];

#[test]
fn the_client_of_each_case() {
    for (name, peer, lines, expected) in CASES {
        assert_eq!(client(*peer, lines), expected.map(ip), "{name}");
    }
}

#[test]
fn headers_of_an_untrusted_peer_are_not_read() {
    let peer = ip("198.51.100.66");
    let client = client_address(Some(peer), &trusted(), |header| -> [&[u8]; 0] {
        panic!("{header:?} was read")
    });
    assert_eq!(client, Ok(peer));
}

#[test]
fn no_proxy_is_trusted_by_default() {
    let peer = ip("10.0.0.1");
    let lines: [&[u8]; 1] = [b"203.0.113.9"];
    let client = client_address(Some(peer), &IpAllowList::default(), |_| lines);
    assert_eq!(client, Ok(peer));
}

#[test]
fn a_header_of_more_than_64_entries_is_malformed() {
    for (header, forged, real) in [
        (XFF, "unknown", "203.0.113.9"),
        (XFF, "10.0.0.2", "203.0.113.9"),
        (FWD, "for=\"\\,;\";", "for=203.0.113.9"),
    ] {
        for (count, expected) in [(63, Ok(ip("203.0.113.9"))), (64, Err(Malformed))] {
            let forged = vec![forged; count];
            let one_line = format!("{},{real}", forged.join(", ,"));
            assert_eq!(client(PROXY, &[(header, one_line.as_bytes())]), expected);

            let lines = forged.iter().copied().chain([real]);
            let lines: Vec<_> = lines.map(|line| (header, line.as_bytes())).collect();
            assert_eq!(client(PROXY, &lines), expected);
        }
    }
}

#[test]
fn a_header_of_more_than_8_kib_is_malformed() {
    let repeated = |text: &'static str| move |bytes| text.repeat(bytes);
    let element = |bytes: usize| format!("host=\"{}\"", "x".repeat(bytes - 7));
    let forgeries: [(_, _, &dyn Fn(usize) -> String); 4] = [
        (XFF, "203.0.113.9", &repeated(" ")),
        (XFF, "203.0.113.9", &repeated(",")),
        (XFF, "203.0.113.9", &repeated("x")),
        (FWD, "for=203.0.113.9", &element),
    ];
    for (header, real, forged) in forgeries {
        for (bytes, expected) in [(8192, Ok(ip("203.0.113.9"))), (8193, Err(Malformed))] {
            let one_line = format!("{},{real}", forged(bytes - real.len() - 1));
            assert_eq!(client(PROXY, &[(header, one_line.as_bytes())]), expected);

            let first = forged(bytes - real.len());
            let lines = [(header, first.as_bytes()), (header, real.as_bytes())];
            assert_eq!(client(PROXY, &lines), expected);
        }
    }
}

#[test]
fn each_header_has_its_own_limits() {
    let real = b"203.0.113.9";
    let spaces = |bytes: usize| [&b" ".repeat(bytes - real.len())[..], real].concat();
    let forwarded = [&b"for="[..], real].concat();
    let lines = |bytes| [(XFF, spaces(bytes)), (FWD, forwarded.clone())];
    let client = |bytes| {
        let lines = lines(bytes);
        let lines: Vec<_> = lines
            .iter()
            .map(|(name, line)| (*name, &line[..]))
            .collect();
        client(PROXY, &lines)
    };
    assert_eq!(client(8192), Ok(ip("203.0.113.9")));
    assert_eq!(client(8193), Err(Malformed));
}

/// Tokens of these headers, and parts of tokens.
const PIECES: &[&[u8]] = &[
    b"for=",
    b"For=\"198.51.100.66\"",
    b"for=198.51.100.66",
    b"198.51.100.66",
    b"10.0.0.2",
    b"[2001:db8::66]:80",
    b"host=",
    b"unknown",
    b"_hidden",
    b"\"",
    b"\\",
    b",",
    b";",
    b" ",
    b"=",
];

/// Tokens in any order, mixed with arbitrary bytes.
fn header_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = select(PIECES).prop_map(<[u8]>::to_vec);
    let piece = prop_oneof![4 => piece, 1 => vec(any::<u8>(), 1..4)];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Bytes in which every quote is closed.
fn balanced_bytes() -> impl Strategy<Value = Vec<u8>> {
    let unquoted = header_bytes().prop_map(|mut bytes| {
        bytes.retain(|&byte| byte != b'"');
        bytes
    });
    let quoted = header_bytes().prop_map(|bytes| quoted(&bytes));
    vec(prop_oneof![unquoted, quoted], 0..6).prop_map(|parts| parts.concat())
}

/// The quoted string of these bytes, with escapes.
fn quoted(bytes: &[u8]) -> Vec<u8> {
    let mut text = vec![b'"'];
    for &byte in bytes {
        if b"\"\\".contains(&byte) {
            text.push(b'\\');
        }
        text.push(byte);
    }
    text.push(b'"');
    text
}

/// A client that is not a trusted proxy, with its `X-Forwarded-For` entry and its
/// `Forwarded` element.
fn real() -> impl Strategy<Value = (IpAddr, String, String)> {
    let address = any::<IpAddr>()
        .prop_map(|address| address.to_canonical())
        .prop_filter("no proxy", |&address| !trusted().contains(address));
    (address, any::<Option<u16>>()).prop_map(|(address, port)| {
        let node = match (address, port) {
            (IpAddr::V4(v4), None) => return (address, v4.to_string(), format!("for={v4}")),
            (IpAddr::V4(v4), Some(port)) => format!("{v4}:{port}"),
            (IpAddr::V6(v6), None) => format!("[{v6}]"),
            (IpAddr::V6(v6), Some(port)) => format!("[{v6}]:{port}"),
        };
        let element = format!("proto=https;for=\"{node}\"");
        (address, node, element)
    })
}

fn appended(left: &[u8], right: &[u8]) -> Vec<u8> {
    [left, b", ", right].concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_cause_a_panic(
        x in vec(vec(any::<u8>(), 0..80), 0..3),
        f in vec(prop_oneof![vec(any::<u8>(), 0..80), header_bytes()], 0..3),
    ) {
        let x = x.iter().map(|line| (XFF, &line[..]));
        let lines: Vec<_> = x.chain(f.iter().map(|line| (FWD, &line[..]))).collect();
        let _ = client(PROXY, &lines);
    }

    #[test]
    fn forged_bytes_cannot_hide_the_x_forwarded_for_entry(
        forged in prop_oneof![header_bytes(), vec(any::<u8>(), 0..80)],
        (address, entry, _) in real(),
    ) {
        let line = appended(&forged, entry.as_bytes());
        prop_assert_eq!(client(PROXY, &[(XFF, &line)]), Ok(address));
        let lines = [(XFF, &forged[..]), (XFF, entry.as_bytes())];
        prop_assert_eq!(client(PROXY, &lines), Ok(address));
        let behind = appended(&line, b"192.168.0.1:80, 10.0.0.2");
        prop_assert_eq!(client(PROXY, &[(XFF, &behind)]), Ok(address));
    }

    #[test]
    fn balanced_quotes_cannot_hide_the_forwarded_element(
        forged in balanced_bytes(),
        (address, _, element) in real(),
    ) {
        let line = appended(&forged, element.as_bytes());
        prop_assert_eq!(client(PROXY, &[(FWD, &line)]), Ok(address));
        let lines = [(FWD, &forged[..]), (FWD, element.as_bytes())];
        prop_assert_eq!(client(PROXY, &lines), Ok(address));
        let behind = appended(&line, b"for=192.168.0.1, for=\"10.0.0.2:80\"");
        prop_assert_eq!(client(PROXY, &[(FWD, &behind)]), Ok(address));
    }

    /// The proxy quotes the client's `Host`, so an unclosed quote on the left swaps the
    /// quoted and the unquoted parts of the proxy's element.
    #[test]
    fn forged_bytes_in_forwarded_never_name_another_address(
        forged in header_bytes(),
        host in header_bytes(),
        (address, _, element) in real(),
    ) {
        let element = [element.as_bytes(), b";host=", &quoted(&host)].concat();
        let line = appended(&forged, &element);
        let behind = appended(&line, b"for=10.0.0.2");
        for lines in [
            &[(FWD, &line[..])][..],
            &[(FWD, &behind)],
            &[(FWD, &forged), (FWD, &element)],
        ] {
            let client = client(PROXY, lines);
            prop_assert!(client == Ok(address) || client == Err(Malformed), "{:?}", client);
        }
    }

    #[test]
    fn a_second_header_cannot_overrule_the_first(
        forged in prop_oneof![header_bytes(), balanced_bytes()],
        (address, entry, element) in real(),
    ) {
        for lines in [
            [(XFF, entry.as_bytes()), (FWD, &forged)],
            [(XFF, &forged), (FWD, element.as_bytes())],
        ] {
            let client = client(PROXY, &lines);
            prop_assert!(client.is_err() || client == Ok(address), "{:?}", client);
        }
    }
}
