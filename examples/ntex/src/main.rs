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

// Names the crate of the handlers, so that they are linked.
use example_shared::{address, announce, builder};
use ntex::http::header::CONTENT_LENGTH;
use ntex::http::{Method, StatusCode};
use ntex::web::types::{Payload, State};
use ntex::web::{self, App, HttpRequest, HttpResponse, HttpServer};
use siohook::{Dispatcher, Incoming};
use tokio::runtime::Handle;

#[ntex::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Each worker of ntex has a runtime of its own, which ends with it.
    let runtime = Handle::current();
    let dispatcher = builder()
        // A sender that hangs up does not stop a handler halfway.
        .detach(move |work| {
            runtime.spawn(work);
        })
        .build()?;
    let listener = TcpListener::bind(address())?;
    announce(&dispatcher, listener.local_addr()?);
    let systeme = dispatcher.clone();
    HttpServer::new(async move || {
        App::new()
            .state(systeme.clone())
            .service(web::resource("/systeme").to(receive))
    })
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
    let incoming = if request.method() == Method::POST {
        read(&request, body, dispatcher.max_body_bytes()).await
    } else {
        Incoming::post("")
    };
    let headers = request.headers().iter();
    let incoming = incoming
        .headers(headers.map(|(name, value)| (name, value.as_bytes())))
        .method(request.method())
        .query(request.query_string());
    let incoming = match request.peer_addr() {
        Some(address) => incoming.peer(address.ip()),
        None => incoming,
    };
    let reply = dispatcher.receive(incoming).await;
    let status = StatusCode::from_u16(reply.status()).expect("replies have valid statuses");
    let mut response = HttpResponse::build(status);
    for (name, value) in reply.headers() {
        response.set_header(name, value);
    }
    response.body(reply.body())
}

/// Reads a body as far as it may be long, and not at all if it says that it is
/// longer.
async fn read(request: &HttpRequest, mut body: Payload, max_bytes: usize) -> Incoming {
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > max_bytes) {
        return Head::new("POST").too_long();
    }
    let mut whole = vec![];
    while let Some(piece) = body.recv().await {
        let Ok(piece) = piece else {
            return Head::new("POST").unreadable();
        };
        if piece.len() > max_bytes - whole.len() {
            return Head::new("POST").too_long();
        }
        whole.extend_from_slice(&piece);
    }
    Incoming::post(whole)
}
