//! Receives [systeme.io](https://systeme.io) webhooks in actix-web: a
//! [`Dispatcher`] of [`siohook`] as a [`Resource`].
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
//! It is a crate because actix-web does not speak tower: its requests and bodies
//! are types of its own, bound to the thread that reads them.
//!
//! # When the sender hangs up
//!
//! actix-web does not notice a closed connection while a handler runs, and runs
//! each request of HTTP/2 as a task of its own, so the handlers of a delivery run
//! to their ends. It drops the request, and every handler stops at its next
//! `await`, when an HTTP/1 connection is reset, and when it is closed and
//! [`h1_allow_half_closed(false)`](actix_web::HttpServer::h1_allow_half_closed)
//! is set. With [`detach`](siohook::DispatcherBuilder::detach) all handlers go on whatever
//! happens, to their ends or to a deadline. Let it spawn on a runtime that outlives
//! actix-web's workers, each of which has its own, and wait for
//! [`idle`](siohook::Dispatcher::idle):
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
//! All methods reach the dispatcher, which answers those that are not `POST` with 405.
//! No body is read that the head [decides about](siohook::Dispatcher::check_head): one
//! that is announced as too long, or comes with a wrong token or without a signature.
//! Of any other body at most
//! [`max_body_bytes`](siohook::Dispatcher::max_body_bytes) are kept, whatever
//! actix-web's own `PayloadConfig` says. The peer is the other end of the
//! connection, never `ConnectionInfo`, which believes headers. All header lines
//! arrive, repeated ones and those that are not UTF-8 included.
//!
//! A body has 30 seconds to arrive, because actix-web has a
//! [deadline for heads](actix_web::HttpServer::client_request_timeout) and none for
//! bodies. What has not arrived by then is answered with 400.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::rt::time::timeout;
use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse, Resource};
use siohook::{Dispatcher, Head, Reply};

/// Without it a stranger could hold all connections that actix-web takes, for ever, with
/// bodies that never end.
const BODY_DEADLINE: Duration = Duration::from_secs(30);

/// Serves all deliveries to a path.
///
/// Guards and middleware can be added to the resource. A guard on the method
/// should not: the dispatcher answers other methods with 405 and `Allow: POST`.
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
