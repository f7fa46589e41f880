//! Measures the time of a delivery with siohook and by hand.
//!
//! ```sh
//! taskset -c 1 cargo run --release -p siohook-benches --bin time [-- --write]
//! ```

use siohook_benches::measure::{Rounds, nanos};
use siohook_benches::{Case, Subject, cases, section};

/// The default of a dispatcher. The memory is full, so each delivery evicts
/// another.
const REMEMBERED: usize = 10_000;
const ROUNDS: usize = 1_000;
/// Requests that are prepared ahead. They are few, so that they stay in the
/// processor's cache, like a request that has just arrived.
const BATCH: u64 = 64;
const BATCHES: u32 = 4;

// Numbers of the subjects. Each is measured twice, to show the noise.
const BY_HAND: usize = 0;
const WITH_MEMORY: usize = 1;
const SIOHOOK: usize = 2;
const AGAIN: usize = 3;

fn main() {
    let rows: String = cases().iter().map(row).collect();
    section::publish(
        "time",
        &format!(
            "| delivery | by hand | by hand, with a memory | siohook | siohook / by hand | siohook / by hand, with a memory | siohook / itself | by hand / itself |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|\n{rows}"
        ),
    );
}

fn row(case: &Case) -> String {
    let subjects = [
        Subject::by_hand(),
        Subject::with_memory(REMEMBERED),
        Subject::siohook(REMEMBERED),
    ];
    let mut number = 0;
    let mut batch = |subject: usize| {
        let numbers = number..number + BATCH;
        number = numbers.end;
        let requests: Vec<_> = numbers.map(|number| case.request(number)).collect();
        nanos(requests.iter(), |request| {
            subjects[subject].handle(request);
        })
    };
    for _ in 0..=REMEMBERED as u64 / BATCH {
        batch(WITH_MEMORY);
        batch(SIOHOOK);
    }
    let rounds = Rounds::<{ 2 * AGAIN }>::measure(ROUNDS, |subject| {
        let batches = (0..BATCHES).map(|_| batch(subject % AGAIN));
        batches.sum::<f64>() / f64::from(BATCHES)
    });
    format!(
        "| {} ({} B) | {:.0} ns | {:.0} ns | {:.0} ns | {} | {} | {} | {} |\n",
        case.name(),
        case.request(0).body.len(),
        rounds.of(BY_HAND).median(),
        rounds.of(WITH_MEMORY).median(),
        rounds.of(SIOHOOK).median(),
        rounds.ratio(SIOHOOK, BY_HAND),
        rounds.ratio(SIOHOOK, WITH_MEMORY),
        rounds.ratio(SIOHOOK + AGAIN, SIOHOOK),
        rounds.ratio(BY_HAND + AGAIN, BY_HAND),
    )
}
