//! `Expect: 100-continue`, which curl sends with every long body.

use crate::case::Case;
use crate::expected::{DONE, TOO_LARGE, UNAUTHORIZED};
use crate::failure::{Checked, Failure};
use crate::request::Request;
use crate::response::Response;
use crate::server::MAX_BODY_BYTES;
use crate::target::Target;
use crate::{account, automation};

/// Sends a head, and the body only after `100 Continue`. Returns whether that came.
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
    Err(Failure::new("the response came before the body was sent"))
}

pub(super) const CASES: &[Case] = &[
    Case::new(
        "expect_length",
        "a sender that expects it gets 100 Continue",
        |target| continues(target, account::tag_added()),
    ),
    Case::new(
        "expect_chunked",
        "a sender of chunks that expects it gets 100 Continue",
        |target| continues(target, automation::tag_added().chunked(50)),
    ),
    Case::new(
        "expect_unauthorized",
        "an untrusted sender that expects 100 Continue gets 401, before or after it",
        |target| {
            let request = expecting(automation::tag_added().query(None));
            let (_, response) = exchange(target, &request)?;
            UNAUTHORIZED.is(&request, &response)
        },
    ),
    Case::new(
        "expect_too_large",
        "a sender of a body over the limit gets 413 and no 100 Continue",
        |target| {
            let body = vec![b' '; MAX_BODY_BYTES + 1];
            let request = expecting(Request::with_token(body));
            let (continued, response) = exchange(target, &request)?;
            TOO_LARGE.is(&request, &response)?;
            if continued {
                return Err(Failure::new("the server sent 100 Continue"));
            }
            Ok(())
        },
    ),
];
