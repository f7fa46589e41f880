//! `Expect: 100-continue`, which curl sends with every long body.

use crate::case::Case;
use crate::expected::{DONE, TOO_LARGE, UNAUTHORIZED};
use crate::failure::{Checked, Failure};
use crate::request::Request;
use crate::response::Response;
use crate::server::MAX_BODY_BYTES;
use crate::target::Target;
use crate::{account, automation};

/// Sends a head, and the body only after `100 Continue`. Says whether that came.
fn exchange(target: Target, request: &Request) -> Checked<(bool, Response)> {
    let mut connection = target.connect()?;
    connection.send(&request.head())?;
    let response = connection
        .receive_any(request)
        .map_err(|failure| failure.at("before the body"))?;
    if response.status != 100 {
        return Ok((false, response));
    }
    connection.send(request.framed_body())?;
    Ok((true, connection.receive(request)?))
}

fn expecting(request: Request) -> Request {
    request.with("Expect", "100-continue")
}

fn continues(target: Target, request: Request) -> Checked {
    let request = expecting(request);
    let (continued, response) = exchange(target, &request)?;
    DONE.is(&request, &response)?;
    if continued {
        return Ok(());
    }
    Err(Failure::new("it is answered before the body was sent"))
}

pub(super) const CASES: &[Case] = &[
    Case::new(
        "expect_length",
        "a sender that asks is told to send the body",
        |target| continues(target, account::tag_added()),
    ),
    Case::new(
        "expect_chunked",
        "a sender that asks is told to send the body in chunks, too",
        |target| continues(target, automation::tag_added().chunked(50)),
    ),
    Case::new(
        "expect_unauthorized",
        "a sender that asks and is not trusted is answered with 401, asked for the body or not",
        |target| {
            let request = expecting(automation::tag_added().query(None));
            let (_, response) = exchange(target, &request)?;
            UNAUTHORIZED.is(&request, &response)
        },
    ),
    Case::new(
        "expect_too_large",
        "a sender that asks is not told to send a body over the limit",
        |target| {
            let body = vec![b' '; MAX_BODY_BYTES + 1];
            let request = expecting(automation::raw(body));
            let (continued, response) = exchange(target, &request)?;
            TOO_LARGE.is(&request, &response)?;
            if continued {
                return Err(Failure::new("the body was asked for"));
            }
            Ok(())
        },
    ),
];
