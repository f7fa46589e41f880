//! Calls the service with the requests of a function URL.

use lambda_http::{Service as _, request};
use siohook::IpAllowList;

use super::*;

/// What a function URL gives, with a body in base64, `{"type":"contact.met","data":null}`.
fn event(method: &str) -> lambda_http::Request {
    let event = r#"{
        "version": "2.0",
        "rawPath": "/systeme",
        "rawQueryString": "token=b7e1f3c9",
        "headers": {"content-type": "application/json", "host": "example.com"},
        "requestContext": {
            "stage": "$default",
            "timeEpoch": 1767225600000,
            "http": {
                "method": "METHOD",
                "path": "/systeme",
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "example"
            }
        },
        "body": "eyJ0eXBlIjoiY29udGFjdC5tZXQiLCJkYXRhIjpudWxsfQ==",
        "isBase64Encoded": true
    }"#;
    request::from_str(&event.replace("METHOD", method)).unwrap()
}

async fn status(method: &str, allowed: &str) -> u16 {
    let dispatcher = Dispatcher::builder()
        .automation_token("b7e1f3c9")
        .source_ips(IpAllowList::new([allowed]))
        .build()
        .unwrap();
    let response = service(&dispatcher).call(event(method)).await.unwrap();
    response.status().as_u16()
}

#[tokio::test]
async fn a_delivery_is_received() {
    assert_eq!(status("POST", "203.0.113.7").await, 200);
}

#[tokio::test]
async fn another_method_is_refused() {
    assert_eq!(status("GET", "203.0.113.7").await, 405);
}

#[tokio::test]
async fn the_peer_is_the_caller_of_the_function() {
    assert_eq!(status("POST", "203.0.113.8").await, 403);
}
