use std::fmt::Write;

use siohook_benches::clock::{Rounds, nanos};
use siohook_benches::plot::{Line, Plot};
use siohook_benches::{Case, Contender, bodies};

use crate::Growth;

/// The last one is the limit, so the body that is at least as long begins below.
const BYTES: [usize; 7] = [
    300,
    1 << 10,
    4 << 10,
    16 << 10,
    64 << 10,
    256 << 10,
    (1 << 20) - 128,
];

/// So many bytes are handled between two looks at the clock.
const BATCH_BYTES: usize = 64 << 10;

pub(crate) fn measure() -> Growth {
    let cases = BYTES.map(|bytes| {
        let body = bodies::tag_of(bytes);
        (body.len(), Case::account("tag", "CONTACT_TAG_ADDED", &body))
    });
    let measured = cases
        .each_ref()
        .map(|(bytes, case)| (*bytes, both(*bytes, case)));
    let mut table = "| body | by hand | siohook | ratio | siohook for a KiB |\n\
                     |--:|--:|--:|--:|--:|\n"
        .to_owned();
    for (bytes, [by_hand, siohook]) in measured {
        let per_kib = siohook / as_f64(bytes) * 1024.0;
        let _ = writeln!(
            table,
            "| {bytes} B | {:.1} µs | {:.1} µs | {:.3} | {per_kib:.0} ns |",
            by_hand / 1e3,
            siohook / 1e3,
            siohook / by_hand,
        );
    }
    let line = |name, at: usize| Line {
        name,
        points: measured
            .map(|(bytes, nanos)| (as_f64(bytes), nanos[at]))
            .into(),
    };
    Growth {
        table,
        plot: Plot {
            title: "Size of the body",
            x: "bytes",
            y: "ns for a delivery",
            lines: vec![line("siohook", 1), line("by hand", 0)],
        },
    }
}

/// Nanoseconds by hand and of siohook.
fn both(bytes: usize, case: &Case) -> [f64; 2] {
    let contenders = [Contender::by_hand(), Contender::siohook(10_000)];
    let batch = (BATCH_BYTES / bytes).max(1) as u64;
    let mut number = 0;
    let rounds = Rounds::<2>::measure(200, |contender| {
        let numbers = number..number + batch;
        number = numbers.end;
        let requests: Vec<_> = numbers.map(|number| case.request(number)).collect();
        nanos(requests.iter(), |request| {
            contenders[contender].handle(request);
        })
    });
    [0, 1].map(|contender| rounds.of(contender).median)
}

fn as_f64(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).expect("no body is that long"))
}
