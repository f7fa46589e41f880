//! What came is in the file, and is what the receiver gets.

use std::fmt::Write as _;
use std::fs;
use std::sync::Mutex;

use proptest::prelude::*;
use serde_json::json;
use siohook_sender::Capture;

use super::{Listener, status};
use crate::receiver::Receiver;

/// A request as it is sent.
#[derive(Clone, Debug)]
struct Sent {
    head: Vec<u8>,
    /// With the framing of chunks.
    framed: Vec<u8>,
    body: Vec<u8>,
    trailers: Vec<Vec<u8>>,
}

impl Sent {
    fn bytes(&self) -> Vec<u8> {
        [&self.head[..], &self.framed].concat()
    }

    /// Head and body, without the framing.
    fn message(&self) -> Vec<u8> {
        [&self.head[..], &self.body].concat()
    }
}

fn header() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![0x21..=0x7e_u8, 0x80..=0xff_u8, Just(b' '), Just(b'\t')];
    let name = prop_oneof![
        Just("X-Dup".to_owned()),
        "[xX]-[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,12}"
    ];
    let space = prop_oneof![Just(""), Just(" "), Just("  \t")];
    let value = proptest::collection::vec(byte, 0..24);
    (name, space.clone(), value, space).prop_map(|(name, before, value, after)| {
        let parts = [
            name.as_bytes(),
            b":",
            before.as_bytes(),
            &value,
            after.as_bytes(),
        ];
        parts.concat()
    })
}

/// The framing of a body: a header, and the bytes after the head.
#[derive(Clone, Debug)]
enum Framing {
    Length,
    /// The lengths of chunks, and what follows them.
    Chunked(Vec<(usize, &'static str)>, Vec<Vec<u8>>),
}

fn framing() -> impl Strategy<Value = Framing> {
    let extension = prop_oneof![Just(""), Just(";a"), Just(";a=b"), Just("; q=\"c\"")];
    let chunks = proptest::collection::vec((1..40_usize, extension), 0..5);
    let trailers = proptest::collection::vec(header(), 0..3);
    let chunked = (chunks, trailers).prop_map(|(chunks, lines)| Framing::Chunked(chunks, lines));
    prop_oneof![Just(Framing::Length), chunked]
}

fn sent() -> impl Strategy<Value = Sent> {
    let method = prop_oneof![Just("POST"), Just("PUT"), Just("X-Own"), Just("GET")];
    let target = prop_oneof![
        Just("/systeme"),
        Just("/a%20b?token=x%2By&b"),
        Just("/?"),
        Just("http://old.example.com/c?d=1"),
    ];
    let headers = proptest::collection::vec(header(), 0..8);
    let body = proptest::collection::vec(any::<u8>(), 0..200);
    let start = prop_oneof![Just(""), Just("\r\n"), Just("\n")];
    let end = prop_oneof![4 => Just("\r\n"), 1 => Just("\n")];
    let length = prop_oneof![Just("Content-Length"), Just("cOnTeNt-length")];
    (
        method,
        target,
        headers,
        body,
        framing(),
        (start, end, length),
    )
        .prop_map(
            |(method, target, headers, body, framing, (start, end, length))| {
                let mut head = format!("{start}{method} {target} HTTP/1.1{end}").into_bytes();
                let mut line =
                    |line: &[u8]| head.extend_from_slice(&[line, end.as_bytes()].concat());
                for header in &headers {
                    line(header);
                }
                let (framed, trailers) = match framing {
                    Framing::Length => {
                        line(format!("{length}: {}", body.len()).as_bytes());
                        (body.clone(), vec![])
                    }
                    Framing::Chunked(chunks, trailers) => {
                        line(b"Transfer-ENCODING: chunked");
                        (chunked(&body, &chunks, &trailers), trailers)
                    }
                };
                line(b"HOST: calm.example.com");
                line(b"");
                Sent {
                    head,
                    framed,
                    body,
                    trailers,
                }
            },
        )
}

fn chunked(mut body: &[u8], chunks: &[(usize, &str)], trailers: &[Vec<u8>]) -> Vec<u8> {
    let mut framed = vec![];
    let rest = (body.len(), "");
    for (size, extension) in chunks.iter().copied().chain([rest]) {
        let (chunk, after) = body.split_at(size.min(body.len()));
        body = after;
        if !chunk.is_empty() {
            let mut size = String::new();
            write!(size, "{:X}{extension}\r\n", chunk.len()).unwrap();
            framed.extend_from_slice(&[size.as_bytes(), chunk, b"\r\n"].concat());
        }
    }
    framed.extend_from_slice(b"0\r\n");
    for trailer in trailers {
        framed.extend_from_slice(&[trailer, &b"\r\n"[..]].concat());
    }
    framed.extend_from_slice(b"\r\n");
    framed
}

/// The bytes after the mark.
fn after_mark(file: &[u8]) -> &[u8] {
    const MARK: &[u8] = b"\n# ---\n";
    let mark = file.windows(MARK.len()).position(|part| part == MARK);
    &file[mark.unwrap() + MARK.len()..]
}

#[test]
fn the_file_has_what_was_sent_and_a_replay_sends_what_was_passed_on() {
    let receiver = Receiver::accepting();
    let listener = Listener::start(&["--forward-to", &receiver.url]);
    let world = Mutex::new((listener, receiver));
    let config = ProptestConfig::with_cases(96);
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let result = runner.run(&sent(), |sent| {
        let (listener, receiver) = &mut *world.lock().unwrap();
        let answer = listener.send(&sent.bytes());
        prop_assert_eq!(status(&answer), "200", "{}", answer);
        let delivery = listener.json();
        prop_assert_eq!(&listener.json()["status"], 200);

        let file = fs::read(delivery["file"].as_str().unwrap()).unwrap();
        prop_assert_eq!(after_mark(&file), sent.message());
        let capture = Capture::read(file).unwrap();
        prop_assert!(!capture.is_edited() && !capture.is_truncated() && capture.extra() == 0);
        let trailers = sent.trailers.iter().map(|line| line.trim_ascii());
        prop_assert!(
            capture.trailers().eq(trailers),
            "{:?}",
            capture.trailers().collect::<Vec<_>>()
        );

        let live = receiver.request();
        let end = live.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
        prop_assert_eq!(&live[end + 4..], sent.body);
        let id = delivery["id"].as_str().unwrap();
        listener.run(&["replay", id, "--to", &receiver.url]).good();
        prop_assert_eq!(receiver.request(), live);
        Ok(())
    });
    result.unwrap();
}

#[test]
fn what_follows_a_request_is_cut_and_noted() {
    let mut listener = Listener::start(&[]);
    let next = b"GET /next HTTP/1.1\r\n\r\n";
    for request in [
        &b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"[..],
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
    ] {
        let answer = listener.send(&[request, next].concat());
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
        let delivery = listener.json();
        assert_eq!(delivery["marks"], json!(["extra"]), "{delivery}");
        let file = fs::read(delivery["file"].as_str().unwrap()).unwrap();
        let capture = Capture::read(file).unwrap();
        assert_eq!(capture.extra(), next.len() as u64);
        assert_eq!(
            capture.body().len(),
            usize::try_from(delivery["bytes"].as_u64().unwrap()).unwrap()
        );
    }
    assert_eq!(listener.files().len(), 3);
}

#[test]
fn older_and_careful_senders_are_understood() {
    let mut listener = Listener::start(&[]);
    let answer = listener.send(b"POST /a HTTP/1.0\r\ncontent-length: 2\r\n\r\n{}");
    assert_eq!(status(&answer), "200", "{answer}");
    let expecting = b"POST /b HTTP/1.1\r\nExpect: 100-continue\r\ncontent-length: 2\r\n\r\n";
    let answer = listener.send(&[&expecting[..], b"{}"].concat());
    assert!(answer.contains(" 200 OK"), "{answer}");
    for version in ["HTTP/1.0", "HTTP/1.1"] {
        let delivery = listener.json();
        let file = fs::read(delivery["file"].as_str().unwrap()).unwrap();
        assert_eq!(Capture::read(file).unwrap().version(), version);
    }
}

#[test]
fn a_hundred_at_once_are_all_recorded_and_passed_on() {
    let receiver = Receiver::accepting();
    let listener = Listener::start(&["--forward-to", &receiver.url]);
    let address = listener.address();
    let bodies: Vec<_> = (0..100)
        .map(|number| format!("{{\"number\":{number}}}"))
        .collect();
    std::thread::scope(|scope| {
        for body in &bodies {
            scope.spawn(move || {
                let length = body.len();
                let head = format!("POST / HTTP/1.1\r\ncontent-length: {length}\r\n\r\n");
                let answer = super::send(address, (head + body).as_bytes());
                assert_eq!(status(&answer), "200", "{answer}");
            });
        }
    });
    let sorted = |mut bodies: Vec<String>| {
        bodies.sort();
        bodies
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let recorded = listener.files().into_iter().map(|file| {
        let capture = Capture::read(fs::read(file).unwrap()).unwrap();
        text(capture.body())
    });
    let passed_on = bodies.iter().map(|_| {
        let request = text(&receiver.request());
        super::body(&request).to_owned()
    });
    assert_eq!(sorted(recorded.collect()), sorted(bodies.clone()));
    assert_eq!(sorted(passed_on.collect()), sorted(bodies.clone()));
}
