//! Senders that hang up.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::simultaneous::Door;
use crate::case::Case;
use crate::connection::PATIENCE;
use crate::expected::{DONE, DONE_BEFORE, IN_PROGRESS};
use crate::failure::{Checked, Failure};
use crate::request::Request;
use crate::target::Target;
use crate::{account, automation};

/// The time in which a server notices that the sender hung up.
const A_WHILE: Duration = Duration::from_millis(200);

/// Sends a part of a request, hangs up, and checks that the server continues.
fn hangs_up(target: Target, part: &[u8]) -> Checked {
    for _ in 0..3 {
        let mut connection = target.connect()?;
        connection.send(part)?;
        sleep(A_WHILE / 4);
        connection.hang_up();
    }
    target.answers(&automation::tag_added(), DONE)
}

/// Hangs up before the end of a body that begins with a whole delivery, and checks that the
/// delivery was not handled.
fn truncated(target: Target, delivery: &Request, longer: &Request, missing: usize) -> Checked {
    let mut connection = target.connect()?;
    let bytes = longer.bytes();
    connection.send(&bytes[..bytes.len() - missing])?;
    sleep(A_WHILE);
    connection.hang_up();
    sleep(A_WHILE);
    target.answers_each(delivery, &[DONE, DONE_BEFORE])
}

pub(super) const CASES: &[Case] = &[
    Case::new(
        "disconnect_in_head",
        "the server continues after a sender hangs up in the middle of a head",
        |target| {
            let head = account::tag_added().head();
            hangs_up(target, &head[..head.len() / 2])?;
            hangs_up(target, &[])
        },
    ),
    Case::new(
        "disconnect_in_length",
        "the server continues after a sender hangs up in the middle of a body",
        |target| {
            let bytes = account::tag_added().bytes();
            hangs_up(target, &bytes[..bytes.len() - 50])
        },
    ),
    Case::new(
        "disconnect_in_chunk",
        "the server continues after a sender hangs up in the middle of a chunk",
        |target| {
            let bytes = account::tag_added().chunked(40).bytes();
            hangs_up(target, &bytes[..bytes.len() - 50])
        },
    ),
    Case::new(
        "truncated_length",
        "a body that ends before its Content-Length is not handled",
        |target| {
            let delivery = automation::tag_added();
            let longer = [delivery.body(), b"     "].concat();
            truncated(target, &delivery, &Request::with_token(longer), 5)
        },
    ),
    Case::new(
        "truncated_chunked",
        "a body that ends before its last chunk is not handled",
        |target| {
            let delivery = automation::tag_added();
            let chunked = delivery.clone().chunked(1000);
            truncated(target, &delivery, &chunked, b"0\r\n\r\n".len())
        },
    ),
    Case::new(
        "disconnect_while_handled",
        "a delivery whose sender hung up can be retried, and is then done once",
        |target| {
            let door = Door::new();
            let mut connection = target.connect()?;
            connection.send(&door.waiting().bytes())?;
            sleep(A_WHILE);
            connection.hang_up();
            sleep(A_WHILE);
            target.answers(&door.released(), DONE)?;
            let until = Instant::now() + PATIENCE;
            while Instant::now() < until {
                let response = target.connect()?.exchange(door.waiting())?;
                let is = |expected: crate::expected::Expected| {
                    expected.is(door.waiting(), &response).is_ok()
                };
                if is(DONE) || is(DONE_BEFORE) {
                    return target.answers(door.waiting(), DONE_BEFORE);
                }
                IN_PROGRESS.is(door.waiting(), &response)?;
                sleep(A_WHILE);
            }
            Err(Failure::new("the delivery stays in progress"))
        },
    ),
];
