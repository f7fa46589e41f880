use std::fmt::Write;
use std::fs;

use siohook::Dispatcher;
use siohook_benches::clock::{Rounds, nanos};
use siohook_benches::plot::{Line, Plot};
use siohook_benches::{Case, Request, bodies, dispatcher, finish};

use crate::Growth;

const KEYS: [u32; 4] = [10_000, 100_000, 1_000_000, 10_000_000];
const BATCH: u64 = 64;

/// A dispatcher that remembers as many deliveries as it can.
struct Full {
    dispatcher: Dispatcher,
    next: u64,
    /// The longest delivery while the memory was filled, in nanoseconds.
    longest: f64,
    bytes_per_key: f64,
}

pub(crate) fn measure() -> Growth {
    let case = Case::account("tag", "CONTACT_TAG_ADDED", &bodies::tag());
    // All are kept, so that none is made of memory that another one gave back.
    let mut full = KEYS.map(|keys| fill(keys, &case));
    let rounds = Rounds::<{ KEYS.len() }>::measure(500, |contender| {
        let Full {
            dispatcher, next, ..
        } = &mut full[contender];
        let requests: Vec<_> = (*next..*next + BATCH).map(|n| case.request(n)).collect();
        *next += BATCH;
        nanos(requests.iter(), |request| receive(dispatcher, request))
    });
    let median = |at: usize| rounds.of(at).median;
    let mut table = "\
| deliveries remembered | delivery | longest delivery before | memory for each |
|--:|--:|--:|--:|
"
    .to_owned();
    for (at, (keys, full)) in KEYS.iter().zip(&full).enumerate() {
        let _ = writeln!(
            table,
            "| {keys} | {:.0} ns | {:.0} µs | {:.0} B |",
            median(at),
            full.longest / 1e3,
            full.bytes_per_key
        );
    }
    let line = |name, nanos: &dyn Fn(usize) -> f64| Line {
        name,
        points: KEYS
            .iter()
            .enumerate()
            .map(|(at, keys)| (f64::from(*keys), nanos(at)))
            .collect(),
    };
    Growth {
        table,
        plot: Plot {
            title: "Deliveries that are remembered",
            x: "deliveries",
            y: "ns for a delivery",
            lines: vec![
                line("longest until full", &|at| full[at].longest),
                line("median when full", &median),
            ],
        },
    }
}

fn fill(keys: u32, case: &Case) -> Full {
    let before = resident_bytes();
    let dispatcher = dispatcher(keys as usize);
    let mut longest = 0.0_f64;
    for number in 0..u64::from(keys) {
        let request = case.request(number);
        let nanos = nanos([request].iter(), |request| receive(&dispatcher, request));
        longest = longest.max(nanos);
    }
    Full {
        dispatcher,
        next: keys.into(),
        longest,
        bytes_per_key: (resident_bytes() - before) / f64::from(keys),
    }
}

fn receive(dispatcher: &Dispatcher, request: &Request) {
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
