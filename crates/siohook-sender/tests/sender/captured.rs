use siohook_sender::{Capture, SECRET, headers, sign};

use super::*;

const SALE: &str = "POST /systeme?a=1&token=t&b=2 HTTP/1.1\r\n\
                    Host: calm-river.example.com\r\n\
                    X-Webhook-Message-Id: m-1\r\n\
                    X-Forwarded-For: 203.0.113.7\r\n\
                    X-Webhook-Event: SALE_NEW\r\n\
                    X-Webhook-Event-Timestamp: 2026-11-26T11:02:12+00:00\r\n\
                    X-WEBHOOK-SIGNATURE: 0123\r\n\
                    Content-Length: 17\r\n\
                    X-Dup: one\r\n\
                    x-dup: two\r\n\
                    \r\n\
                    {\"customer\":null}";

fn wire(sample: &Sample) -> String {
    let request = sample
        .request("http://calm-river.example.com/systeme")
        .unwrap();
    String::from_utf8(request.to_http1()).unwrap()
}

#[test]
fn a_captured_sample_sends_the_same_bytes() {
    let sale = Sample::captured(SALE);
    assert_eq!(wire(&sale), SALE);
    assert_eq!(
        (sale.event().as_str(), sale.message_id()),
        ("SALE_NEW", Some("m-1"))
    );
    assert_eq!(sale.query(), "a=1&token=t&b=2");
    let file = Capture::read(SALE).unwrap();
    let file = file.with_receipt(
        "2026-11-26T11:02:13Z".parse().unwrap(),
        Some(([203, 0, 113, 9], 1).into()),
        None,
    );
    let sale = Sample::captured(file.to_bytes());
    assert_eq!(
        (wire(&sale), sale.peer_address()),
        (SALE.to_owned(), [203, 0, 113, 9].into())
    );
    let names = sale
        .headers()
        .into_iter()
        .map(|(name, _)| name.to_ascii_lowercase());
    assert!(
        names
            .into_iter()
            .all(|name| name != "host" && name != "content-length")
    );
}

#[test]
fn what_is_set_is_changed_in_its_place() {
    let sale = Sample::captured(SALE);
    let signed = sale.clone().signed_with(SECRET);
    let signature = sign(SECRET, sale.body());
    assert_eq!(wire(&signed), SALE.replace("0123", &signature));
    let unsigned = sale.clone().unsigned();
    assert_eq!(
        wire(&unsigned),
        SALE.replace("X-WEBHOOK-SIGNATURE: 0123\r\n", "")
            .replace("&token=t", "")
    );
    assert_eq!(
        wire(&sale.clone().with_message_id("m-2")),
        SALE.replace("m-1", "m-2")
    );
    assert_eq!(
        wire(&sale.clone().with_event_header("SALE_OLD")),
        SALE.replace("SALE_NEW", "SALE_OLD")
    );
    let later = sale.clone().at("2026-11-27T11:02:12+00:00");
    assert_eq!(wire(&later), SALE.replace("26T11:02:12", "27T11:02:12"));
    // The signature of an edited body is wrong, as that of an attacker is.
    let edited = sale.clone().set("/customer", 1);
    assert_eq!(
        wire(&edited),
        SALE.replace(": 17", ": 14").replace("null", "1")
    );
    assert_eq!(wire(&edited.signed_with(SECRET)).matches("0123").count(), 0);
    assert_eq!(
        values(&sale.clone().without_header("X-DUP"), "x-dup").len(),
        0
    );
    assert_eq!(values(&sale.header("X-DUP", "3"), "x-dup"), ["3"]);
}

#[test]
fn a_token_is_replaced_in_its_place() {
    let body = body(&Sample::of("contact.tag.added")).to_owned();
    let tag = |target: &str| Sample::captured(format!("POST {target} HTTP/1.1\r\n\r\n{body}"));
    let query = |target, token| tag(target).token(token).query();
    assert_eq!(query("/?a=1&token=t&b=2", "a b"), "a=1&token=a%20b&b=2");
    assert_eq!(query("/?a=1", "x"), "a=1&token=x");
    assert_eq!(query("/", "x"), "token=x");
    assert_eq!(tag("/?token=t").unsigned().query(), "");
    assert_eq!(tag("/?token=t").query(), "token=t");
    assert_eq!(tag("/").headers(), []);
}

#[test]
fn chunks_and_an_unsigned_head_become_a_whole_request() {
    let head = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\nx-webhook-event: SALE_NEW\r\n\r\n";
    let sale = Sample::captured(format!("{head}2\r\n{{}}\r\n0\r\n\r\n"));
    let request = sale.signed_with(SECRET).request("/").unwrap();
    let names: Vec<_> = request.headers().iter().map(|(name, _)| &**name).collect();
    assert_eq!(
        names,
        [
            "content-length",
            "x-webhook-event",
            headers::SIGNATURE,
            "host"
        ]
    );
}

#[test]
fn what_can_t_be_sent_is_said() {
    for (file, text) in [
        (
            &b"PUT / HTTP/1.1\r\nX-Webhook-Event: A\r\n\r\n"[..],
            "sends POST",
        ),
        (
            b"POST / HTTP/1.1\r\n\r\n{}",
            "neither the header `X-Webhook-Event` nor a `type`",
        ),
        (
            b"POST /\xe9 HTTP/1.1\r\nX-Webhook-Event: A\r\n\r\n",
            "URL is not UTF-8",
        ),
        (
            b"POST / HTTP/1.1\r\nX-Webhook-Event: A\r\nX-B: \xe9\r\n\r\n",
            "`X-B` is not UTF-8",
        ),
        (b"# siohook: 2\n", "line 1: the file is of version 2"),
    ] {
        let error = Sample::try_captured(file).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
    let text = panic_of(|| Sample::captured("{}"));
    assert!(
        text.starts_with("the capture can't be read: line 1"),
        "{text}"
    );
}
