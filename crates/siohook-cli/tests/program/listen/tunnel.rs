//! `--public-url`.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Channel, Sender, channel};
use std::thread;

use serde_json::{Value, json};

use super::{Listener, sale, status};
use crate::receiver::{Receiver, nowhere};

/// A tunnel: where a request goes, and what becomes of it.
struct Proxy {
    url: String,
    /// Tells the addresses of the endpoint and of the inspector.
    leads_to: Sender<(String, String)>,
}

type Change = fn(Vec<u8>) -> Vec<u8>;

impl Proxy {
    /// Leads requests to the endpoint, or pages to the inspector, and changes them.
    fn start(shows_inspector: bool, change: Change) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (leads_to, targets): (_, Channel<(String, String)>) = channel();
        thread::spawn(move || {
            // The addresses are known when the listener is ready. A probe may come before.
            let Ok((endpoint, inspector)) = targets.recv() else {
                return;
            };
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = read(&mut stream);
                let to = if shows_inspector && request.starts_with(b"GET ") {
                    let text = String::from_utf8(request).unwrap();
                    let host = text
                        .lines()
                        .find(|line| line.starts_with("Host: "))
                        .unwrap();
                    request = text
                        .replace(host, &format!("Host: {inspector}"))
                        .into_bytes();
                    &inspector
                } else {
                    request = change(request);
                    &endpoint
                };
                let head = request
                    .windows(4)
                    .position(|end| end == b"\r\n\r\n")
                    .unwrap();
                request.splice(head..head, *b"\r\nConnection: close");
                let mut inner = TcpStream::connect(to).unwrap();
                inner.write_all(&request).unwrap();
                let mut answer = vec![];
                inner.read_to_end(&mut answer).unwrap();
                stream.write_all(&answer).unwrap();
            }
        });
        Self { url, leads_to }
    }

    /// Starts a listener behind it, and returns what the first test found.
    fn test(&self, words: &[&str]) -> (Listener, Value) {
        let words = [&["--public-url", &*self.url][..], words].concat();
        let mut listener = Listener::start(&words);
        let words = listener.said.split_whitespace();
        let mut words = words.skip_while(|word| *word != "inspector");
        let page = words.nth(1).unwrap().trim_start_matches("http://");
        let to = (listener.address().to_owned(), page.to_owned());
        self.leads_to.send(to).unwrap();
        let report = listener.json();
        (listener, report)
    }
}

/// Reads a request to the end of its body.
fn read(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = vec![];
    let mut part = [0; 4096];
    loop {
        if is_whole(&request) {
            return request;
        }
        let length = stream.read(&mut part).unwrap();
        request.extend_from_slice(&part[..length]);
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        body.len() >= length.map_or(0, |length| length.parse().unwrap())
    })
}

fn with_headers(mut request: Vec<u8>) -> Vec<u8> {
    let head = request
        .windows(4)
        .position(|end| end == b"\r\n\r\n")
        .unwrap();
    let added = b"\r\nX-Forwarded-For: 203.0.113.7\r\nCF-Ray: 1";
    request.splice(head..head, added.iter().copied());
    request
}

/// Spells JSON as other programs do.
fn normalised(request: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(request).unwrap();
    let length = |text: &str| text.split_once("\r\n\r\n").unwrap().1.len();
    let before = length(&text);
    let changed = text.replace("\\/", "/").replace("\\u00e9", "é");
    let after = length(&changed);
    let header = |length| format!("Content-Length: {length}\r\n");
    changed
        .replace(&header(before), &header(after))
        .into_bytes()
}

#[test]
fn a_tunnel_that_changes_nothing_is_ok_and_its_probes_are_no_deliveries() {
    let receiver = Receiver::accepting();
    let proxy = Proxy::start(false, with_headers);
    let (mut listener, report) = proxy.test(&["--forward-to", &receiver.url]);
    assert!(report["elapsed_ms"].is_u64(), "{report}");
    let expected = json!({
        "type": "tunnel", "url": proxy.url, "ok": true, "faults": [],
        "adds": ["X-Forwarded-For", "CF-Ray"], "elapsed_ms": report["elapsed_ms"],
    });
    assert_eq!(report, expected);
    assert!(listener.files().is_empty() && receiver.next_request().is_none());
    // A value that no probe has makes a delivery.
    let forged = String::from_utf8(sale()).unwrap();
    let forged = forged.replacen("\r\n", "\r\nX-Siohook-Probe: 00\r\n", 1);
    assert_eq!(status(&listener.send(forged.as_bytes())), "200");
    assert_eq!(listener.json()["type"], "delivery");
    receiver.request();
    listener.signal("TERM");
    let (code, lines) = listener.end();
    assert_eq!(code, Some(0));
    assert!(
        lines.last().unwrap().contains("\"deliveries\":1,"),
        "{lines:?}"
    );
}

#[test]
fn a_tunnel_that_rewrites_json_is_named() {
    let (_, report) = Proxy::start(false, normalised).test(&[]);
    let fault = r#"the body is rewritten: `"\/"`, `"\u00e9"` changed, so signatures fail"#;
    assert_eq!(
        (&report["ok"], &report["faults"]),
        (&json!(false), &json!([fault]))
    );
}

#[test]
fn a_tunnel_that_shows_the_inspector_is_named() {
    let (_, report) = Proxy::start(true, with_headers).test(&[]);
    let fault = "it shows the inspector: let it lead to the endpoint alone";
    assert_eq!(
        (&report["ok"], &report["faults"]),
        (&json!(false), &json!([fault]))
    );
}

#[test]
fn a_tunnel_that_is_down_or_leads_elsewhere_is_named() {
    let other = Receiver::accepting();
    for (url, part) in [
        (&*nowhere(), "nothing listens at"),
        (&*other.url, "200 came from elsewhere"),
    ] {
        let mut listener = Listener::start(&["--public-url", url]);
        let report = listener.json();
        let fault = report["faults"][0].as_str().unwrap();
        assert!(fault.contains(part), "{report}");
        assert_eq!(report["ok"], false);
        // It ends while tests go on.
        listener.signal("TERM");
        assert_eq!(listener.end().0, Some(0));
    }
}

#[test]
fn a_person_reads_a_line_about_the_tunnel() {
    let proxy = Proxy::start(false, with_headers);
    let folder = tempfile::tempdir().unwrap();
    let mut listener = Listener::start_in(folder, &["--public-url", &proxy.url]);
    let address = listener.address().to_owned();
    proxy.leads_to.send((address.clone(), address)).unwrap();
    let line = listener.word_line("tunnel ok");
    let start = "tunnel ok: bytes unchanged, adds X-Forwarded-For and CF-Ray, ";
    assert!(line.starts_with(start) && line.ends_with(" ms"), "{line}");

    let folder = tempfile::tempdir().unwrap();
    let mut listener = Listener::start_in(folder, &["--public-url", &nowhere()]);
    listener.word_line("tunnel fails: nothing listens at");
}
