//! Receives [systeme.io](https://systeme.io) webhooks in Rocket, with a [`Dispatcher`] of
//! [`siohook`] as routes.
//!
//! ```no_run
//! # use rocket::{Build, Rocket};
//! # fn rocket(dispatcher: siohook::Dispatcher) -> Rocket<Build> {
//! rocket::build().mount("/systeme", siohook_rocket::routes(&dispatcher))
//! # }
//! ```
//!
//! It is a separate crate because Rocket does not speak tower. It lends its requests to
//! handlers, and its responses are types of its own.
//!
//! # When the sender hangs up
//!
//! Rocket runs each request as a task of its own, so the handlers of a delivery run to their
//! ends. A shutdown drops the tasks that are still running after the grace and mercy periods of
//! Rocket's configuration. [`detach`](siohook::DispatcherBuilder::detach) and
//! [`idle`](siohook::Dispatcher::idle) let all handlers end even then.
//!
//! # What is guaranteed
//!
//! * The dispatcher gets requests of every [`Method`], and replies with 405 to those that are
//!   not `POST`.
//! * Only the first bytes of a body are read if the [head](siohook::Dispatcher::check_head)
//!   decides: an announced length over the limit, a wrong token, a missing signature.
//! * At most [`max_body_bytes`](siohook::Dispatcher::max_body_bytes) of a body are kept.
//!   Rocket's own limits do not matter.
//! * The peer is the other end of the connection, never `X-Real-IP`.
//!
//! # What Rocket does before it calls a route
//!
//! * It drops header lines whose value is not UTF-8. With `source_ips`, the proxy in front has
//!   to replace `X-Forwarded-For` instead of appending to a line of the sender. If the line that
//!   it appended to is dropped, an earlier line is used.
//! * It waits for the first bytes of a body, even if the head is then refused.
//! * It replies with 400 to methods that are not in [`Method`].
//! * It treats `/systeme/` as `/systeme`.
//! * It reads another method from a form whose first field is `_method`. Such a form is not a
//!   delivery, and it is answered with 405 instead of 400.
//!
//! Rocket has no deadline for reading a request and no limit on connections. The proxy in front
//! needs both.

use std::io::Cursor;

use rocket::data::Data;
use rocket::http::{Header, Method, Status};
use rocket::route::{Handler, Outcome, Route};
use rocket::{Request, Response};
use siohook::{Dispatcher, Head, Reply};

/// Makes routes that receive all deliveries, one for each method. The dispatcher replies to
/// methods other than `POST` with 405 and `Allow: POST`.
///
/// ```
/// # fn f(dispatcher: &siohook::Dispatcher) {
/// let rocket = rocket::build().mount("/systeme", siohook_rocket::routes(dispatcher));
/// # let _ = rocket;
/// # }
/// ```
#[must_use]
pub fn routes(dispatcher: &Dispatcher) -> Vec<Route> {
    use Method::{Connect, Delete, Get, Head, Options, Patch, Post, Put, Trace};
    [Post, Get, Head, Options, Put, Patch, Delete, Trace, Connect]
        .map(|method| Route::new(method, "/", Systeme(dispatcher.clone())))
        .into()
}

#[derive(Clone)]
struct Systeme(Dispatcher);

#[rocket::async_trait]
impl Handler for Systeme {
    async fn handle<'r>(&self, request: &'r Request<'_>, body: Data<'r>) -> Outcome<'r> {
        Outcome::Success(response(&receive(&self.0, request, body).await))
    }
}

async fn receive(dispatcher: &Dispatcher, request: &Request<'_>, body: Data<'_>) -> Reply {
    let head = head(request);
    if let Err(rejection) = dispatcher.check_head(&head) {
        return rejection.reply();
    }
    let max_bytes = dispatcher.max_body_bytes();
    let incoming = match body.open(max_bytes.into()).into_bytes().await {
        Ok(body) if body.is_complete() => head.with_body(body.into_inner()),
        Ok(_) => head.too_long(),
        Err(_) => head.unreadable(),
    };
    dispatcher.receive(incoming).await
}

fn head(request: &Request<'_>) -> Head {
    let headers = request.headers();
    let mut head = Head::new(request.method().as_str());
    for header in headers.iter() {
        head = head.header(header.name(), header.value());
    }
    if let Some(query) = request.uri().query() {
        head = head.query(query.as_str());
    }
    if let Some(address) = request.remote() {
        head = head.peer(address.ip());
    }
    let length = headers.get_one("content-length");
    if let Some(length) = length.and_then(|length| length.parse().ok()) {
        head = head.announced_length(length);
    }
    head
}

fn response(reply: &Reply) -> Response<'static> {
    let mut response = Response::build();
    response.status(Status::new(reply.status()));
    for (name, value) in reply.headers() {
        response.header(Header::new(name, value.to_owned()));
    }
    let body = reply.body();
    response.sized_body(body.len(), Cursor::new(body));
    response.finalize()
}
