//! What the head of a request decides is answered before its body comes, so that a sender
//! who is not trusted cannot fill the memory of a server.

use crate::case::{Case, Needs};
use crate::expected::{Expected, FORBIDDEN, METHOD_NOT_ALLOWED, UNAUTHORIZED};
use crate::failure::Checked;
use crate::request::Request;
use crate::server::TOKEN;
use crate::target::Target;
use crate::{account, automation};

/// A body that is more than a server may read along with the head.
const LONG: &[u8] = &[b' '; 100_000];

fn unsigned() -> Request {
    account::signed("CONTACT_TAG_ADDED", LONG).without(account::SIGNATURE)
}

/// Sends a head, and not a byte of the body that it announces.
fn answers_head(target: Target, request: &Request, expected: Expected) -> Checked {
    let mut connection = target.connect()?;
    connection.send(&request.head())?;
    expected.is(request, &connection.receive(request)?)
}

pub(super) const CASES: &[Case] = &[
    Case::new(
        "token_before_body",
        "a token that is missing or wrong is answered with 401 before the body comes",
        |target| {
            for query in [None, Some("token="), Some("token=x")] {
                let request = automation::raw(LONG).query(query);
                answers_head(target, &request, UNAUTHORIZED)
                    .map_err(|failure| failure.at(&format!("the query {query:?}")))?;
            }
            Ok(())
        },
    ),
    Case::new(
        "signature_before_body",
        "a signature that is missing or malformed is answered with 401 before the body comes",
        |target| {
            let query = format!("token={TOKEN}");
            answers_head(target, &unsigned().query(Some(&query)), UNAUTHORIZED)?;
            let malformed = unsigned().with(account::SIGNATURE, "x".repeat(64));
            answers_head(target, &malformed, UNAUTHORIZED)
        },
    ),
    Case::new(
        "address_before_body",
        "an address that is not allowed is answered with 403 before the body comes",
        |target| {
            answers_head(target, &automation::raw(LONG), FORBIDDEN)?;
            answers_head(target, &account::signed("SALE_NEW", LONG), FORBIDDEN)
        },
    )
    .on(Needs::SourceIps),
    Case::new(
        "method_before_body",
        "PUT is answered with 405 before the body comes",
        |target| {
            let put = automation::raw(LONG).method("PUT");
            answers_head(target, &put, METHOD_NOT_ALLOWED)
        },
    ),
    Case::new(
        "chunks_before_body",
        "a head that is refused is answered before the first chunk comes",
        |target| {
            let request = automation::tag_added().query(None).chunked(100);
            answers_head(target, &request, UNAUTHORIZED)?;
            answers_head(target, &unsigned().chunked(100), UNAUTHORIZED)
        },
    ),
];
