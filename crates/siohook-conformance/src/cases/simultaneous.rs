//! Concurrent deliveries.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use siohook_sender::Sample;

use crate::automation;
use crate::case::Case;
use crate::connection::{Connection, PATIENCE};
use crate::expected::{DONE, DONE_BEFORE, IN_PROGRESS};
use crate::failure::{Checked, Failure};
use crate::request::Request;
use crate::target::Target;
use crate::unique::unique;

/// A delivery that waits for another one.
pub(super) struct Door {
    name: u64,
    waiting: Request,
}

impl Door {
    pub(super) fn new() -> Self {
        let name = unique();
        let waiting = event("example.waiting", name);
        Self { name, waiting }
    }

    pub(super) fn waiting(&self) -> &Request {
        &self.waiting
    }

    pub(super) fn released(&self) -> Request {
        event("example.released", self.name)
    }
}

/// An automation about a door.
fn event(event: &str, door: u64) -> Request {
    let data = BTreeMap::from([("door", door.to_string())]);
    automation::of(Sample::automation(event, data))
}

/// Sorts two connections: the first one is the one that gets its response first.
fn first_answered(mut pair: [Connection; 2]) -> Checked<[Connection; 2]> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if pair[0].has_answer()? {
            return Ok(pair);
        }
        pair.reverse();
        sleep(Duration::from_millis(10));
    }
    Err(Failure::new("neither of two copies gets a response"))
}

fn copies(target: Target) -> Checked {
    let door = Door::new();
    let request = door.waiting();
    let mut pair = [target.connect()?, target.connect()?];
    for connection in &mut pair {
        connection.send(&request.bytes())?;
    }
    let [mut refused, mut handled] = first_answered(pair)?;
    IN_PROGRESS
        .is(request, &refused.receive(request)?)
        .map_err(|failure| failure.at("the copy"))?;
    target.answers(&door.released(), DONE)?;
    DONE.is(request, &handled.receive(request)?)
        .map_err(|failure| failure.at("the delivery"))?;
    target.answers(request, DONE_BEFORE)
}

/// Sends many deliveries, each of which waits until all have arrived. Their connections were
/// used before, so it does not matter how fast the server accepts new ones.
fn crowd(target: Target) -> Checked {
    let doors: Vec<Door> = (0..16).map(|_| Door::new()).collect();
    let mut crowd = vec![];
    for door in &doors {
        let mut connection = target.connect()?;
        let first = automation::tag_added();
        let response = connection.exchange(&first)?;
        DONE.is(&first, &response)?;
        if response.closes() {
            connection = target.connect()?;
        }
        connection.send(&door.waiting().bytes())?;
        crowd.push(connection);
    }
    for door in doors.iter().rev() {
        target.answers(&door.released(), DONE)?;
    }
    for (door, mut connection) in doors.iter().zip(crowd) {
        DONE.is(door.waiting(), &connection.receive(door.waiting())?)?;
    }
    Ok(())
}

pub(super) const CASES: &[Case] = &[
    Case::new(
        "in_progress",
        "a copy gets 409 while the delivery is being handled",
        copies,
    ),
    Case::new(
        "crowd",
        "sixteen deliveries are handled concurrently",
        crowd,
    ),
];
