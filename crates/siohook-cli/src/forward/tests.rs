use proptest::prelude::*;

use super::*;

const URL: &str = "http://127.0.0.1:3000/systeme";

fn capture(head: &str, body: &[u8]) -> Capture {
    let head = head.replace('\n', "\r\n") + "\r\n";
    Capture::new(head.into_bytes(), body.to_vec()).unwrap()
}

fn sent(url: &str, head: &str, body: &[u8], changes: &Changes) -> (String, Vec<u8>) {
    let bytes = to(url, &capture(head, body), changes);
    let end = bytes.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&bytes[..end + 2]).replace("\r\n", "\n");
    (head, bytes[end + 4..].to_vec())
}

#[test]
fn what_does_not_belong_to_the_connection_stays() {
    let head = "POST /hook?token=a%20b HTTP/1.1\nHost: calm.example.com\nX-WebHook-EVENT: SALE_NEW\n\
        x-b:  spaced \t\nX-Dup: one\nContent-Length: 2\nx-DUP: two\nConnection: close, X-Own\n\
        X-Own: 1\nExpect: 100-continue\n";
    let (head, body) = sent(URL, head, b"{}", &Changes::default());
    assert_eq!(
        head,
        "POST /systeme?token=a%20b HTTP/1.1\nHost: 127.0.0.1:3000\nX-WebHook-EVENT: SALE_NEW\n\
         x-b: spaced\nX-Dup: one\nContent-Length: 2\nx-DUP: two\n"
    );
    assert_eq!(body, b"{}");
}

#[test]
fn chunks_become_a_body_with_a_length() {
    let head = "POST / HTTP/1.1\nTransfer-Encoding: chunked\nTE: trailers\n";
    let (head, _) = sent(URL, head, b"{}", &Changes::default());
    assert_eq!(
        head,
        "POST /systeme HTTP/1.1\ncontent-length: 2\nhost: 127.0.0.1:3000\n"
    );
}

#[test]
fn paths_and_queries_are_joined() {
    for (url, target, expected) in [
        ("http://a.test", "/hook?x=1", "/hook?x=1"),
        ("http://a.test/", "/hook?x=1", "/hook?x=1"),
        ("http://a.test/b", "/hook?x=1", "/b?x=1"),
        ("http://a.test/b?y=2", "/hook?x=1", "/b?y=2&x=1"),
        ("http://a.test?y=2", "/hook", "/hook?y=2"),
        ("http://a.test/#c", "http://old.test/hook?x=1", "/hook?x=1"),
        ("http://a.test", "http://old.test", "/"),
    ] {
        let head = format!("POST {target} HTTP/1.1\n");
        let (head, _) = sent(url, &head, b"", &Changes::default());
        assert_eq!(
            head,
            format!("POST {expected} HTTP/1.1\nhost: a.test\n"),
            "{url} {target}"
        );
    }
}

#[test]
fn ids_times_signature_and_token_are_replaced_in_their_places() {
    let head = "POST /?token=old&b=1 HTTP/1.1\nhost: a\nX-Webhook-Message-Id: m\n\
        x-webhook-event-timestamp: t\nX-Webhook-Delivery-Attempt-Id: a\n\
        x-webhook-delivery-attempt-timestamp: t\nx-webhook-signature: s\ncontent-length: 2\n";
    let changes = Changes::default()
        .attempt("a2".to_owned(), "t2".to_owned())
        .message("m2".to_owned(), "t3".to_owned())
        .signature("s2".to_owned())
        .token("n w")
        .body(b"{\"a\":1}".to_vec());
    let (head, body) = sent(URL, head, b"{}", &changes);
    assert_eq!(
        head,
        "POST /systeme?token=n%20w&b=1 HTTP/1.1\nhost: 127.0.0.1:3000\nX-Webhook-Message-Id: m2\n\
         x-webhook-event-timestamp: t3\nX-Webhook-Delivery-Attempt-Id: a2\n\
         x-webhook-delivery-attempt-timestamp: t2\nx-webhook-signature: s2\ncontent-length: 7\n"
    );
    assert_eq!(body, b"{\"a\":1}");
}

proptest! {
    /// Any request that can be captured is one that can be captured again, with the same body and
    /// the same other headers.
    #[test]
    fn a_forwarded_request_is_a_request(
        names in proptest::collection::vec("[A-Za-z][A-Za-z0-9-]{0,12}", 0..8),
        values in proptest::collection::vec(proptest::collection::vec(33_u8..=255, 0..12), 8),
        body in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let names = names.into_iter().filter(|name| {
            let name = name.to_ascii_lowercase();
            !OF_CONNECTION.contains(&&*name) && !["host", "content-length"].contains(&&*name)
        });
        let mut head = b"POST /a?b HTTP/1.1\r\n".to_vec();
        let mut given = vec![];
        for (name, value) in names.zip(&values) {
            let value: Vec<_> = value.iter().copied().filter(|byte| *byte != 127).collect();
            for part in [name.as_bytes(), b": ", &value, b"\r\n"] {
                head.extend_from_slice(part);
            }
            given.push((name, value));
        }
        let length = format!("Content-Length: {}\r\n\r\n", body.len());
        head.extend_from_slice(length.as_bytes());
        let captured = Capture::new(head, body.clone()).unwrap();
        let bytes = to(URL, &captured, &Changes::default());
        let (head, sent) = bytes.split_at(bytes.len() - body.len());
        let again = Capture::new(head.to_vec(), sent.to_vec()).unwrap();
        prop_assert_eq!(&again.body()[..], &body[..]);
        let kept: Vec<_> = again
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_vec()))
            .filter(|(name, _)| !["host", "Content-Length"].contains(&&**name))
            .collect();
        prop_assert_eq!(kept, given);
    }
}
