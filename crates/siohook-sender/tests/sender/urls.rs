use super::*;

fn request(url: &str) -> Result<siohook_sender::Request, String> {
    let tag = Sample::of("contact.tag.added").token("t");
    tag.request(url).map_err(|error| error.to_string())
}

#[test]
fn a_url_has_a_host_and_a_target() {
    for (url, host, target) in [
        (
            "http://127.0.0.1:3000/systeme",
            "127.0.0.1:3000",
            "/systeme?token=t",
        ),
        ("https://shop.example.com", "shop.example.com", "/?token=t"),
        (
            "https://shop.example.com?a=b",
            "shop.example.com",
            "/?a=b&token=t",
        ),
        ("http://[2001:db8::1]:80/", "[2001:db8::1]:80", "/?token=t"),
        ("http://[::1]", "[::1]", "/?token=t"),
        (
            "http://my_host.example.com/a%20b/c:d@e",
            "my_host.example.com",
            "/a%20b/c:d@e?token=t",
        ),
        ("http://example.com/?", "example.com", "/?token=t"),
        ("http://example.com/?a=b&", "example.com", "/?a=b&token=t"),
        (
            "http://example.com/x?a=http://b/#part",
            "example.com",
            "/x?a=http://b/&token=t",
        ),
        ("/systeme", "localhost", "/systeme?token=t"),
        ("/systeme?a=b", "localhost", "/systeme?a=b&token=t"),
    ] {
        let request = request(url).unwrap();
        assert_eq!((request.host(), request.target()), (host, target), "{url}");
        let scheme = url
            .find("://")
            .filter(|_| !url.starts_with('/'))
            .map(|at| &url[..at + 3]);
        let origin = scheme.map_or(String::new(), |scheme| format!("{scheme}{host}"));
        assert_eq!(request.url(), format!("{origin}{target}"));
        let (name, value) = request.headers().last().unwrap();
        assert_eq!((&**name, &**value), ("host", host));
    }
    let sale = Sample::of("SALE_NEW");
    let unchanged = sale.request("http://example.com/x?a=b").unwrap();
    assert_eq!(unchanged.target(), "/x?a=b");
}

#[test]
fn the_error_of_a_malformed_url_does_not_repeat_it() {
    for (url, why) in [
        ("", "begins with neither `http://`, `https://` nor `/`"),
        (
            "example.com/systeme",
            "begins with neither `http://`, `https://` nor `/`",
        ),
        (
            "ftp://example.com",
            "begins with neither `http://`, `https://` nor `/`",
        ),
        ("http://", "has no host"),
        ("http:///systeme", "has no host"),
        ("http://:80/", "has no host"),
        (
            "http://user:secret@example.com/",
            "has a port that is not a number up to 65535",
        ),
        (
            "http://user@example.com/",
            "has a host that is neither a name nor an address",
        ),
        (
            "http://example.com:/",
            "has a port that is not a number up to 65535",
        ),
        (
            "http://example.com:+80/",
            "has a port that is not a number up to 65535",
        ),
        (
            "http://example.com:65536/",
            "has a port that is not a number up to 65535",
        ),
        ("http://[::1/", "has a `[` without a `]`"),
        (
            "http://[example]/",
            "has something between `[` and `]` that is not an IPv6 address",
        ),
        (
            "http://[::1]x/",
            "has a port that is not a number up to 65535",
        ),
        (
            "http://example.com/a b",
            "has a character that has to be percent-encoded",
        ),
        (
            "http://example.com/\r\nx: y",
            "has a character that has to be percent-encoded",
        ),
        (
            "http://exämple.com/",
            "has a character that has to be percent-encoded",
        ),
        (&*format!("/{}", "a".repeat(40_000)), "is too long"),
    ] {
        assert_eq!(request(url).unwrap_err(), format!("the URL {why}"), "{url}");
    }
}

#[test]
fn the_token_counts_for_the_length_of_the_url() {
    let tag = Sample::of("contact.tag.added").token(&"t".repeat(40_000));
    let error = tag.request("/").unwrap_err();
    assert_eq!(error.to_string(), "the URL is too long");
    assert!(tag.unsigned().request("/").is_ok());
}

#[test]
fn the_error_of_a_malformed_header_does_not_repeat_its_value() {
    let sale = || Sample::of("SALE_NEW");
    let error = |sample: Sample| sample.request("/").unwrap_err().to_string();
    for value in ["secret\r\nx: y", "secret\0", "secret\u{7f}"] {
        assert_eq!(
            error(sale().header("x-note", value)),
            "the header `x-note` can't be sent: its value has a control character"
        );
    }
    for name in ["", "x note", "x:", "x\r\n", "é", &"x".repeat(40_000)] {
        let text = error(sale().header(name, "secret"));
        let escaped = name.replace('\r', "\\r").replace('\n', "\\n");
        let cut = format!("{}…", "x".repeat(197));
        let expected = format!(
            "the header `{}` can't be sent: that is not the name of a header",
            if name.len() > 200 { &cut } else { &escaped }
        );
        assert_eq!(text, expected);
    }
    assert!(sale().header("x-note", "a\tb é").request("/").is_ok());
}

#[test]
fn debug_shows_neither_token_nor_signature() {
    let request = request("http://example.com/systeme?a=b").unwrap();
    let length = request.body().len();
    assert_eq!(
        format!("{request:?}"),
        format!("Request {{ url: http://example.com/systeme, bytes: {length}, .. }}")
    );
}
