//! `siohook sandbox fire`

use std::fs;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::receiver::{Receiver, nowhere};
use crate::run::{Sandbox, end, has};

#[test]
fn a_line_says_what_the_receiver_answered() {
    let receiver = Receiver::accepting();
    let sandbox = Sandbox::start(&["--to", &receiver.url]);
    let fired = sandbox.run(&["fire", "SALE_NEW"]).good();
    let line = fired.stdout.trim_end().split('\t').collect::<Vec<_>>();
    let [event, id, bytes, answer, ms, to] = line[..] else {
        panic!("{fired:?}");
    };
    assert_eq!(
        (event, answer, to),
        ("SALE_NEW", "200 done", &*receiver.url)
    );
    assert_eq!(id.len(), 36);
    assert!(bytes.parse::<u32>().unwrap() > 500 && ms.parse::<u32>().is_ok());
    assert_eq!(fired.stderr, "");

    let fired = sandbox
        .run(&["fire", "SALE_NEW", "--times", "3", "--json"])
        .good();
    let lines = fired.json();
    assert_eq!(lines.len(), 3);
    assert_eq!(
        (&lines[0]["type"], &lines[0]["status"]),
        (&json!("message"), &json!("delivered"))
    );
}

#[test]
fn more_can_be_fired_than_is_kept() {
    let receiver = Receiver::accepting();
    let sandbox = Sandbox::start(&["--keep", "2", "--to", &receiver.url]);
    let fired = sandbox.run(&["fire", "SALE_NEW", "--times", "5"]).good();
    assert_eq!(fired.stdout.lines().count(), 2, "{fired:?}");
    assert_eq!(fired.stderr, "3 more were finished and are not kept\n");
}

#[test]
fn a_receiver_that_refuses_is_exit_1() {
    let receiver = Receiver::answering(401, r#"{"outcome":"unauthorized"}"#);
    let sandbox = Sandbox::start(&["--to", &receiver.url]);
    let fired = sandbox.run(&["fire", "SALE_NEW"]);
    assert_eq!(fired.code, 1, "{fired:?}");
    assert!(fired.stdout.contains("\t401 unauthorized\t"), "{fired:?}");
    assert_eq!(
        fired.stderr,
        "  the receiver says unauthorized: is its secret the webhook's?\n"
    );
    // An attempt that is asked for leaves the status of the message as it was.
    let resent = sandbox.run(&["resend", "@1"]);
    assert_eq!(resent.code, 1, "{resent:?}");
}

#[test]
fn a_receiver_that_does_not_answer_is_exit_3() {
    let url = nowhere();
    let sandbox = Sandbox::start(&["--to", &url]);
    let message = format!("nothing listens at {url} (tried 127.0.0.1)");
    for words in [
        &["fire", "SALE_NEW"][..],
        &["fire", "SALE_NEW", "--to", &url],
    ] {
        let fired = sandbox.run(words);
        assert_eq!(fired.code, 3, "{fired:?}");
        assert!(fired.stdout.contains("\trefused\t"), "{fired:?}");
        let hint = format!("start the receiver, or see `siohook doctor {url}");
        let start = format!("error: {message}\n  {hint}");
        assert!(fired.stderr.starts_with(&start), "{fired:?}");
    }
    let fired = sandbox.run(&["fire", "SALE_NEW", "--times", "2", "--json"]);
    let error: serde_json::Value = serde_json::from_str(&fired.stderr).unwrap();
    assert_eq!(error["code"], "receiver_unreachable");
    assert_eq!(error["message"], *message);

    let (receiver, go) = Receiver::waiting();
    let fired = sandbox.run(&["fire", "SALE_NEW", "--to", &receiver.url, "--wait", "1ms"]);
    assert_eq!(fired.code, 3, "{fired:?}");
    assert!(fired.stderr.starts_with("  no answer yet"), "{fired:?}");
    // Without a wait, the answer does not matter.
    let fired = sandbox.run(&["fire", "SALE_NEW", "--to", &receiver.url, "--wait", "0s"]);
    assert_eq!(fired.code, 0, "{fired:?}");
    drop(go);
}

#[test]
fn an_event_without_a_receiver_is_exit_1() {
    let sandbox = Sandbox::start(&[]);
    let fired = sandbox.run(&["fire", "SALE_NEW"]);
    assert_eq!((fired.code, &*fired.stdout), (1, ""), "{fired:?}");
    assert!(
        fired
            .stderr
            .starts_with("error: nothing received SALE_NEW\n"),
        "{fired:?}"
    );
    assert!(fired.stderr.contains("add `--to URL`"), "{fired:?}");
}

#[test]
fn a_mistake_is_exit_2_and_sends_nothing() {
    let receiver = Receiver::accepting();
    let sandbox = Sandbox::start(&["--to", &receiver.url]);
    for (words, text) in [
        (&["NEW_SALE"][..], "SALE_NEW"),
        (&["contact.tag.aded"], "contact.tag.added"),
        (
            &["SALE_NEW", "--set", "/pricePlan/amonut=1"],
            "/pricePlan/amount",
        ),
        (
            &["SALE_NEW", "--set", "/pricePlan/amount"],
            "write a pointer and a value",
        ),
        (&["SALE_NEW", "--contact", "ada"], "ada"),
        (&["SALE_NEW", "--at", "today"], "today"),
        (&["SALE_NEW", "--with", "tga=VIP"], "tag"),
        (&["SALE_NEW", "--times", "0"], "--times"),
        (&["SALE_NEW", "--to", "ftp://127.0.0.1"], "http"),
        (
            &["SALE_NEW", "--to", "http://192.0.2.1/"],
            "--allow 192.0.2.1",
        ),
        (&["SALE_NEW", "--wait", "soon"], "write a duration"),
        (
            &["SALE_NEW", "--print", "curl", "--json"],
            "leave one of them out",
        ),
    ] {
        let fired = sandbox.run(&[&["fire"], words].concat());
        assert_eq!((fired.code, &*fired.stdout), (2, ""), "{words:?} {fired:?}");
        assert!(fired.stderr.contains(text), "{words:?} {fired:?}");
    }
    let missing = sandbox.run(&["fire", "SALE_NEW", "--body", "/not/there.json"]);
    assert_eq!(missing.code, 4, "{missing:?}");
    assert_eq!(sandbox.run(&["messages"]).good().stdout, "");
}

#[test]
fn a_body_is_edited_or_given() {
    let receiver = Receiver::accepting();
    let sandbox = Sandbox::start(&["--to", &receiver.url]);
    let words = ["fire", "SALE_NEW", "--set", "/pricePlan/amount=9900"];
    let name = [
        "--set",
        "/pricePlan/name=99 red",
        "--contact",
        "ada@example.com",
    ];
    sandbox.run(&[&words[..], &name].concat()).good();
    let request = String::from_utf8(receiver.request()).unwrap();
    assert!(request.contains(r#""amount":9900"#), "{request}");
    assert!(request.contains(r#""name":"99 red""#), "{request}");
    assert!(request.contains("ada@example.com"), "{request}");

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("body.json");
    fs::write(&path, "{ \"a\":\"é\\n\" }\n").unwrap();
    sandbox
        .run(&["fire", "SALE_NEW", "--body", path.to_str().unwrap()])
        .good();
    let request = String::from_utf8(receiver.request()).unwrap();
    assert!(
        request.ends_with("\r\n\r\n{ \"a\":\"é\\n\" }\n"),
        "{request}"
    );
}

/// Odd bodies: quotes and backslashes for the shell, zero bytes, more than a command line holds.
#[test]
fn a_printed_request_is_the_one_that_is_sent() {
    let receiver = Receiver::accepting();
    let now = ["--clock", "manual", "--now", "2026-01-01T00:00:00Z"];
    let sandbox = Sandbox::start(&[&["--seed", "7"], &now[..]].concat());
    let directory = tempfile::tempdir().unwrap();
    let long = "x'\\n%s\n".repeat(30_000);
    for body in [
        "{\"a\":\"it's $HOME `id` \\u00e9 \\\\ \\/\"}",
        "@/etc/passwd\n\n",
        "a\0b\\0c'",
        &*long,
    ] {
        let path = directory.path().join("body");
        fs::write(&path, body).unwrap();
        let to = format!("{}/../a?q='1&b=$HOME", receiver.url);
        let fire = [
            "fire",
            "SALE_NEW",
            "--to",
            &to,
            "--body",
            path.to_str().unwrap(),
        ];
        let printed = sandbox
            .run(&[&fire[..], &["--print", "http"]].concat())
            .good();
        let curl = sandbox
            .run(&[&fire[..], &["--print", "curl"]].concat())
            .good();
        let json = sandbox
            .run(&[&fire[..], &["--print", "json"]].concat())
            .good()
            .json();
        assert_eq!((json.len(), &json[0]["type"]), (1, &json!("request")));
        assert_eq!(json[0]["body"], body);

        if !has("curl") {
            continue;
        }
        let mut shell = Command::new("sh");
        let script = directory.path().join("script");
        fs::write(&script, &curl.stdout).unwrap();
        let ended = end(shell.arg(&script).stdin(Stdio::null()));
        assert_eq!(ended.code, 0, "{ended:?}");
        let sent = receiver.request();
        assert!(
            sent == printed.stdout.as_bytes(),
            "{}\n{}",
            String::from_utf8_lossy(&sent),
            printed.stdout
        );
    }
    assert_eq!(
        sandbox.run(&["messages"]).good().stdout,
        "",
        "nothing changed"
    );
}

#[test]
fn several_requests_are_printed_apart() {
    let receiver = Receiver::accepting();
    let sandbox = Sandbox::start(&["--to", &receiver.url]);
    let words = ["fire", "opt-in", "--contact", "ada@example.com", "--print"];
    let http = sandbox.run(&[&words[..], &["http"]].concat()).good().stdout;
    let count = http.split("\n\n###\n\nPOST /systeme").count();
    assert!(count > 1 && http.starts_with("POST /systeme"), "{http}");
    let json = sandbox.run(&[&words[..], &["json"]].concat()).good().json();
    assert_eq!(
        json.iter().filter(|line| line["type"] == "request").count(),
        count
    );
    let curl = sandbox.run(&[&words[..], &["curl"]].concat()).good().stdout;
    assert_eq!(
        curl.lines()
            .filter(|line| line.starts_with("curl "))
            .count(),
        count
    );
}
