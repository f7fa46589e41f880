//! What is refused.

use std::fs;
use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::json;
use siohook_sender::Capture;

use super::{Listener, answer, body, sale, status};
use crate::receiver::Receiver;

#[test]
fn another_path_is_404_and_not_recorded() {
    let mut listener = Listener::start(&["--path", "/systeme"]);
    for target in ["/", "/systeme/", "/systemes", "/favicon.ico?/systeme"] {
        let answer = listener.send(format!("POST {target} HTTP/1.1\r\n\r\n").as_bytes());
        assert_eq!(
            (status(&answer), body(&answer)),
            ("404", r#"{"outcome":"not_found"}"#)
        );
    }
    let big = [
        &b"POST / HTTP/1.1\r\ncontent-length: 4000000\r\n\r\n"[..],
        &vec![b'a'; 4_000_000],
    ];
    assert_eq!(status(&listener.send(&big.concat())), "404");
    assert!(listener.files().is_empty());
    assert_eq!(
        status(&listener.send(b"POST /systeme?a HTTP/1.1\r\n\r\n")),
        "200"
    );
    assert_eq!(listener.json()["bytes"], 0);
}

#[test]
fn a_long_body_is_413_and_its_first_part_is_kept() {
    let receiver = Receiver::accepting();
    let words = ["--max-body", "1000", "--forward-to", &receiver.url];
    let mut listener = Listener::start(&words);
    let long = vec![b'a'; 3_000_000];
    let length = b"POST / HTTP/1.1\r\ncontent-length: 3000000\r\n\r\n";
    let chunks = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2DC6C0\r\n";
    for request in [
        [&length[..], &long].concat(),
        [&chunks[..], &long, b"\r\n0\r\n\r\n"].concat(),
    ] {
        let answer = listener.send(&request);
        assert_eq!(
            (status(&answer), body(&answer)),
            ("413", r#"{"outcome":"too_large"}"#)
        );
        let delivery = listener.json();
        assert_eq!(
            (&delivery["bytes"], &delivery["marks"]),
            (&1000.into(), &json!(["truncated"]))
        );
        let file = fs::read(delivery["file"].as_str().unwrap()).unwrap();
        let capture = Capture::read(file).unwrap();
        assert!(capture.is_truncated() && !capture.is_edited());
        assert_eq!(&capture.body()[..], &long[..1000]);
    }
    let exact = [
        &b"POST / HTTP/1.1\r\ncontent-length: 1000\r\n\r\n"[..],
        &long[..1000],
    ];
    assert_eq!(status(&listener.send(&exact.concat())), "200");
    assert!(receiver.request().ends_with(&long[..1000]));
    assert!(receiver.next_request().is_none());
}

#[test]
fn what_is_not_a_request_is_refused_and_said() {
    let mut listener = Listener::start(&[]);
    assert_eq!(
        status(&listener.send(b"\x16\x03\x01\x02\x00\x01\r\n\r\n")),
        "400"
    );
    listener.word_line("was not taken: ");
    let long = format!(
        "GET / HTTP/1.1\r\nX-Long: {}\r\n\r\n",
        "a".repeat(17 * 1024)
    );
    let mut stream = TcpStream::connect(listener.address()).unwrap();
    // It may be refused before its end.
    let _ = stream.write_all(long.as_bytes());
    listener.word_line("was not taken: ");

    // A request that breaks off.
    let mut stream = TcpStream::connect(listener.address()).unwrap();
    let sale = sale();
    stream.write_all(&sale[..sale.len() - 1]).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(answer(&mut stream), "");
    listener.word_line("was not taken: ");
    assert!(listener.files().is_empty());
}

#[test]
fn a_head_has_ten_seconds() {
    let mut listener = Listener::start(&[]);
    let mut stream = TcpStream::connect(listener.address()).unwrap();
    stream.write_all(b"POST / HTTP/1.1\r\n").unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    answer(&mut stream);
    listener.word_line("was not taken: ");
    assert!(listener.files().is_empty());
}

#[test]
fn a_body_has_thirty_seconds() {
    let mut listener = Listener::start(&[]);
    let mut stream = TcpStream::connect(listener.address()).unwrap();
    let sale = sale();
    stream.write_all(&sale[..sale.len() - 1]).unwrap();
    assert_eq!(status(&answer(&mut stream)), "408");
    listener.word_line("its body took too long");
    assert!(listener.files().is_empty());
}

#[test]
fn a_connection_without_a_byte_is_no_trouble() {
    let mut listener = Listener::start(&[]);
    drop(TcpStream::connect(listener.address()).unwrap());
    // This one is closed after ten seconds.
    answer(&mut TcpStream::connect(listener.address()).unwrap());
    listener.signal("TERM");
    assert_eq!(listener.end().0, Some(0));
    assert!(!listener.said.contains("not taken"), "{}", listener.said);
}

#[test]
fn the_65th_connection_waits() {
    let listener = Listener::start(&[]);
    let connect = || TcpStream::connect(listener.address()).unwrap();
    let mut idle: Vec<_> = std::iter::repeat_with(connect).take(64).collect();
    // They are accepted in their order.
    let mut last = connect();
    last.write_all(&sale()).unwrap();
    last.set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    assert!(last.peek(&mut [0]).is_err());
    idle.pop();
    last.set_read_timeout(None).unwrap();
    assert_eq!(status(&answer(&mut last)), "200");
}
