//! Runs the program as a web server would.

use std::io::{Read, Write};
use std::process::{Child, Command, Output, Stdio};

use siohook::testing::Sample;

const EVENT: &[u8] = include_bytes!("../../../fixtures/automation/customer.sale.completed.json");

fn start(variables: &[(&str, &str)]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_example-cgi"))
        .env_clear()
        .env("SYSTEME_WEBHOOK_SECRET", "s3cret")
        .env("SYSTEME_WEBHOOK_TOKEN", "b7e1f3c9")
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
fn headers_are_variables() {
    let sale = Sample::of("SALE_NEW").signed_with("s3cret");
    let headers = sale.headers().into_iter().map(|(name, value)| {
        let variable = format!("HTTP_{}", name.to_uppercase().replace('-', "_"));
        (variable, value)
    });
    let headers: Vec<_> = headers.collect();
    let variables = headers.iter().map(|(name, value)| (&**name, &**value));
    let variables: Vec<_> = variables.chain([("REQUEST_METHOD", "POST")]).collect();
    assert!(response(&variables, sale.body()).starts_with("Status: 200\r\n"));
}

#[test]
fn a_variable_that_is_missing_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_example-cgi"))
        .env_clear()
        .output()
        .unwrap();
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("SYSTEME_WEBHOOK_SECRET"), "{error}");
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
    let event = std::str::from_utf8(EVENT).unwrap();
    let forged = event.replacen("customer@", r"vip\nforged@", 1);
    assert_ne!(event, forged);
    let log = String::from_utf8(output(&POST, forged.as_bytes()).stderr).unwrap();
    assert!(log.contains(r"\nforged"), "{log}");
}
