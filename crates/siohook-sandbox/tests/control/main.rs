//! The control API over HTTP.

mod account;
mod clock;
mod explain;
mod faults;
mod fire;
mod history;
#[path = "../http/mod.rs"]
mod http;
mod messages;
mod pages;
#[path = "../receiver/mod.rs"]
mod receiver;
mod safety;

use http::{Answer, call};
use receiver::Receiver;
use serde_json::Value;
use siohook_sandbox::{Builder, Sandbox};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const FAILED: &str = "HTTP/1.1 500 Error\r\ncontent-length: 0\r\n\r\n";

fn builder() -> Builder {
    Sandbox::builder()
        .manual_clock("2026-01-01T00:00:00Z")
        .seed(7)
}

/// A sandbox that sends everything to a receiver with these answers.
async fn sandbox(answers: Vec<&'static str>) -> (Sandbox, Receiver) {
    let receiver = Receiver::answering(answers).await;
    let sandbox = builder().to(receiver.url()).secret("s3cret").token("t0ken");
    (sandbox.start().await.unwrap(), receiver)
}

async fn post(sandbox: &Sandbox, path: &str, body: Value) -> Answer {
    let path = format!("/sandbox/v1{path}");
    call(sandbox.address(), "POST", &path, &body.to_string()).await
}

async fn get(sandbox: &Sandbox, path: &str) -> Answer {
    let path = format!("/sandbox/v1{path}");
    call(sandbox.address(), "GET", &path, "").await
}
