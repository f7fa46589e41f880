//! Recorded deliveries, in forms for other programs.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;
use siohook_sender::{Capture, Sample};

use crate::deliveries::{Kept, SALE, SALE_BODY};
use crate::receiver::Receiver;
use crate::run::has;

#[test]
fn a_file_and_a_body_are_exact() {
    let kept = Kept::empty();
    let path = kept.add_bytes(
        "k3f9qa",
        "2026-11-26T11:02:13.000000Z",
        SALE.as_bytes(),
        b"\0\xff\n",
    );
    let mut file = fs::read(&path).unwrap();
    assert_eq!(kept.bytes(&["export", "@1", "--as", "http"]), file);
    assert_eq!(kept.bytes(&["export", "@1", "--as", "body"]), b"\0\xff\n");
    file.push(b'!');
    fs::write(&path, &file).unwrap();
    assert_eq!(kept.bytes(&["export", "@1", "--as", "http"]), file);
    let several = kept.run(&["export", "@1", "@1", "--as", "http"]);
    assert_eq!((several.code, &*several.stdout), (2, ""));
}

#[test]
fn json_has_all_of_the_request() {
    let kept = Kept::new();
    let head = b"POST / HTTP/1.1\r\nA: 1\r\na: \xff\r\n\r\n";
    kept.add_bytes("bbbbbb", "2026-11-26T11:02:16.000000Z", head, b"\xff");
    let ended = kept.run(&["export", "k3f", "@1", "--as", "json"]).good();
    let [sale, odd] = &*ended.json() else {
        panic!("{ended:?}");
    };
    assert_eq!(
        (&sale["target"], &sale["body"]),
        (&"/systeme?token=b7e1".into(), &SALE_BODY.into())
    );
    let headers = serde_json::json!([
        {"name": "A", "value": "1"},
        {"name": "a", "value_base64": "/w=="},
    ]);
    assert_eq!(
        (&odd["headers"], &odd["body_base64"]),
        (&headers, &"/w==".into())
    );
}

#[test]
fn curl_sends_the_same_bytes() {
    if !has("curl") {
        return;
    }
    let receiver = Receiver::accepting();
    let host = receiver
        .url
        .trim_start_matches("http://")
        .trim_end_matches("/systeme")
        .to_owned();
    let kept = Kept::empty();
    let long = "x\n".repeat(200_000);
    let bodies: [&[u8]; 10] = [
        br#"{"a":"it's $HOME `id` \\ \/ \u00e9 % \"","b":1.0}"#,
        "{\"é\":\"ж🦀\"}\n".as_bytes(),
        b"SIOHOOK\nSIOHOOK_\n\n",
        b"\n",
        b"",
        b"a\0b\\0",
        b"\xff\xfe\r\n",
        b"\x1b[2J",
        "\u{202e}".as_bytes(),
        long.as_bytes(),
    ];
    for (number, body) in bodies.into_iter().enumerate() {
        let head = format!(
            "POST /systeme/%7B{{a}}/../[b]?x='1'&y=\"$z\"&token=b7e1 HTTP/1.1\r\n\
             X-WebHook-EVENT: SALE_NEW\r\nx-b:  spaced \t\r\nX-Dup: one\r\n\
             HOST: {host}\r\ncontent-length: {}\r\nx-DUP: two\r\nX-Quote: it's \"$HOME\" @a\r\n\
             X-Empty:\r\nX-Bin: ",
            body.len()
        );
        let head = [head.as_bytes(), b"\xe9\xff%\\\r\nX-C1: \xc2\x9b\r\n\r\n"].concat();
        let time = format!("2026-11-{:02}T11:02:13Z", number + 1);
        kept.add_bytes(&format!("aaaaa{number}"), &time, &head, body);
        let script = kept.bytes(&["export", "@1", "--as", "curl"]);
        let path = kept.folder.path().join("script");
        fs::write(&path, &script).unwrap();
        for shell in ["sh", "bash"]
            .into_iter()
            .filter(|shell| *shell == "sh" || has(shell))
        {
            let ran = Command::new(shell)
                .arg(&path)
                .stderr(Stdio::piped())
                .output()
                .unwrap();
            assert!(ran.status.success(), "{shell}: {ran:?}");
            let sent = receiver.request();
            let expected = [&head[..], body].concat();
            assert!(
                sent == expected,
                "{shell} {number}: {}\n{}",
                String::from_utf8_lossy(&sent),
                String::from_utf8_lossy(&script)
            );
        }
    }
}

#[test]
fn a_sample_is_a_test_that_compiles() {
    let kept = Kept::empty();
    let sale = Sample::of("SALE_NEW")
        .request("/systeme")
        .unwrap()
        .to_http1();
    let capture = Capture::read(sale).unwrap();
    kept.add_bytes(
        "k3f9qa",
        "2026-11-26T11:02:13.000000Z",
        capture.head(),
        capture.body(),
    );
    let code =
        String::from_utf8(kept.bytes(&["export", "@1", "--as", "sample", "--mask"])).unwrap();
    if std::env::var_os("UPDATE").is_some() {
        fs::write("tests/program/copied.rs", &code).unwrap();
        let file = kept.bytes(&["export", "@1", "--as", "http", "--mask"]);
        fs::write("tests/program/k3f9qa.http", file).unwrap();
    }
    // `copied` is a test of its own, beside this one.
    assert_eq!(code, include_str!("copied.rs"));

    let tag = Sample::of("contact.tag.added")
        .request("/systeme")
        .unwrap()
        .to_http1();
    let capture = Capture::read(tag).unwrap();
    kept.add_bytes(
        "aaaaaa",
        "2026-11-26T11:02:14.000000Z",
        capture.head(),
        capture.body(),
    );
    let code = String::from_utf8(kept.bytes(&["export", "@1", "--as", "sample"])).unwrap();
    assert!(code.contains("fn contact_tag_added_aaaaaa() {"), "{code}");
    assert!(
        code.contains(r#"(include_bytes!("aaaaaa.http")).token(TOKEN);"#),
        "{code}"
    );
    let other = kept.add(
        "bbbbbb",
        "2026-11-26T11:02:15.000000Z",
        "POST / HTTP/1.1\r\n\r\n",
        "{}",
    );
    let ended = kept.run(&["export", other.to_str().unwrap(), "--as", "sample"]);
    assert_eq!(ended.code, 2, "{ended:?}");
}

/// The members that the specification requires, and their kinds.
fn check_har(har: &Value) {
    let has = |value: &Value, members: &[(&str, fn(&Value) -> bool)]| {
        for (name, is_kind) in members {
            assert!(is_kind(&value[name]), "{name} in {value}");
        }
    };
    let log = &har["log"];
    has(
        log,
        &[
            ("version", Value::is_string),
            ("creator", Value::is_object),
            ("entries", Value::is_array),
        ],
    );
    has(
        &log["creator"],
        &[("name", Value::is_string), ("version", Value::is_string)],
    );
    for entry in log["entries"].as_array().unwrap() {
        has(
            entry,
            &[
                ("startedDateTime", Value::is_string),
                ("time", Value::is_number),
                ("request", Value::is_object),
                ("response", Value::is_object),
                ("cache", Value::is_object),
                ("timings", Value::is_object),
            ],
        );
        let message: &[(&str, fn(&Value) -> bool)] = &[
            ("httpVersion", Value::is_string),
            ("cookies", Value::is_array),
            ("headers", Value::is_array),
            ("headersSize", Value::is_i64),
            ("bodySize", Value::is_i64),
        ];
        has(&entry["request"], message);
        has(&entry["response"], message);
        has(
            &entry["request"],
            &[
                ("method", Value::is_string),
                ("url", Value::is_string),
                ("queryString", Value::is_array),
            ],
        );
        has(
            &entry["response"],
            &[
                ("status", Value::is_u64),
                ("statusText", Value::is_string),
                ("content", Value::is_object),
                ("redirectURL", Value::is_string),
            ],
        );
        has(
            &entry["response"]["content"],
            &[("size", Value::is_u64), ("mimeType", Value::is_string)],
        );
        has(
            &entry["timings"],
            &[
                ("send", Value::is_number),
                ("wait", Value::is_number),
                ("receive", Value::is_number),
            ],
        );
        let request = &entry["request"];
        let pairs = ["headers", "queryString"].map(|name| request[name].as_array().unwrap());
        for pair in pairs.into_iter().flatten() {
            has(
                pair,
                &[("name", Value::is_string), ("value", Value::is_string)],
            );
        }
        let post = &request["postData"];
        if !post.is_null() {
            has(
                post,
                &[
                    ("mimeType", Value::is_string),
                    ("params", Value::is_array),
                    ("text", Value::is_string),
                ],
            );
        }
    }
}

#[test]
fn an_archive_is_har_1_2() {
    let kept = Kept::new();
    kept.add_bytes(
        "bbbbbb",
        "2026-11-26T11:02:16.000000Z",
        b"POST * HTTP/1.1\r\n\r\n",
        b"\xff",
    );
    let log = r#"{"type":"forward","at":"x","to":"http://a/","status":409,"elapsed_ms":3,"headers":[["Content-Type","text/plain"]],"body":"busy"}"#;
    kept.log("20261126T110213.482913Z_k3f9qa.log", log);
    let har = kept.bytes(&["export", "k3f", "@2", "@1", "--as", "har"]);
    let har: Value = serde_json::from_slice(&har).unwrap();
    check_har(&har);
    let entries = har["log"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    let [sale, tag, odd] = [0, 1, 2].map(|index| &entries[index]);
    assert_eq!(
        sale["request"]["url"],
        "http://calm-river.example.com/systeme?token=b7e1"
    );
    assert_eq!(sale["request"]["postData"]["text"], SALE_BODY);
    assert_eq!(sale["response"]["status"], 409);
    assert_eq!(sale["response"]["content"]["mimeType"], "text/plain");
    assert_eq!(tag["response"]["status"], 0);
    assert_eq!(odd["request"]["postData"]["_encoding"], "base64");
    // An answer may repeat what is masked.
    let masked = kept.bytes(&["export", "k3f", "--as", "har", "--mask"]);
    let masked = String::from_utf8(masked).unwrap();
    assert!(
        !masked.contains("busy") && !masked.contains("b7e1") && !masked.contains("a.fr"),
        "{masked}"
    );
}

#[test]
fn a_masked_file_is_marked_and_as_long() {
    let kept = Kept::new();
    let masked = kept.bytes(&["export", "k3f", "--as", "http", "--mask"]);
    let capture = Capture::read(masked).unwrap();
    assert!(capture.is_masked() && !capture.is_edited());
    assert_eq!(
        (capture.head().len(), capture.body().len()),
        (SALE.len(), SALE_BODY.len())
    );
    let text = String::from_utf8(capture.to_bytes()).unwrap();
    for gone in ["b7e1", "0123\r", "203.0.113.7\r", "00e9"] {
        assert!(!text.contains(gone), "{gone} in {text}");
    }
    assert!(text.contains(r#""x@example.com""#), "{text}");
    let body = kept.bytes(&["export", "k3f", "--as", "body", "--mask"]);
    assert_eq!(capture.body(), &body);
}
