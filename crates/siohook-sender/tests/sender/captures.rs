use std::net::SocketAddr;

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use siohook_sender::{Capture, Framing, Mechanism};

const HEAD: &str = "POST /systeme?token=b7e1 HTTP/1.1\r\n\
                    Host: calm-river.example.com\r\n\
                    X-WebHook-EVENT: SALE_NEW\r\n\
                    x-b:  spaced \t\r\n\
                    Content-Length: 2\r\n\
                    X-Dup: one\r\n\
                    x-DUP: two\r\n\
                    \r\n";

fn capture() -> Capture {
    let address = |port| Some(SocketAddr::from(([127, 0, 0, 1], port)));
    let time = "2026-11-26T11:02:13.482913Z".parse().unwrap();
    let capture = Capture::new(HEAD, "{}").unwrap().with_name("k3f9qa");
    capture.with_receipt(time, address(51544), address(7464))
}

fn file(lines: &str) -> Vec<u8> {
    format!("{lines}# ---\n{HEAD}{{}}").into_bytes()
}

#[test]
fn a_file_is_a_request_with_comments() {
    let text = String::from_utf8(capture().to_bytes()).unwrap();
    let comments = "\
### SALE_NEW 2026-11-26T11:02:13.482913Z
# siohook: 1
# @name k3f9qa
# received: 2026-11-26T11:02:13.482913Z from 127.0.0.1:51544 at 127.0.0.1:7464
# head: 153 bytes, sha256 (…)
# body: 2 bytes, sha256 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a
# framing: content-length
# ---
";
    let (before, after) = text.split_once("153 bytes, sha256 ").unwrap();
    let text = format!("{before}153 bytes, sha256 (…){}", &after[64..]);
    assert_eq!(text, format!("{comments}{HEAD}{{}}"));
}

#[test]
fn a_capture_tells_what_was_received() {
    let capture = Capture::read(capture().to_bytes()).unwrap();
    assert_eq!((capture.method(), capture.version()), ("POST", "HTTP/1.1"));
    assert_eq!(capture.target(), b"/systeme?token=b7e1");
    assert_eq!(capture.event().as_deref(), Some("SALE_NEW"));
    assert_eq!(capture.mechanism(), Some(Mechanism::Account));
    assert_eq!(capture.header("X-B"), Some(&b"spaced"[..]));
    let of_name = capture
        .headers()
        .filter(|(name, _)| name.starts_with(['X', 'x']));
    let names: Vec<_> = of_name.map(|(name, _)| name).collect();
    assert_eq!(names, ["X-WebHook-EVENT", "x-b", "X-Dup", "x-DUP"]);
    assert_eq!(capture.framing(), Framing::ContentLength);
    assert_eq!(capture.peer(), Some(([127, 0, 0, 1], 51544).into()));
    assert_eq!(capture.local().unwrap().port(), 7464);
    assert_eq!(capture.received_at().unwrap().subsec_nanos(), 482_913_000);
    assert_eq!(capture.name(), Some("k3f9qa"));
    assert!(!capture.is_edited() && !capture.is_masked() && !capture.is_truncated());
    assert_eq!(capture.edited_from(), None);
    let debug = format!("{capture:?}");
    assert!(
        !debug.contains("b7e1") && debug.contains("head_bytes: 153"),
        "{debug}"
    );
}

#[test]
fn marks_and_unknown_lines_are_kept() {
    let marked = capture()
        .truncated()
        .with_extra(18)
        .masked()
        .with_edited_from("0c2h5e");
    let marked = Capture::read(marked.to_bytes()).unwrap();
    assert!(marked.is_truncated() && marked.is_masked());
    assert_eq!(marked.extra(), 18);
    assert_eq!(marked.edited_from(), Some("0c2h5e"));

    let lines = "### mine\n# siohook: 1\n# framing: chunked\n# trailers: X-A: \u{e9}\n\
                 # colour: blue\n# extra: some\n# a remark\n### more\n";
    let known = Capture::read(file(lines)).unwrap();
    assert_eq!(known.framing(), Framing::Chunked);
    assert!(known.trailers().eq(["X-A: \u{e9}".as_bytes()]));
    assert_eq!(known.to_bytes(), file(lines));
    // Its digests are unknown.
    assert!(!known.is_edited());
}

#[test]
fn an_edited_part_is_told_from_a_received_one() {
    let edited = |from: &str, to: &str| {
        let text = String::from_utf8(capture().to_bytes()).unwrap();
        let edited = Capture::read(text.replace(from, to)).unwrap();
        (
            edited.is_head_edited(),
            edited.is_body_edited(),
            edited.is_edited(),
        )
    };
    assert_eq!(edited("X-Dup", "X-Dup"), (false, false, false));
    assert_eq!(edited("X-Dup: one", "X-Dup: on"), (true, false, true));
    assert_eq!(edited("\r\n{}", "\r\n[]"), (false, true, true));
    assert_eq!(edited("\r\n", "\n"), (true, false, true));
    let new = capture().with_message("POST / HTTP/1.0\n\n", "[]").unwrap();
    assert!(!new.is_edited() && new.name() == Some("k3f9qa") && new.framing() == Framing::None);
}

#[test]
fn line_ends_of_windows_do_not_matter_before_the_mark() {
    let text = String::from_utf8(file("### a\n# siohook: 1\n# @name x\n")).unwrap();
    let windows = text.replace("\r\n", "\n").replace('\n', "\r\n");
    let read = |text: String| Capture::read(text).unwrap();
    assert_eq!(read(windows.clone()), read(text));
    assert_eq!(read(format!("\u{feff}{windows}")), read(windows));
}

#[test]
fn an_error_names_the_line_and_what_to_do() {
    let start = "### a\n# siohook: 1\n";
    for (lines, line, text) in [
        ("# siohook: 2\n", 1, "update siohook"),
        ("# siohook: two\n", 1, "write `# siohook: 1`"),
        (&*format!("{start}# siohook: 1\n"), 3, "remove it"),
        (
            &format!("{start}# received: today\n"),
            3,
            "write `# received: TIME",
        ),
        (
            &format!("{start}# received: 2026-11-26T11:02:13Z from me\n"),
            3,
            "or remove it",
        ),
        (
            &format!("{start}# head: 9 bytes, sha256 9f\n"),
            3,
            "write `# head: N bytes",
        ),
        (&format!("{start}# body: 9\n"), 3, "write `# body: N bytes"),
        (
            &format!("{start}# framing: h2\n"),
            3,
            "`content-length`, `chunked` or `none`",
        ),
        (
            &format!("{start}# @name a\n# @name b\n"),
            4,
            "is there already",
        ),
        (&format!("{start}POST / HTTP/1.1\n"), 3, "begin with `#`"),
    ] {
        let error = Capture::read(file(lines)).unwrap_err();
        assert_eq!(error.line(), line, "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
    for (text, line, what) in [
        ("", 1, "is not a request"),
        ("{\"a\":1}", 1, "is not a request"),
        ("# siohook: 1\n", 2, "`# ---` is missing"),
        ("# siohook: 1\n# ---\n", 3, "is not a request"),
        (
            "# siohook: 1\n# ---\nPOST / HTTP/2\r\n\r\n",
            3,
            "is not a request",
        ),
        (
            "# siohook: 1\n# ---\nPOST / HTTP/1.1\r\na: 1\r\n",
            5,
            "write an empty line",
        ),
        ("POST / HTTP/1.1\na b: 1\n\n", 2, "is not a header"),
        ("POST / HTTP/1.1\na: 1\r2\n\n", 2, "is not a header"),
        ("POST /systeme\n\n{}", 1, "write ` HTTP/1.1`"),
        (
            "POST / HTTP/1.1\n\n{}\n### b\nPOST / HTTP/1.1\n\n{}",
            4,
            "a next request",
        ),
        (
            "POST / HTTP/1.1\ncontent-length: 3\n\n{}",
            4,
            "shorter than",
        ),
        ("POST / HTTP/1.1\ncontent-length: 1\n\n{}", 4, "longer than"),
        (
            "POST / HTTP/1.1\ncontent-length: 2\ncontent-length: 2\n\n{}",
            5,
            "is not one number",
        ),
        (
            "POST / HTTP/1.1\ntransfer-encoding: chunked\n\n{}",
            4,
            "not in chunks",
        ),
    ] {
        let error = Capture::read(text).unwrap_err();
        assert_eq!(error.line(), line, "{error}");
        assert!(error.to_string().contains(what), "{error}");
    }
    let error = Capture::new("POST / HTTP/1.1\r\n\r\n{}", "").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 3: the head goes on after its empty line"
    );
}

#[test]
fn a_request_of_an_editor_or_of_a_connection_is_read() {
    for (text, body) in [
        ("POST /x HTTP/1.1\nhost: a\n\n{}", "{}"),
        ("POST /x HTTP/1.1\r\nhost: a\r\n\r\n{}\n", "{}\n"),
        ("POST http://a/x HTTP/1.1\n\n", ""),
        (
            "\n### a sale\n# @no-log\n// of today\n\nPOST /x HTTP/1.1\n\n{}",
            "{}",
        ),
        ("POST /x HTTP/1.1\nContent-Length: 2\n\n{}\n\n", "{}"),
        (
            "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
             1;a=b\r\n{\r\nA\r\n\"a\":\"\r\n\" }\r\n0\r\nX-T: 1\r\n\r\n",
            "{\"a\":\"\r\n\" }",
        ),
    ] {
        let capture = Capture::read(text).unwrap();
        assert_eq!(capture.body(), body, "{text}");
        assert_eq!(capture.method(), "POST");
        assert!(capture.trailers().all(|line| line == b"X-T: 1"));
        assert_eq!(Capture::read(capture.to_bytes()).unwrap(), capture);
    }
}

#[test]
fn events_are_found_in_headers_and_bodies() {
    let read = |head: &str, body: &str| Capture::new(head.to_owned(), body.to_owned()).unwrap();
    let plain = "POST / HTTP/1.1\r\n\r\n";
    let tag = read(plain, r#"{"type":"contact.tag.added"}"#);
    assert_eq!(tag.mechanism(), Some(Mechanism::Automation));
    for body in ["", "[]", "{", r#"{"type":1}"#] {
        let capture = read(plain, body);
        assert_eq!((capture.event(), capture.mechanism()), (None, None));
        assert!(capture.to_bytes().starts_with(b"###\n# siohook: 1\n"));
    }
    // An event name can't add a line, or drive a terminal.
    let odd = read("POST / HTTP/1.1\r\nx-webhook-event: a\u{9b}2J\r\n\r\n", "");
    assert!(odd.to_bytes().starts_with(br"### a\u{9b}2J"));
}

fn word() -> impl Strategy<Value = Vec<u8>> {
    proptest::string::string_regex("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}")
        .unwrap()
        .prop_map(String::into_bytes)
}

fn heads() -> impl Strategy<Value = Vec<u8>> {
    let byte = || prop_oneof![Just(b'\t'), 0x20..=0x7e_u8, 0x80..=0xff_u8];
    let end = || prop_oneof![Just("\r\n"), Just("\n")];
    let name = prop_oneof![
        word(),
        Just(b"X-Webhook-Event".to_vec()),
        Just(b"Transfer-Encoding".to_vec()),
        Just(b"content-length".to_vec()),
    ];
    let header = (name, vec(byte(), 0..12), end());
    let target = vec(prop_oneof![0x21..=0x7e_u8, 0x80..=0xff_u8], 1..12);
    let start = prop_oneof![Just(""), Just("\r\n"), Just("\n\n")];
    let request = (start, word(), target, end(), vec(header, 0..6), end());
    request.prop_map(|(start, method, target, line, headers, last)| {
        let mut head = [start.as_bytes(), &method, b" ", &target, b" HTTP/1.1"].concat();
        head.extend_from_slice(line.as_bytes());
        for (name, value, end) in headers {
            head.extend([&*name, b":", &value, end.as_bytes()].concat());
        }
        head.extend_from_slice(last.as_bytes());
        head
    })
}

proptest! {
    /// Whatever was received is in the file to the byte, and is read again.
    #[test]
    fn a_file_keeps_every_byte(
        head in heads(),
        body in vec(any::<u8>(), 0..64),
        name in of(".{0,12}"),
        trailers in vec(vec(any::<u8>(), 0..12), 0..3),
        marks in any::<[bool; 3]>(),
        extra in prop_oneof![Just(0), any::<u64>()],
        receipt in of((0..4_102_444_800_u64, 0..1_000_000_000_u32, any::<(std::net::IpAddr, u16)>())),
    ) {
        let mut capture = Capture::new(head.clone(), body.clone()).unwrap().with_trailers(trailers);
        if let Some(name) = &name {
            capture = capture.with_name(name);
        }
        if let Some((seconds, nanos, peer)) = receipt {
            let time = std::time::UNIX_EPOCH + std::time::Duration::new(seconds, nanos);
            capture = capture.with_receipt(time.try_into().unwrap(), Some(peer.into()), None);
        }
        if marks[0] {
            capture = capture.truncated();
        }
        if marks[1] {
            capture = capture.masked();
        }
        if marks[2] {
            capture = capture.with_edited_from("k3f9qa");
        }
        capture = capture.with_extra(extra);
        let file = capture.to_bytes();
        prop_assert!(file.ends_with(&[&head[..], &body].concat()));
        let read = Capture::read(file.clone()).unwrap();
        prop_assert_eq!(read.head(), &head);
        prop_assert_eq!(read.body(), &body);
        prop_assert!(!read.is_edited());
        prop_assert_eq!(read.to_bytes(), file);
        prop_assert!(read == capture);
    }

    /// A delivery that a server accepted is never lost because its head is odd.
    #[test]
    fn what_a_server_accepts_can_be_captured(
        mut head in heads(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    ) {
        for (place, byte) in changes {
            let place = place.index(head.len());
            head[place] = byte;
        }
        let mut headers = [httparse::EMPTY_HEADER; 16];
        let mut request = httparse::Request::new(&mut headers);
        if let Ok(httparse::Status::Complete(end)) = request.parse(&head) {
            let capture = Capture::new(head[..end].to_vec(), "").unwrap();
            prop_assert_eq!(capture.method(), request.method.unwrap());
            prop_assert_eq!(capture.target(), request.path.unwrap().as_bytes());
            let names = request.headers.iter().map(|header| header.name);
            prop_assert!(capture.headers().map(|(name, _)| name).eq(names));
        }
    }
}
