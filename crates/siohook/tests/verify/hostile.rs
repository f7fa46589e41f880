//! Requests that try to be expensive to refuse. If the cost grew with the square of their
//! length, these tests would take minutes.

use super::*;

/// A dispatcher with every check configured.
fn strict() -> Dispatcher {
    let proxies = (0..1000_u32).map(|number| std::net::Ipv4Addr::from(0x0a00_0000 + 2 * number));
    both()
        .account_secret_for("sales", "of sales", ["SALE_*"])
        .automation_token_as("odd", "a+b&%41 c")
        .source_ips(IpAllowList::new(["203.0.113.0/24", "2001:db8::/32"]))
        .trusted_proxies(proxies)
        .on_reject(|_| ())
        .build()
        .unwrap()
}

const BYTES: usize = 256 * 1024;

fn filled(text: &str) -> String {
    text.repeat(BYTES / text.len())
}

fn heads() -> Vec<(&'static str, Head)> {
    let post = || Head::new("POST").peer([10, 0, 0, 0].into());
    let forwarded = || post().header("X-Forwarded-For", "203.0.113.9");
    let signed = |name: &str| {
        forwarded()
            .header("X-Webhook-Event", name)
            .header("X-Webhook-Signature", "0a".repeat(32))
    };
    let lines = |head: Head, name: &str, value: &str| {
        (0..BYTES / 16).fold(head, |head, _| head.header(name, value))
    };
    vec![
        (
            "a long token",
            forwarded().query(format!("token={}", filled("a"))),
        ),
        (
            "an encoded token",
            forwarded().query(format!("token={}", filled("%41"))),
        ),
        (
            "pluses",
            forwarded().query(format!("token={}", filled("+"))),
        ),
        (
            "percents",
            forwarded().query(format!("token={}", filled("%"))),
        ),
        (
            "quotes",
            forwarded().query(format!("token={}", filled("\""))),
        ),
        ("many parameters", forwarded().query(filled("a=b&"))),
        ("only separators", forwarded().query(filled("&"))),
        ("many tokens", forwarded().query(filled("token=x&"))),
        (
            "a long list of proxies",
            post().header("X-Forwarded-For", filled("10.0.7.206, ")),
        ),
        (
            "many lines of proxies",
            lines(post(), "X-Forwarded-For", "10.0.7.206"),
        ),
        (
            "a long Forwarded",
            post().header("Forwarded", filled("for=10.0.7.206,")),
        ),
        ("open quotes", post().header("Forwarded", filled("for=\","))),
        ("empty lines", lines(post(), "Forwarded", "")),
        (
            "the most proxies that are read",
            post().header("X-Forwarded-For", "10.0.7.206,".repeat(64)),
        ),
        ("a long event", signed(&filled("A"))),
        ("events with a star", signed(&filled("*"))),
        (
            "many events",
            lines(signed("SALE_NEW"), "X-Webhook-Event", "SALE_CANCELED"),
        ),
        (
            "many signatures",
            lines(signed("SALE_NEW"), "X-Webhook-Signature", "x"),
        ),
        (
            "a long signature",
            forwarded().header("X-Webhook-Signature", filled("0a")),
        ),
        (
            "a spaced signature",
            forwarded().header("X-Webhook-Signature", filled(" ")),
        ),
        (
            "many ids",
            lines(signed("SALE_NEW"), "X-Webhook-Message-Id", "m"),
        ),
        ("a long method", Head::new(filled("POST"))),
    ]
}

#[test]
fn a_hostile_head_is_refused() {
    let dispatcher = strict();
    for (what, head) in heads() {
        let by_head = dispatcher.check_head(&head).err();
        let rejection = dispatcher.verify(head.with_body(TAG_ADDED)).unwrap_err();
        // A head with a well-formed signature is refused only with its body.
        let is_forged = rejection.code() == "signature_wrong";
        assert_eq!(by_head.is_none(), is_forged, "{what}: {rejection}");
    }
}

#[test]
fn a_hostile_body_is_refused() {
    let dispatcher = both()
        .accept_reserialized_bodies()
        .on_reject(|_| ())
        .build()
        .unwrap();
    for (what, body) in [
        ("open lists", filled("[")),
        ("open maps", filled("{\"a\":")),
        (
            "a type without an end",
            format!("{{\"type\":\"{}", filled("a")),
        ),
        (
            "an escaped type",
            format!("{{\"type\":\"{}\",\"data\":0}}", filled("\\u0041")),
        ),
        (
            "many members",
            format!("{{{}\"type\":\"x\",\"data\":0}}", filled("\"a\":0,")),
        ),
        (
            "many types",
            format!("{{{}\"data\":0}}", filled("\"type\":\"x\",")),
        ),
        (
            "many customers",
            format!("{{{}\"order\":0}}", filled("\"customer\":0,")),
        ),
        ("a long number", filled("9")),
        ("a long fraction", format!("0.{}", filled("9"))),
        ("spaces", filled(" ")),
        ("replacement characters", filled("\u{fffd}")),
    ] {
        let _ = dispatcher.verify(automation(&body));
        let _ = dispatcher.verify(account("SALE_NEW", &body));
        let forged = dispatcher.verify(signed_with("another", "SALE_NEW", &body));
        assert_eq!(forged.unwrap_err().code(), "signature_wrong", "{what}");
    }
}
