//! Several requests on one connection.

use crate::case::Case;
use crate::expected::{DONE, Expected, FAILED, METHOD_NOT_ALLOWED, UNAUTHORIZED};
use crate::failure::{Checked, Failure};
use crate::request::Request;
use crate::target::Target;
use crate::{account, automation};

/// Sends a request and then a delivery. Returns whether both used one connection.
fn then_another(target: Target, first: &Request, expected: Expected) -> Checked<bool> {
    let mut connection = target.connect()?;
    let response = connection.exchange(first)?;
    expected.is(first, &response)?;
    target.answers_next(connection, &response, &account::tag_added(), DONE)
}

/// A request whose body need not be read.
fn put() -> Request {
    Request::with_token([b' '; 10_000]).method("PUT")
}

fn keeps(target: Target, first: &Request, expected: Expected) -> Checked {
    if then_another(target, first, expected)? {
        return Ok(());
    }
    Err(Failure::new("the connection is not kept"))
}

pub(super) const CASES: &[Case] = &[
    Case::new("keep_alive", "a connection is kept after 200", |target| {
        keeps(target, &automation::tag_added(), DONE)?;
        keeps(target, &automation::tag_added().chunked(50), DONE)
    }),
    Case::new(
        "after_unauthorized",
        "after 401 the connection serves the next request, or is closed cleanly",
        |target| {
            let refused = automation::tag_added().query(None);
            then_another(target, &refused, UNAUTHORIZED)?;
            then_another(target, &refused.chunked(50), UNAUTHORIZED).map(|_| ())
        },
    ),
    Case::new(
        "after_failure",
        "after 500 the connection serves the next request, or is closed cleanly",
        |target| {
            then_another(target, &automation::event("example.failing"), FAILED)?;
            then_another(target, &automation::event("example.panicking"), FAILED).map(|_| ())
        },
    ),
    Case::new(
        "after_get",
        "after 405 the connection serves the next request, or is closed cleanly",
        |target| then_another(target, &Request::of_method("GET"), METHOD_NOT_ALLOWED).map(|_| ()),
    ),
    Case::new(
        "after_head",
        "the response to HEAD has no body that could be taken for the next response",
        |target| then_another(target, &Request::of_method("HEAD"), METHOD_NOT_ALLOWED).map(|_| ()),
    ),
    Case::new(
        "after_put_length",
        "an unread body is not taken for the next request",
        |target| then_another(target, &put(), METHOD_NOT_ALLOWED).map(|_| ()),
    ),
    Case::new(
        "after_put_chunked",
        "unread chunks are not taken for the next request",
        |target| then_another(target, &put().chunked(1000), METHOD_NOT_ALLOWED).map(|_| ()),
    ),
    Case::new(
        "pipelined",
        "pipelined requests get their responses in order",
        |target| {
            let requests = [
                (automation::tag_added(), DONE),
                (account::tag_added().chunked(50), DONE),
                (automation::tag_added().query(None), UNAUTHORIZED),
                (account::sale(), DONE),
            ];
            let mut connection = target.connect()?;
            let all: Vec<u8> = requests.iter().flat_map(|(one, _)| one.bytes()).collect();
            connection.send(&all)?;
            for (at, (request, expected)) in (1..).zip(&requests) {
                let step = |failure: Failure| failure.at(&format!("response {at}"));
                let response = connection.receive(request).map_err(step)?;
                expected.is(request, &response).map_err(step)?;
            }
            Ok(())
        },
    ),
    Case::new(
        "connection_close",
        "a connection is closed if the sender asks for it",
        |target| {
            let request = account::tag_added().with("Connection", "close");
            let mut connection = target.connect()?;
            DONE.is(&request, &connection.exchange(&request)?)?;
            if connection.ends_here()? {
                return Ok(());
            }
            Err(Failure::new("bytes follow the response"))
        },
    ),
    Case::new(
        "http_1_0",
        "HTTP/1.0 gets a response without chunks, and the connection is closed",
        |target| {
            let request = account::tag_added().version("HTTP/1.0").without("Host");
            let mut connection = target.connect()?;
            DONE.is(&request, &connection.exchange(&request)?)?;
            if connection.ends_here()? {
                return Ok(());
            }
            Err(Failure::new("bytes follow the response"))
        },
    ),
];
