//! Bodies of exactly the limit and longer ones.

use crate::case::Case;
use crate::expected::{DONE, TOO_LARGE};
use crate::failure::{Checked, Failure};
use crate::request::Request;
use crate::server::MAX_BODY_BYTES;
use crate::target::Target;
use crate::{account, automation};

const CHUNK: usize = 10_000;

/// The most bytes of an endless body that are sent before a response has to come. It is more
/// than all buffers hold.
const ENDLESS: usize = 64 * MAX_BODY_BYTES;

/// A signed delivery that is exactly this long.
fn signed(length: usize) -> Request {
    let mut body = account::tag_added_body().into_bytes();
    body.resize(length, b' ');
    account::signed("CONTACT_TAG_ADDED", body)
}

/// An automation that is exactly this long.
fn automated(length: usize) -> Request {
    let mut body = automation::tag_added().body().to_vec();
    body.resize(length, b' ');
    Request::with_token(body)
}

/// Sends a head, and then the same piece until a response comes. The response has to be 413.
fn endless(target: Target, request: &Request, piece: &[u8]) -> Checked {
    let mut connection = target.connect()?;
    connection.send(&request.head())?;
    let mut sent = 0;
    while connection.send(piece)? && !connection.has_answer()? {
        sent += piece.len();
        if sent > ENDLESS {
            return Err(Failure::new(format!(
                "{sent} bytes were read without a response"
            )));
        }
    }
    let response = connection.receive(request)?;
    TOO_LARGE.is(request, &response)?;
    connection.hang_up();
    target.answers(&automation::tag_added(), DONE)
}

pub(super) const CASES: &[Case] = &[
    Case::new(
        "limit_length",
        "a body of exactly the limit is handled",
        |target| {
            target.answers(&signed(MAX_BODY_BYTES), DONE)?;
            target.answers(&automated(MAX_BODY_BYTES), DONE)
        },
    ),
    Case::new(
        "limit_chunked",
        "a chunked body of exactly the limit is handled",
        |target| {
            target.answers(&signed(MAX_BODY_BYTES).chunked(CHUNK), DONE)?;
            target.answers(&automated(MAX_BODY_BYTES).chunked(CHUNK), DONE)
        },
    ),
    Case::new(
        "over_limit_length",
        "a body that is one byte over the limit gets 413",
        |target| {
            target.answers(&signed(MAX_BODY_BYTES + 1), TOO_LARGE)?;
            target.answers(&automated(MAX_BODY_BYTES + 1), TOO_LARGE)
        },
    ),
    Case::new(
        "over_limit_chunked",
        "a chunked body that is one byte over the limit gets 413",
        |target| {
            target.answers(&signed(MAX_BODY_BYTES + 1).chunked(CHUNK), TOO_LARGE)?;
            target.answers(&automated(MAX_BODY_BYTES + 1).chunked(CHUNK), TOO_LARGE)
        },
    ),
    Case::new(
        "over_limit_before_trust",
        "a Content-Length over the limit gets 413 before anything is verified",
        |target| target.answers(&automated(MAX_BODY_BYTES + 1).query(None), TOO_LARGE),
    ),
    Case::new(
        "over_limit_announced",
        "a Content-Length over the limit gets 413 before the body is sent",
        |target| {
            let request = automated(MAX_BODY_BYTES + 1);
            let mut connection = target.connect()?;
            connection.send(&request.head())?;
            let response = connection.receive(&request)?;
            TOO_LARGE.is(&request, &response)
        },
    ),
    Case::new(
        "endless_chunked",
        "endless chunks get 413 after the limit",
        |target| {
            let request = automation::tag_added().cut(vec![]);
            let mut piece = format!("{CHUNK:x}\r\n").into_bytes();
            piece.resize(piece.len() + CHUNK, b' ');
            piece.extend_from_slice(b"\r\n");
            endless(target, &request, &piece)
        },
    ),
    Case::new(
        "endless_length",
        "a body of a gigabyte gets 413 after the limit",
        |target| {
            let request = automation::tag_added()
                .cut(vec![])
                .without("Transfer-Encoding")
                .with("Content-Length", "1000000000");
            endless(target, &request, &[b' '; CHUNK])
        },
    ),
];
