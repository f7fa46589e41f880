//! Receives deliveries in AWS Lambda, behind a function URL or an HTTP API.
//!
//! Run it from the root of the repository with
//! [cargo-lambda](https://www.cargo-lambda.info), which plays AWS:
//!
//! ```sh
//! cargo lambda watch -p example-lambda
//! ```
//!
//! and send it an automation from another terminal:
//!
//! ```sh
//! curl -i 'http://127.0.0.1:9000/systeme?token=b7e1f3c9' \
//!     --data-binary @fixtures/automation/contact.tag.added.json
//! ```
//!
//! The handlers are those of `examples/shared`, where the configuration is, too.
//! Lambda stops the process between two requests, so handlers are not detached:
//! all have ended when it is answered. A new process has no memory of earlier
//! deliveries.

// Names the crate of the handlers, so that they are linked.
use example_shared::builder;
use lambda_http::Error;
use lambda_http::request::RequestContext;
use siohook::{Dispatcher, DispatcherService};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_http::run(service(&builder().build()?)).await
}

fn service(dispatcher: &Dispatcher) -> DispatcherService {
    dispatcher
        .service()
        .peer(|request| match request.extensions.get()? {
            RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_ref()?.parse().ok(),
            _ => None,
        })
}

#[cfg(test)]
mod tests {
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
        let dispatcher = builder()
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
}
