use super::*;

const PROXY: [u8; 4] = [10, 0, 0, 1];

fn behind_proxies() -> DispatcherBuilder {
    no_trust()
        .source_ips(IpAllowList::systeme_io())
        .trusted_proxies(["10.0.0.0/8", "2001:db8:1::/48"])
}

fn from(peer: impl Into<std::net::IpAddr>) -> Incoming {
    Incoming::post(TAG_ADDED).peer(peer.into())
}

#[test]
fn an_automation_without_a_token_is_trusted_by_its_address() {
    for last in 1..=3 {
        let allowed = no_trust().source_ips(IpAllowList::systeme_io());
        let delivery = verify(allowed, from([185, 236, 142, last])).unwrap();
        assert_eq!(delivery.trust(), Trust::SourceIp);
    }
    let allowed = no_trust().source_ips(IpAllowList::systeme_io());
    assert_eq!(
        code(allowed, from([185, 236, 142, 4])),
        "address_not_allowed"
    );
}

/// Everything that is configured is checked.
#[test]
fn an_address_does_not_replace_a_token_or_a_signature() {
    let all = || both().source_ips(IpAllowList::systeme_io());
    let peer = || [185, 236, 142, 1].into();
    assert_eq!(code(all(), from([185, 236, 142, 1])), "token_missing");
    assert_eq!(
        code(all(), unsigned("SALE_NEW").peer(peer())),
        "signature_missing"
    );
    let sale = account("SALE_NEW", sale()).peer(peer());
    assert_eq!(
        verify(all(), sale).unwrap().trust(),
        Trust::Signed { secret: "main" }
    );
    let tag = automation(TAG_ADDED).peer(peer());
    assert_eq!(
        verify(all(), tag).unwrap().trust(),
        Trust::Token { label: None }
    );
    let unsigned_only = no_trust().source_ips(IpAllowList::systeme_io());
    let forged = unsigned("SALE_NEW").peer(peer());
    assert_eq!(code(unsigned_only, forged), "not_configured");
}

#[test]
fn an_ipv4_mapped_address_equals_its_ipv4_address() {
    let mapped: std::net::Ipv6Addr = "::ffff:185.236.142.2".parse().unwrap();
    assert_eq!(code(behind_proxies(), from(mapped)), "accepted");
    let proxy: std::net::Ipv6Addr = "::ffff:10.0.0.1".parse().unwrap();
    let forwarded = from(proxy).header("X-Forwarded-For", "::ffff:185.236.142.2");
    assert_eq!(code(behind_proxies(), forwarded), "accepted");
}

#[test]
fn behind_proxies_the_right_most_untrusted_address_is_the_client() {
    for (expected, header, value) in [
        ("accepted", "X-Forwarded-For", "185.236.142.1"),
        (
            "accepted",
            "x-forwarded-for",
            "203.0.113.9, 185.236.142.1,10.9.9.9",
        ),
        (
            "accepted",
            "X-Forwarded-For",
            "185.236.142.1:4711, 2001:db8:1::7",
        ),
        ("accepted", "Forwarded", "for=185.236.142.1"),
        (
            "accepted",
            "forwarded",
            r#"for=203.0.113.9, For="185.236.142.1:80";proto=https"#,
        ),
        (
            "accepted",
            "Forwarded",
            r#"for=185.236.142.1, for="[2001:db8:1::7]:443""#,
        ),
        (
            "address_not_allowed",
            "X-Forwarded-For",
            "185.236.142.1, 203.0.113.9",
        ),
        ("address_not_allowed", "X-Forwarded-For", "10.1.1.1"),
        ("address_not_allowed", "X-Forwarded-For", ""),
        ("address_not_allowed", "X-Real-IP", "185.236.142.1"),
        (
            "address_not_allowed",
            "Forwarded",
            "for=185.236.142.1, for=203.0.113.9",
        ),
        (
            "address_unknown",
            "X-Forwarded-For",
            "185.236.142.1, unknown",
        ),
        (
            "address_unknown",
            "X-Forwarded-For",
            "185.236.142.1, 10.0.0.1:x",
        ),
        ("address_unknown", "Forwarded", "for=_hidden"),
        ("address_unknown", "Forwarded", r#"for="185.236.142.1"#),
    ] {
        let incoming = from(PROXY).header(header, value);
        assert_eq!(
            code(behind_proxies(), incoming),
            expected,
            "{header}: {value}"
        );
    }
}

#[test]
fn several_lines_are_one_list() {
    let lines = |first: &str, second: &str| {
        let incoming = from(PROXY)
            .header("X-Forwarded-For", first)
            .header("X-Forwarded-For", second);
        code(behind_proxies(), incoming)
    };
    assert_eq!(lines("203.0.113.9", "185.236.142.1"), "accepted");
    assert_eq!(lines("185.236.142.1", "203.0.113.9"), "address_not_allowed");
}

#[test]
fn a_forwarding_header_with_many_entries_is_refused() {
    let allowed = "185.236.142.1";
    for (header, entry) in [("X-Forwarded-For", ""), ("Forwarded", "for=")] {
        let forged = format!("{entry}203.0.113.9, ");
        let with = |entries: usize| format!("{}{entry}{allowed}", forged.repeat(entries - 1));
        let sent = |value: &str| code(behind_proxies(), from(PROXY).header(header, value));
        assert_eq!(sent(&with(64)), "accepted");
        assert_eq!(sent(&with(65)), "address_unknown");
        assert_eq!(sent(&with(30_000)), "address_unknown");
        let long = format!("{entry}x{},{entry}{allowed}", " ".repeat(8192));
        assert_eq!(sent(&long), "address_unknown");
        let lines = (0..64).fold(from(PROXY), |incoming, _| incoming.header(header, &*forged));
        let lines = lines.header(header, format!("{entry}{allowed}"));
        assert_eq!(code(behind_proxies(), lines), "address_unknown");
    }
}

#[test]
fn forwarding_headers_are_read_only_behind_a_trusted_proxy() {
    let forged = from(elsewhere()).header("X-Forwarded-For", "185.236.142.1");
    assert_eq!(code(behind_proxies(), forged), "address_not_allowed");
    let direct = from([185, 236, 142, 1]).header("X-Forwarded-For", "203.0.113.9");
    assert_eq!(code(behind_proxies(), direct), "accepted");
}

#[test]
fn forwarding_headers_that_disagree_are_refused() {
    let both_headers = |forwarded: &str| {
        let incoming = from(PROXY)
            .header("X-Forwarded-For", "185.236.142.1")
            .header("Forwarded", forwarded);
        code(behind_proxies(), incoming)
    };
    assert_eq!(both_headers("for=185.236.142.1"), "accepted");
    assert_eq!(both_headers("for=185.236.142.2"), "address_unknown");
}

#[test]
fn the_log_explains_a_refused_address() {
    let not_allowed = "the sender's address is not allowed";
    let unknown = "the sender's address is unknown";
    let forwarded = from(elsewhere()).header("X-Forwarded-For", "185.236.142.1");
    assert_eq!(
        reason(behind_proxies(), forwarded),
        format!(
            "automation: {not_allowed} \
             (a proxy that is not in `trusted_proxies` forwarded it)"
        )
    );
    assert_eq!(
        reason(behind_proxies(), from(elsewhere())),
        format!(
            "automation: {not_allowed} (it is not in `source_ips`; if it is the address of a \
             proxy, add it to `trusted_proxies`)"
        )
    );
    assert_eq!(
        reason(behind_proxies(), Incoming::post(TAG_ADDED)),
        format!(
            "automation: {unknown} (no peer address: the adapter has to set one, \
             see `Incoming::peer` and `DispatcherService::peer`)"
        )
    );
    assert_eq!(
        reason(behind_proxies(), from(PROXY).header("X-Forwarded-For", "x")),
        format!(
            "automation: {unknown} (the deciding entry of the forwarding header is not an \
             address, or the header has more than 8 KiB or 64 entries)"
        )
    );
    assert_eq!(
        reason(
            behind_proxies(),
            from(PROXY).header("CF-Connecting-IP", "185.236.142.1")
        ),
        format!(
            "automation: {not_allowed} (a trusted proxy sent neither `X-Forwarded-For` nor \
             `Forwarded`, so the address is its own: let it send one of them)"
        )
    );
    let only_proxies = from(PROXY).header("X-Forwarded-For", "10.1.1.1");
    assert_eq!(
        reason(behind_proxies(), only_proxies),
        format!(
            "automation: {not_allowed} (a trusted proxy forwarded it, and it is not in \
             `source_ips`)"
        )
    );
    let disagreeing = from(PROXY)
        .header("X-Forwarded-For", "185.236.142.1")
        .header("Forwarded", "for=203.0.113.9");
    assert_eq!(
        reason(behind_proxies(), disagreeing),
        format!(
            "automation: {unknown} (`X-Forwarded-For` and `Forwarded` name different clients: \
             let the proxy remove the header that it does not write)"
        )
    );
}
