//! Bodies reach the dispatcher unchanged, with each kind of framing.

use crate::case::Case;
use crate::expected::{DONE, DONE_BEFORE};
use crate::request::Request;
use crate::{account, automation};

const CONTENT_TYPE: &str = "Content-Type";

/// Cuts a body into two chunks, with this spelling of their sizes and this end.
fn cut(request: Request, size: fn(usize) -> String, end: &str) -> Request {
    let (first, second) = request.body().split_at(request.body().len() / 2);
    let mut wire = vec![];
    for chunk in [first, second] {
        wire.extend(size(chunk.len()).bytes());
        wire.extend_from_slice(b"\r\n");
        wire.extend_from_slice(chunk);
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(end.as_bytes());
    request.cut(wire)
}

pub(super) const CASES: &[Case] = &[
    Case::new(
        "chunked_automation",
        "an automation may be chunked",
        |target| target.answers(&automation::tag_added().chunked(100), DONE),
    ),
    Case::new(
        "chunked_account",
        "an account webhook may be chunked",
        |target| target.answers(&account::sale().chunked(100), DONE),
    ),
    Case::new(
        "chunked_bytes",
        "every byte of a body may be a chunk of its own",
        |target| {
            target.answers(&automation::tag_added().chunked(1), DONE)?;
            target.answers(&account::tag_added().chunked(1), DONE)
        },
    ),
    Case::new(
        "chunk_extensions",
        "extensions of chunks are not a part of the body",
        |target| {
            let size = |length| format!("{length:x};note=\"a b\";{}", "x".repeat(20));
            target.answers(&cut(account::tag_added(), size, "0;last\r\n\r\n"), DONE)
        },
    ),
    Case::new(
        "chunk_sizes",
        "the size of a chunk may be in upper case and begin with zeros",
        |target| {
            let size = |length| format!("000{length:X}");
            target.answers(&cut(account::sale(), size, "00\r\n\r\n"), DONE)
        },
    ),
    Case::new(
        "trailers",
        "trailers are neither a part of the body nor headers",
        |target| {
            let size = |length| format!("{length:x}");
            let delivery = account::tag_added();
            let signature = account::signature(delivery.body());
            let end = format!("0\r\n{}: {}\r\n\r\n", account::SIGNATURE, "0".repeat(64));
            target.answers(&cut(delivery, size, &end), DONE)?;
            let unsigned = automation::tag_added();
            let end = format!("0\r\n{}: {signature}\r\n\r\n", account::SIGNATURE);
            target.answers(&cut(unsigned, size, &end), DONE)
        },
    ),
    Case::new(
        "framings_are_one",
        "a delivery that is sent with Content-Length and then chunked is the same delivery",
        |target| {
            let delivery = account::tag_added();
            target.answers(&delivery, DONE)?;
            target.answers(&delivery.chunked(7), DONE_BEFORE)
        },
    ),
    Case::new(
        "byte_for_byte",
        "a signature over odd white space and escapes is valid",
        |target| {
            let body = account::tag_added_body().replace(',', " ,\r\n\t");
            let body = format!("\r\n {body}\n\n").replace("lea.", "l\\u0065a.");
            target.answers(&account::signed("CONTACT_TAG_ADDED", body.as_str()), DONE)?;
            let chunked = account::signed("CONTACT_TAG_ADDED", body).chunked(33);
            target.answers(&chunked, DONE)
        },
    ),
    Case::new(
        "content_type",
        "the content type does not matter",
        |target| {
            for content_type in [
                "application/json; charset=utf-8",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "text/plain",
                "nonsense",
            ] {
                for delivery in [automation::tag_added(), account::tag_added()] {
                    let delivery = delivery.without(CONTENT_TYPE);
                    let delivery = delivery.with(CONTENT_TYPE, content_type);
                    let answered = target.answers(&delivery, DONE);
                    answered.map_err(|failure| failure.at(content_type))?;
                }
            }
            target.answers(&automation::tag_added().without(CONTENT_TYPE), DONE)?;
            target.answers(&account::tag_added().without(CONTENT_TYPE), DONE)
        },
    ),
    Case::new(
        "content_encoding",
        "a body is not decoded, even with a Content-Encoding",
        |target| {
            let delivery = account::tag_added().with("Content-Encoding", "gzip");
            target.answers(&delivery, DONE)
        },
    ),
];
