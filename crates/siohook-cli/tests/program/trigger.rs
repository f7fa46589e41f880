//! `siohook trigger`.

mod settings;

use std::fs;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::receiver::{Receiver, nowhere};
use crate::run::{Ended, SECRET, TOKEN, end, program};

/// The program with a secret and a token, in a folder without settings.
fn trigger(words: &[&str]) -> Command {
    let mut command = program();
    command
        .arg("trigger")
        .args(words)
        .env("SYSTEME_WEBHOOK_SECRET", SECRET)
        .env("SYSTEME_WEBHOOK_TOKEN", TOKEN)
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null());
    command
}

fn run(words: &[&str]) -> Ended {
    end(&mut trigger(words))
}

/// Sends to a receiver, and returns head and body.
fn sent(receiver: &Receiver, words: &[&str]) -> (String, Value) {
    run(&[words, &["--to", &receiver.url]].concat()).good();
    split(&receiver.request())
}

fn split(request: &[u8]) -> (String, Value) {
    let request = String::from_utf8(request.to_vec()).unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), serde_json::from_str(body).unwrap())
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let mut lines = head.lines();
    let prefix = format!("{name}: ");
    lines.find_map(|line| line.strip_prefix(&prefix)).unwrap()
}

#[test]
fn a_sale_is_signed_and_new_at_each_run() {
    let receiver = Receiver::accepting();
    let mut ids = vec![];
    for _ in 0..2 {
        let ended = run(&["SALE_NEW", "--to", &receiver.url]).good();
        let request = receiver.request();
        let (head, _) = split(&request);
        let body = request
            .windows(4)
            .position(|end| end == b"\r\n\r\n")
            .unwrap()
            + 4;
        let signature = siohook_sender::sign(SECRET, &request[body..]);
        assert_eq!(header(&head, "x-webhook-signature"), signature);
        let id = header(&head, "x-webhook-message-id").to_owned();
        let bytes = request.len() - body;
        let row = format!("SALE_NEW\t{id}\t{bytes}\t200 done\t");
        assert!(ended.stdout.starts_with(&row), "{ended:?}");
        assert_eq!(ended.stderr, "");
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn an_automation_has_its_token() {
    let receiver = Receiver::accepting();
    let (head, body) = sent(
        &receiver,
        &["contact.tag.added", "--account-email", "b@example.com"],
    );
    assert!(
        head.starts_with(&format!("POST /systeme?token={TOKEN} HTTP/1.1")),
        "{head}"
    );
    assert_eq!(body["account"]["email"], "b@example.com");
    let url = format!("{}?token=of-the-url", receiver.url);
    run(&["contact.tag.added", "--to", &url]).good();
    let (head, _) = split(&receiver.request());
    assert!(
        head.starts_with("POST /systeme?token=of-the-url HTTP/1.1"),
        "{head}"
    );
}

#[test]
fn a_payload_is_edited() {
    let receiver = Receiver::accepting();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("name");
    fs::write(&file, "Lea\n").unwrap();
    let from_file = format!("/customer/fields/first_name=@{}", file.display());
    let (_, body) = sent(
        &receiver,
        &[
            "SALE_NEW",
            "--set",
            "/pricePlan/amount=9900",
            "--set",
            "/customer/email=ada@example.com",
            "--set",
            "/coupon:=null",
            "--set",
            &from_file,
            "--add",
            "/customer/vip=true",
            "--remove",
            "/checkoutPage",
        ],
    );
    assert_eq!(body["pricePlan"]["amount"], 9900);
    assert_eq!(body["customer"]["email"], "ada@example.com");
    assert_eq!(body["customer"]["fields"]["first_name"], "Lea");
    assert_eq!(body["customer"]["vip"], true);
    assert_eq!(body["coupon"], Value::Null);
    assert!(body.get("checkoutPage").is_none());
}

#[test]
fn what_surrounds_a_payload_is_set() {
    let receiver = Receiver::accepting();
    let (head, _) = sent(
        &receiver,
        &[
            "SALE_NEW",
            "--at",
            "2026-01-01T00:00:00Z",
            "--message-id",
            "m-1",
            "--attempt",
            "2",
            "--header",
            "X-Request-Id: 7",
            "--header",
            "accept-encoding:",
        ],
    );
    assert_eq!(header(&head, "x-webhook-message-id"), "m-1");
    assert_eq!(
        header(&head, "x-webhook-event-timestamp"),
        "2026-01-01T00:00:00+00:00"
    );
    let second = header(&head, "x-webhook-delivery-attempt-timestamp");
    assert_eq!(second, "2026-01-01T00:00:05+00:00");
    assert_eq!(header(&head, "X-Request-Id"), "7");
    assert!(!head.contains("accept-encoding"));
    let (_, body) = sent(
        &receiver,
        &["contact.tag.added", "--at", "2026-01-01T00:00:00Z"],
    );
    assert_eq!(body["created_at"], "2026-01-01T00:00:00+00:00");
    let (_, body) = sent(
        &receiver,
        &["contact.optin.completed", "--form", "page_model"],
    );
    assert!(body["data"]["page_model"].is_object());
}

#[test]
fn a_body_is_sent_as_it_is() {
    let receiver = Receiver::accepting();
    let mut command = trigger(&[
        "order.shipped",
        "--unlisted",
        "--body",
        "-",
        "--to",
        &receiver.url,
    ]);
    let ended = run_with_command(b"{ \"a\": 1.0 }\n", &mut command);
    assert_eq!(ended.code, 0, "{ended:?}");
    let request = receiver.request();
    assert!(request.ends_with(b"\r\n\r\n{ \"a\": 1.0 }\n"));
}

fn run_with_command(input: &[u8], command: &mut Command) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("input");
    fs::write(&file, input).unwrap();
    end(command.stdin(fs::File::open(&file).unwrap()))
}

#[test]
fn the_answer_decides_the_exit_code() {
    for (status, body, code, word) in [
        (200, r#"{"outcome":"done"}"#, 0, "200 done"),
        (204, "", 0, "204 No Content"),
        (302, "", 1, "302 Found"),
        (409, r#"{"outcome":"in_progress"}"#, 1, "409 in_progress"),
        (500, "\u{1b}[2J", 1, "500 Internal Server Error"),
    ] {
        let receiver = Receiver::answering(status, body);
        let ended = run(&["SALE_NEW", "--to", &receiver.url]);
        assert_eq!(ended.code, code, "{ended:?}");
        assert!(ended.stdout.contains(&format!("\t{word}\t")), "{ended:?}");
    }
    let url = nowhere();
    let to = format!("{url}/systeme?shop=1");
    let ended = run(&["SALE_NEW", "--to", &to]);
    assert_eq!((ended.code, &*ended.stdout), (3, ""));
    let message = format!("nothing listens at {url} (tried 127.0.0.1)");
    let hint = format!("start the receiver, or see `siohook doctor {url}/systeme`");
    assert_eq!(ended.stderr, format!("error: {message}\n  {hint}\n"));
    let ended = run(&["SALE_NEW", "--to", &to, "--json"]);
    assert_eq!(
        serde_json::from_str::<Value>(&ended.stderr).unwrap(),
        json!({
            "type": "error", "code": "receiver_unreachable", "message": message, "hint": hint,
            "exit": 3,
        })
    );
    let (silent, _go) = Receiver::waiting();
    let ended = run(&[
        "SALE_NEW",
        "--to",
        &silent.url,
        "--timeout",
        "200ms",
        "--json",
    ]);
    let error: Value = serde_json::from_str(&ended.stderr).unwrap();
    assert_eq!((ended.code, &error["code"]), (3, &json!("receiver_silent")));
}

#[test]
fn copies_are_counted() {
    let receiver = Receiver::answering(409, r#"{"outcome":"in_progress"}"#);
    let words = ["SALE_NEW", "--copies", "8", "--to", &receiver.url, "--json"];
    let line = &run(&words).good().json()[0];
    assert_eq!(
        (&line["type"], &line["copies"]),
        (&json!("sent"), &json!(8))
    );
    assert_eq!(line["statuses"], json!({"409": 8}));
    assert_eq!(line["outcomes"], json!({"in_progress": 8}));
    let alone = run(&["SALE_NEW", "--to", &receiver.url, "--json"]);
    let line = &alone.json()[0];
    assert_eq!(
        (alone.code, &line["copies"]),
        (1, &json!(1)),
        "409 is good for copies only"
    );
    assert_eq!(line["statuses"], json!({"409": 1}));
    let requests: Vec<_> = (0..8).map(|_| receiver.request()).collect();
    assert!(requests.iter().all(|request| *request == requests[0]));
}

#[test]
fn a_forgery_has_to_be_refused() {
    let refusing = Receiver::answering(401, r#"{"outcome":"unauthorized"}"#);
    let accepting = Receiver::accepting();
    let broken = Receiver::answering(500, "");
    for (event, forgery) in [
        ("SALE_NEW", "signature"),
        ("SALE_NEW", "event"),
        ("CONTACT_CREATED", "event"),
        ("SALE_NEW", "body"),
        ("CONTACT_CREATED", "body"),
        ("contact.tag.added", "token"),
    ] {
        let forge = |receiver: &Receiver| run(&[event, "--forge", forgery, "--to", &receiver.url]);
        assert_eq!(forge(&refusing).code, 0);
        let ended = forge(&accepting);
        assert_eq!(ended.code, 1);
        assert!(
            ended.stderr.starts_with("accepted: the receiver takes "),
            "{ended:?}"
        );
        assert_eq!(forge(&broken).code, 1);
        let request = String::from_utf8(refusing.request()).unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let is_signed = head.contains(&siohook_sender::sign(SECRET, body.as_bytes()));
        let is_forged = match forgery {
            "event" => is_signed && header(head, "x-webhook-event") != event,
            _ => !is_signed && !head.contains(TOKEN),
        };
        assert!(is_forged, "{forgery} {request}");
    }
    let ended = run(&["SALE_NEW", "--forge", "token", "--to", &accepting.url]);
    assert_eq!(ended.code, 2, "{ended:?}");
}

#[test]
fn a_request_that_is_printed_is_not_sent() {
    let receiver = Receiver::accepting();
    let printed = run(&["SALE_NEW", "--to", &receiver.url, "--dry-run"])
        .good()
        .stdout;
    assert!(printed.contains("POST /systeme HTTP/1.1"), "{printed}");
    assert!(printed.contains("\r\nx-webhook-signature: "), "{printed}");
    assert!(receiver.next_request().is_none());
}
