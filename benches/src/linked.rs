//! What a program does that has more or fewer handlers than this one: see the
//! benchmark `growth`, which writes such programs.

use siohook::Dispatcher;

use crate::clock::nanos;
use crate::{Case, Quantiles, Request, bodies, builder, finish};

/// Nanoseconds of a program with some number of handlers.
#[derive(Debug)]
pub struct Measured {
    /// To build a dispatcher.
    pub build: f64,
    /// For a delivery that one of the handlers listens to.
    pub listed: f64,
    /// For a delivery whose name is not in the catalogue, if one listens to it.
    pub unlisted: Option<f64>,
}

const BATCH: u64 = 64;

impl Measured {
    /// Of this program. One handler listens to `CONTACT_TAG_ADDED`, and one to
    /// this name.
    ///
    /// # Panics
    ///
    /// There are no such handlers.
    #[must_use]
    pub fn here(unlisted: Option<&str>) -> Self {
        let build = || builder().build().expect("the configuration is right");
        let builds = (0..21).map(|_| nanos([()].iter(), |()| drop(build())));
        let build_time = Quantiles::of(builds).median;
        let tag = Case::account("tag", "CONTACT_TAG_ADDED", &bodies::tag());
        let dispatcher = build();
        Self {
            build: build_time,
            listed: median(&dispatcher, |number| tag.request(number)),
            unlisted: unlisted.map(|name| {
                median(&dispatcher, |number| {
                    let body = bodies::tag_automation(number);
                    Request::automation(&body.replacen("contact.tag.added", name, 1))
                })
            }),
        }
    }

    /// Prints it for [`parse`](Self::parse).
    pub fn print(&self) {
        let unlisted = self
            .unlisted
            .map_or("-".to_owned(), |nanos| nanos.to_string());
        println!("{} {} {unlisted}", self.build, self.listed);
    }

    /// Reads what [`print`](Self::print) printed.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split_whitespace().map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Self {
            build: next()?,
            listed: next()?,
            unlisted: next(),
        })
    }
}

/// Nanoseconds for a delivery.
fn median(dispatcher: &Dispatcher, request: impl Fn(u64) -> Request) -> f64 {
    let batch = |at: u64| {
        let requests: Vec<_> = (at * BATCH..(at + 1) * BATCH).map(&request).collect();
        nanos(requests.iter(), |request| {
            let reply = finish(dispatcher.receive(request.incoming()));
            assert_eq!(reply.outcome(), "done");
        })
    };
    Quantiles::of((0..500).map(batch)).median
}
