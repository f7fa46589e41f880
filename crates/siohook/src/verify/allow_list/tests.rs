use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use proptest::prelude::*;

use super::{IntoIpRange, IpAllowList};

fn ip(text: &str) -> IpAddr {
    text.parse().expect("the tests write addresses correctly")
}

/// Name, entries, address, and whether the list contains the address.
#[rustfmt::skip]
const CONTAINS: &[(&str, &[&str], &str, bool)] = &[
    ("empty list", &[], "203.0.113.9", false),
    ("the address", &["203.0.113.9"], "203.0.113.9", true),
    ("its neighbour", &["203.0.113.9"], "203.0.113.10", false),
    ("second entry", &["192.0.2.1", "203.0.113.9"], "203.0.113.9", true),
    ("space around", &[" \t203.0.113.9 \n"], "203.0.113.9", true),
    ("first of network", &["203.0.113.0/24"], "203.0.113.0", true),
    ("last of network", &["203.0.113.0/24"], "203.0.113.255", true),
    ("below network", &["203.0.113.0/24"], "203.0.112.255", false),
    ("above network", &["203.0.113.0/24"], "203.0.114.0", false),
    ("host bits, below", &["203.0.113.7/24"], "203.0.113.0", true),
    ("host bits, above", &["203.0.113.7/24"], "203.0.113.200", true),
    ("length 32", &["203.0.113.9/32"], "203.0.113.9", true),
    ("length 32, other", &["203.0.113.9/32"], "203.0.113.8", false),
    ("length 0, IPv4", &["0.0.0.0/0"], "198.51.100.1", true),
    ("length 0, IPv4, asked IPv6", &["0.0.0.0/0"], "2001:db8::1", false),
    ("length 0, IPv6", &["::/0"], "2001:db8::1", true),
    ("length 0, IPv6, asked IPv4", &["::/0"], "203.0.113.9", false),
    ("length 0, IPv6, asked mapped", &["::/0"], "::ffff:203.0.113.9", false),
    ("IPv6", &["2001:db8::7"], "2001:db8::7", true),
    ("IPv6, written long", &["2001:DB8:0:0:0:0:0:7"], "2001:db8::7", true),
    ("IPv6 network", &["2001:db8:1::/48"], "2001:db8:1:ffff::1", true),
    ("IPv6 network, above", &["2001:db8:1::/48"], "2001:db8:2::", false),
    ("mapped address asked", &["203.0.113.9"], "::ffff:203.0.113.9", true),
    ("mapped address asked of network", &["203.0.113.0/24"], "::ffff:cb00:7109", true),
    ("mapped entry", &["::ffff:203.0.113.9"], "203.0.113.9", true),
    ("mapped on both sides", &["::ffff:203.0.113.9"], "::ffff:203.0.113.9", true),
    ("mapped network", &["::ffff:203.0.113.0/120"], "203.0.113.9", true),
    ("mapped network, host bits", &["::ffff:203.0.113.7/120"], "203.0.113.1", true),
    ("mapped network, above", &["::ffff:203.0.113.0/120"], "203.0.114.0", false),
    ("mapped network, length 128", &["::ffff:203.0.113.9/128"], "203.0.113.9", true),
    ("all mapped", &["::ffff:0.0.0.0/96"], "198.51.100.1", true),
    ("wider than all mapped", &["::ffff:0.0.0.0/95"], "198.51.100.1", false),
    ("IPv4-compatible is not mapped", &["::203.0.113.9"], "203.0.113.9", false),
    ("invalid beside valid", &["nonsense", "203.0.113.9"], "203.0.113.9", true),
    ("invalid contains nothing", &["203.0.113.0/33"], "203.0.113.9", false),
];

#[test]
fn a_list_contains_its_addresses_and_networks() {
    for (name, entries, address, expected) in CONTAINS {
        let list = IpAllowList::new(*entries);
        assert_eq!(list.contains(ip(address)), *expected, "{name}");
    }
}

const INVALID: &[&str] = &[
    "",
    " ",
    "/",
    "/24",
    "localhost",
    "203.0.113",
    "203.0.113.256",
    "203.0.113.009",
    "203.0.113.9:443",
    "[2001:db8::7]",
    "203.0.113.0/",
    "203.0.113.0/33",
    "203.0.113.0/256",
    "203.0.113.0/+24",
    "203.0.113.0/-1",
    "203.0.113.0 /24",
    "203.0.113.0/ 24",
    "203.0.113.0/24/24",
    "203.0.113.0/255.255.255.0",
    "203.0.113.1-203.0.113.9",
    "203.0.113.1,203.0.113.2",
    "2001:db8::/129",
    "2001:db8:::7",
    "fe80::1%eth0",
    "fe80::1%eth0/64",
    "fe80::/64%eth0",
];

#[test]
fn invalid_entries_are_kept_as_written() {
    for &entry in INVALID {
        let list = IpAllowList::new([entry]);
        assert_eq!(list.invalid(), [entry]);
        assert!(list.ranges.is_empty(), "{entry:?}");
    }
    let list: IpAllowList = INVALID.iter().copied().map(String::from).collect();
    assert_eq!(list.invalid(), INVALID);
}

#[test]
fn a_list_is_empty_only_without_entries() {
    assert!(IpAllowList::default().is_empty());
    assert!(IpAllowList::new::<[&str; 0]>([]).is_empty());
    assert!(!IpAllowList::new(["203.0.113.9"]).is_empty());
    assert!(!IpAllowList::new(["nonsense"]).is_empty());
}

#[test]
fn addresses_networks_and_texts_can_be_entries() {
    let v4 = Ipv4Addr::new(203, 0, 113, 9);
    let v6 = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7);
    let network: IpNet = "198.51.100.7/24".parse().expect("a network");
    let text = String::from("192.0.2.1");

    let mut list = IpAllowList::new([v4]);
    list.extend([v6]);
    list.extend([network]);
    list.extend([&text]);
    list.extend([text]);
    list.extend(["192.0.2.2"]);
    list.extend(&["192.0.2.3"]);
    list.extend([IpAddr::V4(Ipv4Addr::new(192, 0, 2, 4))]);
    list.extend([Ipv4Addr::new(192, 0, 2, 5).to_ipv6_mapped()]);

    assert!(list.invalid().is_empty());
    assert!(list.contains(v4.into()) && list.contains(v6.into()));
    assert!(list.contains(ip("198.51.100.200")));
    for last in 1..=5 {
        assert!(list.contains([192, 0, 2, last].into()), "192.0.2.{last}");
    }
    assert!(!list.contains(ip("192.0.2.6")));
}

#[test]
fn systeme_io_has_three_addresses() {
    let list = IpAllowList::systeme_io();
    let admitted: Vec<u8> = (0..=255)
        .filter(|&last| list.contains([185, 236, 142, last].into()))
        .collect();
    assert_eq!(admitted, [1, 2, 3]);
    assert_eq!(list.ranges.len(), 3);
    assert!(list.invalid().is_empty());
}

proptest! {
    #[test]
    fn any_text_is_a_range_or_returned_as_written(text in any::<String>()) {
        if let Err(offending) = text.as_str().into_ip_range() {
            prop_assert_eq!(offending, text);
        }
    }

    #[test]
    fn an_address_is_in_its_own_list_and_network(address: IpAddr, length in 0_u8..=32) {
        prop_assert!(IpAllowList::new([address]).contains(address));
        // An IPv4-mapped address with a length below 96 would be an IPv6 network.
        let text = format!("{}/{length}", address.to_canonical());
        prop_assert!(IpAllowList::new([text]).contains(address));
    }

    #[test]
    fn mapped_networks_are_their_ipv4_networks(
        network: Ipv4Addr,
        length in 0_u8..=32,
        asked: Ipv4Addr,
    ) {
        let plain = IpAllowList::new([format!("{network}/{length}")]);
        let mapped =
            IpAllowList::new([format!("{}/{}", network.to_ipv6_mapped(), length + 96)]);
        prop_assert!(mapped.contains(network.into()));
        prop_assert_eq!(plain.contains(asked.into()), mapped.contains(asked.into()));
        prop_assert_eq!(
            plain.contains(asked.into()),
            plain.contains(asked.to_ipv6_mapped().into())
        );
    }
}
