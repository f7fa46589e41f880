//! Requests that are refused by their head, before their body is sent. So an untrusted sender
//! can't fill the memory of a server.

use crate::case::{Case, Needs};
use crate::expected::{Expected, FORBIDDEN, METHOD_NOT_ALLOWED, UNAUTHORIZED};
use crate::failure::Checked;
use crate::request::Request;
use crate::server::TOKEN;
use crate::target::Target;
use crate::{account, automation};

/// A body that is too long to be read together with the head.
const LONG: &[u8] = &[b' '; 100_000];

fn unsigned() -> Request {
    account::signed("CONTACT_TAG_ADDED", LONG).without(account::SIGNATURE)
}

/// Sends only the head of a request, and compares the response.
fn answers_head(target: Target, request: &Request, expected: Expected) -> Checked {
    let mut connection = target.connect()?;
    connection.send(&request.head())?;
    expected.is(request, &connection.receive(request)?)
}

pub(super) const CASES: &[Case] = &[
    Case::new(
        "token_before_body",
        "a missing or wrong token gets 401 before the body is sent",
        |target| {
            for query in [None, Some("token="), Some("token=x")] {
                let request = Request::with_token(LONG).query(query);
                answers_head(target, &request, UNAUTHORIZED)
                    .map_err(|failure| failure.at(&format!("the query {query:?}")))?;
            }
            Ok(())
        },
    ),
    Case::new(
        "signature_before_body",
        "a missing or malformed signature gets 401 before the body is sent",
        |target| {
            let query = format!("token={TOKEN}");
            answers_head(target, &unsigned().query(Some(&query)), UNAUTHORIZED)?;
            let malformed = unsigned().with(account::SIGNATURE, "x".repeat(64));
            answers_head(target, &malformed, UNAUTHORIZED)
        },
    ),
    Case::new(
        "address_before_body",
        "an address that is not allowed gets 403 before the body is sent",
        |target| {
            answers_head(target, &Request::with_token(LONG), FORBIDDEN)?;
            answers_head(target, &account::signed("SALE_NEW", LONG), FORBIDDEN)
        },
    )
    .on(Needs::SourceIps),
    Case::new(
        "method_before_body",
        "PUT gets 405 before its body is sent",
        |target| {
            let put = Request::with_token(LONG).method("PUT");
            answers_head(target, &put, METHOD_NOT_ALLOWED)
        },
    ),
    Case::new(
        "chunks_before_body",
        "a refused head gets its response before the first chunk is sent",
        |target| {
            let request = automation::tag_added().query(None).chunked(100);
            answers_head(target, &request, UNAUTHORIZED)?;
            answers_head(target, &unsigned().chunked(100), UNAUTHORIZED)
        },
    ),
];
