//! Runs the program as a web server would.

use std::io::{Read, Write};
use std::process::{Child, Command, Output, Stdio};

const EVENT: &[u8] = include_bytes!("../../../fixtures/automation/contact.tag.added.json");
const REGISTRATION: &str =
    include_str!("../../../fixtures/automation/contact.webinar.registered.json");

fn start(variables: &[(&str, &str)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_example-cgi"))
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What the program writes for a request with these variables and this body.
fn output(variables: &[(&str, &str)], body: &[u8]) -> Output {
    let mut child = start(variables);
    // A program that has seen enough does not read the rest.
    let _ = child.stdin.take().unwrap().write_all(body);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    output
}

fn response(variables: &[(&str, &str)], body: &[u8]) -> String {
    String::from_utf8(output(variables, body).stdout).unwrap()
}

const POST: [(&str, &str); 2] = [
    ("REQUEST_METHOD", "POST"),
    ("QUERY_STRING", "token=b7e1f3c9"),
];

fn post(more: &[(&str, &str)], body: &[u8]) -> String {
    response(&[&POST, more].concat(), body)
}

#[test]
fn a_delivery_is_received() {
    let length = EVENT.len().to_string();
    let done = "Status: 200\r\ncontent-type: application/json\r\n\r\n{\"outcome\":\"done\"}";
    assert_eq!(post(&[("CONTENT_LENGTH", &length)], EVENT), done);
    assert_eq!(post(&[], EVENT), done);
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    let body = vec![b' '; 1024 * 1024 + 1];
    let length = body.len().to_string();
    assert!(post(&[("CONTENT_LENGTH", &length)], &body).starts_with("Status: 413\r\n"));
    assert!(post(&[], &body).starts_with("Status: 413\r\n"));
}

#[test]
fn a_body_that_breaks_off_is_refused() {
    let length = (EVENT.len() + 1).to_string();
    assert!(post(&[("CONTENT_LENGTH", &length)], EVENT).starts_with("Status: 400\r\n"));
}

#[test]
fn headers_and_address_are_variables() {
    let proxied = |forwarded| {
        post(
            &[
                ("REMOTE_ADDR", "192.0.2.1"),
                ("HTTP_X_FORWARDED_FOR", forwarded),
                ("SYSTEME_TRUSTED_PROXIES", "192.0.2.1"),
                ("SYSTEME_SOURCE_IPS", "203.0.113.7"),
            ],
            EVENT,
        )
    };
    assert!(proxied("203.0.113.7").starts_with("Status: 200\r\n"));
    assert!(proxied("203.0.113.8").starts_with("Status: 403\r\n"));
}

#[test]
fn another_method_is_refused() {
    let head = response(&[("REQUEST_METHOD", "GET")], b"");
    assert!(head.starts_with("Status: 405\r\n"));
    assert!(head.contains("\r\nallow: POST\r\n"));
}

#[test]
fn a_head_is_refused_before_the_body_comes() {
    let mut child = start(&[
        ("REQUEST_METHOD", "POST"),
        ("QUERY_STRING", "token=a-guess"),
        ("CONTENT_LENGTH", "512"),
    ]);
    // Held open, so that a program that reads would wait for ever.
    let input = child.stdin.take();
    let mut head = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut head)
        .unwrap();
    assert!(head.starts_with("Status: 401\r\n"));
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_others_chose_forges_no_line_of_the_log() {
    let replaced = |body: &str, from: &str, to: &str| {
        let forged = body.replacen(from, to, 1);
        assert_ne!(body, forged);
        forged
    };
    let name = r#"[{"slug":"first_name","value":"L\u00e9a\nforged"}]"#;
    for body in [
        replaced(
            std::str::from_utf8(EVENT).unwrap(),
            "MyAwesomeTag",
            r"vip\nforged",
        ),
        replaced(REGISTRATION, "[]", name),
    ] {
        let log = String::from_utf8(output(&POST, body.as_bytes()).stderr).unwrap();
        assert!(log.contains(r"\nforged"), "{log}");
    }
}
