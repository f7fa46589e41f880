//! Requests that are refused.

use crate::builder;
use crate::http::{call, call_with};

#[tokio::test]
async fn foreign_pages_are_refused_by_each_face() {
    let sandbox = builder().host("sandbox.example.com").start().await.unwrap();
    let address = sandbox.address();
    let status = async |path: &str, headers: &str| {
        let request =
            format!("GET {path} HTTP/1.1\r\nconnection: close\r\nx-api-key: k\r\n{headers}\r\n");
        crate::http::send(address, request.as_bytes()).await.status
    };
    for path in ["/", "/api/tags", "/sandbox/v1/health", "/nothing"] {
        let found = if path == "/nothing" { 404 } else { 200 };
        for own in ["127.0.0.1:7400", "localhost", "sandbox.example.com"] {
            assert_eq!(status(path, &format!("host: {own}\r\n")).await, found);
            let origin = format!("host: {own}\r\norigin: http://{own}\r\n");
            assert_eq!(status(path, &origin).await, found);
        }
        assert_eq!(status(path, "host: example.com\r\n").await, 421);
        assert_eq!(
            status(path, "host: localhost\r\norigin: https://example.com\r\n").await,
            403
        );
        assert_eq!(
            status(path, "host: localhost\r\nsec-fetch-site: cross-site\r\n").await,
            403
        );
    }
    let real = "host: api.systeme.io\r\n";
    assert_eq!(status("/api/tags", real).await, 200);
    assert_eq!(status("/sandbox/v1/state", real).await, 421);
}

#[tokio::test]
async fn long_heads_and_bodies_are_refused() {
    let sandbox = builder().start().await.unwrap();
    let header = format!("x-long: {}\r\n", "x".repeat(400_000));
    let answer = call_with(sandbox.address(), "GET", "/api/tags", &header, "").await;
    assert_eq!(answer.status, 431);
    let many: String = (0..200)
        .map(|number| format!("x-{number}: x\r\n"))
        .collect();
    let answer = call_with(sandbox.address(), "GET", "/api/tags", &many, "").await;
    assert_eq!(answer.status, 431);
    let long = "x".repeat((1 << 20) + 1);
    let answer = call(sandbox.address(), "POST", "/api/tags", &long).await;
    assert_eq!(answer.status, 413);
    assert!(answer.head.contains("application/problem+json"));
}
