//! Requests that are sent in small pieces.

use std::thread::sleep;
use std::time::Duration;

use crate::case::Case;
use crate::expected::DONE;
use crate::failure::Checked;
use crate::request::Request;
use crate::target::Target;
use crate::{account, automation};

const PAUSE: Duration = Duration::from_millis(20);

/// Sends some bytes in about 20 pieces.
fn trickle(target: Target, request: &Request, slow: &[u8], fast: &[u8]) -> Checked {
    let mut connection = target.connect()?;
    for piece in slow.chunks(slow.len().div_ceil(20)) {
        connection.send(piece)?;
        sleep(PAUSE);
    }
    connection.send(fast)?;
    DONE.is(request, &connection.receive(request)?)
}

pub(super) const CASES: &[Case] = &[
    Case::new("slow_head", "a head may be sent in pieces", |target| {
        let request = account::tag_added();
        trickle(target, &request, &request.head(), request.framed_body())
    }),
    Case::new(
        "slow_length",
        "a body with Content-Length may be sent in pieces",
        |target| {
            let request = account::tag_added();
            trickle(target, &request, &request.bytes(), b"")
        },
    ),
    Case::new(
        "slow_chunked",
        "a chunked body may be sent in pieces with other boundaries",
        |target| {
            let request = automation::tag_added().chunked(7);
            trickle(target, &request, &request.bytes(), b"")
        },
    ),
];
