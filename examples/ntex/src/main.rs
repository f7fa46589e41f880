//! Receives deliveries with ntex, on 127.0.0.1:3000 or on the address given as an
//! argument.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-ntex
//! ```
//!
//! and send it an automation from another terminal:
//!
//! ```sh
//! curl -i 'http://127.0.0.1:3000/systeme?token=b7e1f3c9' \
//!     --data-binary @fixtures/automation/contact.tag.added.json
//! ```
//!
//! The handlers are those of `examples/shared`, where the configuration is, too.
//! Ctrl-C stops the server once every delivery in progress has ended.

use std::error::Error;
use std::net::TcpListener;
use std::time::Duration;

// Names the crate of the handlers, so that they are linked.
use example_shared::{address, announce, builder};
use ntex::SharedCfg;
use ntex::http::header::CONTENT_LENGTH;
use ntex::http::{HttpServiceConfig, StatusCode, error};
use ntex::time::Seconds;
use ntex::util::Bytes;
use ntex::web::error::PayloadError;
use ntex::web::types::{Payload, PayloadConfig, State};
use ntex::web::{self, App, DefaultError, FromRequest, HttpRequest, HttpResponse, HttpServer};
use siohook::{Dispatcher, Head, Incoming};
use tokio::runtime::Handle;
use tokio::time::timeout;

#[ntex::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Each worker of ntex has a runtime of its own, which ends with it.
    let runtime = Handle::current();
    let dispatcher = builder()
        // A sender that hangs up does not stop a handler halfway: the deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
        })
        .build()?;
    let listener = TcpListener::bind(address())?;
    announce(&dispatcher, listener.local_addr()?);
    let systeme = dispatcher.clone();
    // A KiB of a body within 10 seconds, and all within 30. Heads have a deadline anyway.
    let http = HttpServiceConfig::new().set_payload_read_rate(Seconds(10), Seconds(30), 1024);
    HttpServer::new(async move || {
        App::new()
            .state(systeme.clone())
            .state(PayloadConfig::new(systeme.max_body_bytes()))
            .service(web::resource("/systeme").to(receive))
    })
    .config(SharedCfg::new("systeme").add(http))
    .maxconn(256)
    .listen(listener)?
    .run()
    .await?;
    dispatcher.idle().await;
    Ok(())
}

async fn receive(
    dispatcher: State<Dispatcher>,
    request: HttpRequest,
    body: Payload,
) -> HttpResponse {
    let head = head(&request);
    let reply = match dispatcher.check_head(&head) {
        Ok(()) => dispatcher.receive(read(head, &request, body).await).await,
        Err(rejection) => rejection.reply(),
    };
    let status = StatusCode::from_u16(reply.status()).expect("replies have valid statuses");
    let mut response = HttpResponse::build(status);
    for (name, value) in reply.headers() {
        response.set_header(name, value);
    }
    response.body(reply.body())
}

fn head(request: &HttpRequest) -> Head {
    let headers = request.headers().iter();
    let mut head = Head::new(request.method())
        .query(request.query_string())
        .headers(headers.map(|(name, value)| (name, value.as_bytes())));
    if let Some(address) = request.peer_addr() {
        head = head.peer(address.ip());
    }
    let length = request.headers().get(CONTENT_LENGTH);
    if let Some(length) = length.and_then(|length| length.to_str().ok()?.parse().ok()) {
        head = head.announced_length(length);
    }
    head
}

/// Reads a body, but not past the limit of the `PayloadConfig`.
async fn read(head: Head, request: &HttpRequest, body: Payload) -> Incoming {
    let mut body = body.into_inner();
    let body = <Bytes as FromRequest<DefaultError>>::from_request(request, &mut body);
    match body.await {
        Ok(body) => head.with_body(body.to_vec()),
        Err(PayloadError::Payload(error::PayloadError::Overflow)) => head.too_long(),
        Err(_) => head.unreadable(),
    }
}
