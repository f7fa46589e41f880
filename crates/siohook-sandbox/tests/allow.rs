//! Which receivers the sandbox refuses.

mod receiver;

use proptest::prelude::*;
use receiver::Receiver;
use siohook_events::Mechanism;
use siohook_sandbox::{AllowList, Client, Outcome, Refusal};
use siohook_sender::Sample;

#[test]
fn local_receivers_are_allowed() {
    for url in [
        "http://127.0.0.1/",
        "http://127.9.9.9:3000/systeme?a=b#c",
        "http://[::1]:3000",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.1.2/",
        "http://[fd00::1]/",
        "http://LOCALHOST:3000/",
        "https://localhost./",
        "https://shop.localhost/",
        "https://a.shop.test/",
        "http://host.docker.internal:3000/",
    ] {
        assert!(AllowList::new().check(url).is_ok(), "{url}");
    }
}

#[test]
fn foreign_receivers_are_refused_with_the_host_to_add() {
    for (url, host) in [
        ("https://shop.example.com/", "shop.example.com"),
        ("https://Shop.Example.com.:8443/x", "shop.example.com"),
        ("https://localhost.example.com/", "localhost.example.com"),
        ("https://evillocalhost/", "evillocalhost"),
        ("https://test/", "test"),
        ("http://203.0.113.7/", "203.0.113.7"),
        ("http://[2001:db8::1]:80/", "2001:db8::1"),
        ("http://[::ffff:203.0.113.7]/", "203.0.113.7"),
        ("http://172.32.0.1/", "172.32.0.1"),
        ("http://0.0.0.0/", "0.0.0.0"),
        ("http://2130706433/", "2130706433"),
        ("http://169.254.169.254/latest", "169.254.169.254"),
        ("http://[::ffff:169.254.169.254]/", "169.254.169.254"),
        ("http://[fe80::1]/", "fe80::1"),
    ] {
        let refusal = AllowList::new().check(url).unwrap_err().to_string();
        assert!(
            refusal.ends_with(&format!("add `--allow {host}`")),
            "{refusal}"
        );
        let allowed = AllowList::new().allow(host).unwrap();
        assert!(allowed.check(url).is_ok(), "{url}");
    }
}

#[test]
fn what_is_not_a_receiver_is_refused() {
    for (url, refusal) in [
        ("", Refusal::NotUrl),
        ("localhost", Refusal::NotUrl),
        ("localhost:3000", Refusal::NotUrl),
        ("/systeme", Refusal::NotUrl),
        ("http://", Refusal::NotUrl),
        ("http:///systeme", Refusal::NotUrl),
        ("http://local host/", Refusal::NotUrl),
        ("http://localhost:99999/", Refusal::NotUrl),
        ("ftp://localhost/", Refusal::Scheme),
        ("HTTP://localhost/", Refusal::Scheme),
        ("file://localhost/etc/passwd", Refusal::Scheme),
        ("http://me@localhost/", Refusal::Credentials),
        ("http://me:pw@localhost/", Refusal::Credentials),
        ("http://localhost@203.0.113.7/", Refusal::Credentials),
    ] {
        assert_eq!(AllowList::new().check(url), Err(refusal), "{url}");
    }
}

#[test]
fn the_sandbox_does_not_send_to_itself() {
    let own = |address: &str| AllowList::new().without_own(address.parse().unwrap());
    let by_loopback = own("127.0.0.1:7400").allow("0.0.0.0").unwrap();
    assert_eq!(
        by_loopback.check("http://127.0.0.1:7400/"),
        Err(Refusal::Own)
    );
    assert_eq!(
        by_loopback.check("http://[::ffff:127.0.0.1]:7400/"),
        Err(Refusal::Own)
    );
    assert_eq!(by_loopback.check("http://0.0.0.0:7400/"), Err(Refusal::Own));
    for name in ["localhost", "LOCALHOST.", "a.localhost"] {
        let url = format!("http://{name}:7400/");
        assert_eq!(by_loopback.check(&url), Err(Refusal::Own));
    }
    assert!(by_loopback.check("http://127.0.0.1:7401/").is_ok());
    assert!(by_loopback.check("http://localhost:7401/").is_ok());

    let exposed = own("0.0.0.0:7400");
    assert_eq!(exposed.check("http://127.0.0.1:7400/"), Err(Refusal::Own));
    assert_eq!(exposed.check("http://127.0.0.9:7400/"), Err(Refusal::Own));
    assert_eq!(
        own("[::]:7400").check("http://[::1]:7400/"),
        Err(Refusal::Own)
    );
    assert!(exposed.check("http://127.0.0.1:7401/").is_ok());
}

#[test]
fn a_host_is_a_name_or_an_address() {
    for host in [
        "",
        "*",
        "*.",
        ".example.com",
        "a b",
        "example.com:80",
        "http://x",
        "x/",
    ] {
        assert!(AllowList::new().allow(host).is_err(), "{host}");
    }
    for host in [
        "example.com",
        "*.example.com",
        "my_shop",
        "203.0.113.7",
        "::1",
        "[::1]",
    ] {
        assert!(AllowList::new().allow(host).is_ok(), "{host}");
    }
}

#[tokio::test]
async fn names_are_checked_by_their_addresses() {
    let receiver = Receiver::answering(vec!["HTTP/1.1 200 OK\r\n\r\n"]).await;
    let port = receiver.address.port();
    let send = async |client: &Client, host: &str| {
        let url = format!("http://{host}:{port}/");
        let request = Sample::of("SALE_NEW").request(&url).unwrap();
        client.send(&request, Mechanism::Account).await
    };
    let client = Client::new(AllowList::new().allow("named.example.com").unwrap())
        .host("public.test", [[203, 0, 113, 7]])
        .host("metadata.test", [[169, 254, 169, 254]])
        .host("named.example.com", [[169, 254, 169, 254]])
        .host("unspecified.test", [[0, 0, 0, 0]])
        .host("both.test", [[203, 0, 113, 7], [127, 0, 0, 1]]);
    for (host, error) in [
        (
            "public.test",
            "resolves to 203.0.113.7; to send to it, add `--allow public.test`",
        ),
        ("metadata.test", "169.254.169.254 is a link-local address"),
        ("named.example.com", "add `--allow 169.254.169.254`"),
        ("unspecified.test", "add `--allow unspecified.test`"),
        ("shop.example.com", "add `--allow shop.example.com`"),
    ] {
        let answer = send(&client, host).await;
        assert_eq!((answer.outcome, answer.status), (Outcome::Blocked, None));
        let text = answer.error.unwrap();
        assert!(text.contains(error), "{text}");
    }
    assert_eq!(receiver.connections(), 0);

    // Only the address that was allowed is connected to.
    let answer = send(&client, "both.test").await;
    assert_eq!(
        (answer.outcome, answer.status),
        (Outcome::Status, Some(200))
    );
    let answer = send(&client, "shop.localhost").await;
    assert_eq!(
        (answer.outcome, answer.status),
        (Outcome::Status, Some(200))
    );

    // A name of the sandbox itself.
    let own = AllowList::new().without_own(receiver.address);
    let client = Client::new(own).host("own.test", [[127, 0, 0, 1]]);
    let answer = send(&client, "own.test").await;
    assert_eq!(answer.outcome, Outcome::Blocked);
    assert_eq!(answer.error, Some(Refusal::Own.to_string()));
}

proptest! {
    /// The host that is checked is the one that the request names.
    #[test]
    fn check_and_request_agree_on_the_host(
        scheme in "https?://",
        host in r"[a-c.0-9@:/?#\[\]\\%_-]{0,12}",
        end in "(localhost|127.0.0.1|.test|\\[::1\\])?(:[0-9]{0,5})?(/.{0,5})?",
    ) {
        let url = [scheme, host, end].concat();
        let request = Sample::of("SALE_NEW").request(&url);
        if let (Ok(request), Ok(checked)) = (request, AllowList::new().check(&url)) {
            let host = request.host().to_ascii_lowercase();
            let (name, port) = match host.rsplit_once(':') {
                Some((name, port)) if !port.ends_with(']') => (name, port.parse().unwrap()),
                _ if checked.is_https() => (&*host, 443),
                _ => (&*host, 80),
            };
            let name = name.trim_matches(['[', ']']);
            prop_assert_eq!(name.strip_suffix('.').unwrap_or(name), checked.host());
            prop_assert_eq!(port, checked.port());
        }
    }
}
