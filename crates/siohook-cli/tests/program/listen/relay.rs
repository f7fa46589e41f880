//! The answer of the receiver, byte for byte.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use super::Listener;

const POST: &str = "POST / HTTP/1.1\r\n\r\n";

/// What a sender gets for a request, if the receiver answers so and closes.
fn relayed(request: &str, answer: &[u8]) -> (Vec<u8>, Listener) {
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("http://{}", receiver.local_addr().unwrap());
    let listener = Listener::start(&["--forward-to", &to]);
    let mut got = vec![];
    thread::scope(|scope| {
        scope.spawn(|| {
            let (mut stream, _) = receiver.accept().unwrap();
            let mut request = vec![];
            while !request.ends_with(b"\r\n\r\n") {
                let mut part = [0; 4096];
                let length = stream.read(&mut part).unwrap();
                request.extend_from_slice(&part[..length]);
            }
            // Of an answer that is too long, the end is not read.
            let _ = stream.write_all(answer);
        });
        let mut stream = TcpStream::connect(listener.address()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream.read_to_end(&mut got).unwrap();
    });
    (got, listener)
}

#[track_caller]
fn assert_relayed(request: &str, answer: &[u8], expected: &[u8]) {
    let (got, _) = relayed(request, answer);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(got == expected, "{}\n{}", text(&got), text(expected));
}

#[test]
fn an_answer_is_relayed_as_it_came() {
    let head = b"HTTP/1.1 418 I'm a \xe9 teapot\r\nX-Own: a\r\ncontent-TYPE:text/plain\r\n\
        x-oWN:  b \xe9\xff\r\nDate: now\r\nSet-Cookie: a=1\r\nX-Empty:\r\nset-cookie: b=2\r\n\
        cOntent-Length: 5\r\n";
    let body = b"\r\n\0\xff\n";
    let answer = [&head[..], b"\r\n", body].concat();
    let expected = [&head[..], b"connection: close\r\n\r\n", body].concat();
    assert_relayed(POST, &answer, &expected);
}

#[test]
fn what_belongs_to_the_connection_of_the_receiver_is_left_out() {
    let answer = b"HTTP/1.1 201\r\nX-A: 1\r\nConnection: close, X-Own\r\nx-own: a\r\n\
        Keep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\nX-B: 2\r\n\r\n\
        2;a=b\r\nok\r\n3\r\nay!\r\n0\r\nX-T: 1\r\n\r\n";
    let expected =
        b"HTTP/1.1 201\r\nX-A: 1\r\ncontent-length: 5\r\nX-B: 2\r\nconnection: close\r\n\r\n\
        okay!";
    assert_relayed(POST, answer, expected);
}

#[test]
fn an_answer_that_ends_with_its_connection_or_has_no_body_is_relayed() {
    for (request, answer, expected) in [
        (
            POST,
            "HTTP/1.0 200 OK\nA: b\n\nbody",
            "HTTP/1.1 200 OK\r\nA: b\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbody",
        ),
        (
            POST,
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nA: b\r\n\r\n",
            "HTTP/1.1 204 No Content\r\nA: b\r\nconnection: close\r\n\r\n",
        ),
        (
            "HEAD / HTTP/1.1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nconnection: close\r\n\r\n",
        ),
    ] {
        assert_relayed(request, answer.as_bytes(), expected.as_bytes());
    }
}

#[test]
fn a_long_answer_is_relayed_whole_and_its_first_64_kib_are_logged() {
    let body = [b"0123456789abcde\n".repeat(20_000), b"end".to_vec()].concat();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n", body.len());
    let answer = [head.as_bytes(), b"\r\n", &body].concat();
    let (got, mut listener) = relayed(POST, &answer);
    let expected = [head.as_bytes(), b"connection: close\r\n\r\n", &body].concat();
    assert!(got == expected, "{} bytes", got.len());
    let deeds = listener.deeds_at_end();
    let logged = deeds[0]["body"].as_str().unwrap();
    assert!(logged.as_bytes() == &body[..64 << 10], "{}", logged.len());
}

#[test]
fn an_answer_over_16_mib_is_502() {
    let answer = [
        b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        vec![b'a'; (16 << 20) + 1],
    ]
    .concat();
    let (got, mut listener) = relayed(POST, &answer);
    let got = String::from_utf8(got).unwrap();
    assert!(got.starts_with("HTTP/1.1 502 "), "{got}");
    assert!(got.ends_with(r#"{"outcome":"answer_too_long"}"#), "{got}");
    listener.json();
    let forward = listener.json();
    assert_eq!(
        (&forward["status"], &forward["error"], &forward["answered"]),
        (&200.into(), &"answer_too_long".into(), &502.into())
    );
}
