use std::fmt::Write;
use std::fs;

use siohook::Dispatcher;
use siohook_benches::clock::nanos;
use siohook_benches::plot::{Line, Plot};
use siohook_benches::{Case, Quantiles, bodies, dispatcher, finish};

use crate::Growth;

const KEYS: [u32; 4] = [10_000, 100_000, 1_000_000, 10_000_000];
const BATCH: u64 = 64;

/// Of a dispatcher that remembers as many deliveries as it can.
struct Measured {
    /// Nanoseconds for a delivery.
    median: f64,
    /// The longest delivery while the memory was filled, in nanoseconds.
    longest: f64,
    bytes_per_key: f64,
}

pub(crate) fn measure() -> Growth {
    let measured = KEYS.map(with_keys);
    let mut table =
        "| deliveries remembered | delivery | longest delivery before | memory for each |\n\
                     |--:|--:|--:|--:|\n"
            .to_owned();
    for (keys, measured) in KEYS.iter().zip(&measured) {
        let _ = writeln!(
            table,
            "| {keys} | {:.0} ns | {:.0} µs | {:.0} B |",
            measured.median,
            measured.longest / 1e3,
            measured.bytes_per_key
        );
    }
    let line = |name, nanos: fn(&Measured) -> f64| Line {
        name,
        points: KEYS
            .iter()
            .zip(&measured)
            .map(|(x, y)| (f64::from(*x), nanos(y)))
            .collect(),
    };
    Growth {
        table,
        plot: Plot {
            title: "Deliveries that are remembered",
            x: "deliveries",
            y: "ns for a delivery",
            lines: vec![
                line("longest until full", |measured| measured.longest),
                line("median when full", |measured| measured.median),
            ],
        },
    }
}

fn with_keys(keys: u32) -> Measured {
    let case = Case::account("tag", "CONTACT_TAG_ADDED", &bodies::tag());
    let before = resident_bytes();
    let dispatcher = dispatcher(keys as usize);
    let mut longest = 0.0_f64;
    for number in 0..u64::from(keys) {
        let request = case.request(number);
        longest = longest.max(nanos([request].iter(), |request| {
            receive(&dispatcher, request);
        }));
    }
    let bytes_per_key = (resident_bytes() - before) / f64::from(keys);
    let batch = |at: u64| {
        let first = u64::from(keys) + at * BATCH;
        let requests: Vec<_> = (first..first + BATCH).map(|n| case.request(n)).collect();
        nanos(requests.iter(), |request| receive(&dispatcher, request))
    };
    Measured {
        median: Quantiles::of((0..500).map(batch)).median,
        longest,
        bytes_per_key,
    }
}

fn receive(dispatcher: &Dispatcher, request: &siohook_benches::Request) {
    let reply = finish(dispatcher.receive(request.incoming()));
    assert_eq!(reply.outcome(), "done");
}

/// What the process holds. The second number of `statm` is in pages of 4 KiB.
fn resident_bytes() -> f64 {
    let statm = fs::read_to_string("/proc/self/statm").expect("this is Linux");
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    let pages: u32 = pages.expect("the number of pages is there");
    f64::from(pages) * 4096.0
}
