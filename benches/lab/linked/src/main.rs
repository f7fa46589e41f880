//! Measures a program with a given number of linked handlers: microseconds to build
//! a dispatcher, nanoseconds for a delivery of an event in the catalogue, and
//! nanoseconds for one of an unlisted name. `growth` builds and runs this program
//! with several numbers, because a program has one registry.

use std::hint::black_box;

use siohook::{Dispatcher, account, on_event};
use siohook_benches::measure::{Quantiles, nanos};
use siohook_benches::{Case, Request, bodies, builder, receive};

include!(concat!(env!("OUT_DIR"), "/handlers.rs"));

#[on_event("CONTACT_TAG_ADDED")]
async fn listed(event: account::ContactTagAdded) {
    black_box(&event.contact.email);
}

const BATCH: u64 = 64;

fn main() {
    let build = || builder().build().expect("the configuration is valid");
    let dispatcher = build();
    assert_eq!(
        dispatcher.handlers().len().to_string(),
        env!("LINKED_HANDLERS"),
        "another handler is linked"
    );
    let builds = (0..21).map(|_| nanos([()].iter(), |()| drop(build())));
    let tag = Case::account("tag", "CONTACT_TAG_ADDED", &bodies::tag());
    let unlisted = |number| {
        let body = bodies::tag_automation(number);
        Request::automation(&body.replacen("contact.tag.added", "contact.custom.1", 1))
    };
    println!(
        "{} {} {}",
        Quantiles::of(builds).median() / 1e3,
        median(&dispatcher, |number| tag.request(number)),
        median(&dispatcher, unlisted),
    );
}

/// Median nanoseconds for a delivery.
fn median(dispatcher: &Dispatcher, request: impl Fn(u64) -> Request) -> f64 {
    let batch = |at: u64| {
        let requests: Vec<_> = (at * BATCH..(at + 1) * BATCH).map(&request).collect();
        nanos(requests.iter(), |request| receive(dispatcher, request))
    };
    Quantiles::of((0..500).map(batch)).median()
}
