//! Receives [systeme.io](https://systeme.io) webhooks in actix-web, with a [`Dispatcher`] of
//! [`siohook`] as a [`Resource`].
//!
//! ```no_run
//! use actix_web::{App, HttpServer};
//!
//! # async fn serve(dispatcher: siohook::Dispatcher) -> std::io::Result<()> {
//! HttpServer::new(move || {
//!     App::new().service(siohook_actix_web::resource("/systeme", &dispatcher))
//! })
//! .bind("127.0.0.1:3000")?
//! .run()
//! .await
//! # }
//! ```
//!
//! It is a separate crate because actix-web does not speak tower. Its requests and bodies are
//! types of its own, which stay on the thread that reads them.
//!
//! # When the sender hangs up
//!
//! actix-web does not notice a closed connection while a handler runs, and it runs each request
//! of HTTP/2 as a task of its own. The handlers of a delivery therefore run to their ends, with
//! two exceptions: it drops the request when an HTTP/1 connection is reset, and when one is
//! closed and [`h1_allow_half_closed(false)`](actix_web::HttpServer::h1_allow_half_closed) is
//! set. Every handler then stops at its next `await`.
//!
//! With [`detach`](siohook::DispatcherBuilder::detach) all handlers run to their ends or to a
//! deadline. Each worker of actix-web has a runtime of its own, so spawn on the runtime of
//! `main`, and wait for [`idle`](siohook::Dispatcher::idle):
//!
//! ```no_run
//! use std::error::Error;
//! use std::time::Duration;
//!
//! use actix_web::{App, HttpServer};
//! use siohook::Dispatcher;
//! use tokio::runtime::Handle;
//! use tokio::time::timeout;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn Error>> {
//!     let runtime = Handle::current();
//!     let dispatcher = Dispatcher::builder()
//!         .automation_token(std::env::var("SYSTEME_WEBHOOK_TOKEN")?)
//!         .detach(move |task| {
//!             runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
//!         })
//!         .build()?;
//!     let systeme = dispatcher.clone();
//!     HttpServer::new(move || {
//!         App::new().service(siohook_actix_web::resource("/systeme", &systeme))
//!     })
//!     .bind("127.0.0.1:3000")?
//!     .run()
//!     .await?;
//!     dispatcher.idle().await;
//!     Ok(())
//! }
//! ```
//!
//! # What is guaranteed
//!
//! * The dispatcher gets requests of every method, and replies with 405 to those that are not
//!   `POST`.
//! * The body is not read if the [head](siohook::Dispatcher::check_head) decides: an announced
//!   length over the limit, a wrong token, a missing signature.
//! * At most [`max_body_bytes`](siohook::Dispatcher::max_body_bytes) of a body are kept.
//!   actix-web's own `PayloadConfig` does not matter.
//! * The peer is the other end of the connection, never `ConnectionInfo`, which trusts headers.
//! * The dispatcher gets all header lines, with repeated ones and those that are not UTF-8.
//! * A body has 30 seconds to arrive, because actix-web has a
//!   [deadline for heads](actix_web::HttpServer::client_request_timeout) but none for bodies. A
//!   body that takes longer is answered with 400.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::rt::time::timeout;
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse, Resource};
use siohook::{Dispatcher, Head, Reply};

/// Without a deadline, bodies that never end could hold all connections of actix-web for ever.
const BODY_DEADLINE: Duration = Duration::from_secs(30);

/// Makes a resource that receives all deliveries to a path.
///
/// Guards and middleware can be added to it. Do not add a guard on the method: the dispatcher
/// replies to other methods with 405 and `Allow: POST`.
///
/// ```
/// use actix_web::App;
/// use actix_web::middleware::Logger;
///
/// # fn f(dispatcher: &siohook::Dispatcher) {
/// let deliveries = siohook_actix_web::resource("/systeme", dispatcher);
/// let app = App::new().service(deliveries.wrap(Logger::default()));
/// # let _ = app;
/// # }
/// ```
#[must_use]
pub fn resource(path: &str, dispatcher: &Dispatcher) -> Resource {
    let dispatcher = dispatcher.clone();
    web::resource(path)
        .to(move |request: HttpRequest, body: Payload| receive(dispatcher.clone(), request, body))
}

async fn receive(dispatcher: Dispatcher, request: HttpRequest, body: Payload) -> HttpResponse {
    let head = head(&request);
    if let Err(rejection) = dispatcher.check_head(&head) {
        return response(&rejection.reply());
    }
    let body = body.to_bytes_limited(dispatcher.max_body_bytes());
    let incoming = match timeout(BODY_DEADLINE, body).await {
        Ok(Ok(Ok(body))) => head.with_body(body),
        Ok(Ok(Err(_))) | Err(_) => head.unreadable(),
        Ok(Err(_)) => head.too_long(),
    };
    response(&dispatcher.receive(incoming).await)
}

fn head(request: &HttpRequest) -> Head {
    let mut head = Head::new(request.method())
        .query(request.query_string())
        .headers(request.headers());
    if let Some(address) = request.peer_addr() {
        head = head.peer(address.ip());
    }
    if let Some(length) = announced_length(request) {
        head = head.announced_length(length);
    }
    head
}

fn announced_length(request: &HttpRequest) -> Option<u64> {
    let length = request.headers().get(CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

fn response(reply: &Reply) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for header in reply.headers() {
        response.insert_header(header);
    }
    response.body(reply.body())
}
