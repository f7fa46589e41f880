//! How long a delivery takes, over how long it takes by hand.
//!
//! ```sh
//! taskset -c 1 cargo run --release -p siohook-benches --bin time [-- --write]
//! ```

use siohook::Dispatcher;
use siohook_benches::clock::{Rounds, nanos};
use siohook_benches::{Case, Contender, Request, cases, dispatcher, finish, section};

/// As many as a dispatcher remembers by default: then each delivery evicts
/// another.
const REMEMBERED: usize = 10_000;
const ROUNDS: usize = 1_000;
/// Prepared ahead. Few, so that they stay in the processor's cache, as a
/// request does that has just come in.
const BATCH: u64 = 64;
const BATCHES: u32 = 4;

// Contenders. Each is there twice, to show the noise.
const BY_HAND: usize = 0;
const SIOHOOK: usize = 1;
/// siohook, with the `Incoming` made ahead.
const RECEIVE: usize = 2;
const AGAIN: usize = 3;

fn main() {
    let rows: String = cases().iter().flat_map(rows).collect();
    section::publish(
        "time",
        &format!(
            "| delivery | by hand | siohook | ratio of medians | median of ratios | siohook over itself | by hand over itself |\n\
             |---|--:|--:|--:|--:|--:|--:|\n{rows}"
        ),
    );
}

fn rows(case: &Case) -> [String; 2] {
    let dispatcher = dispatcher(REMEMBERED);
    let mut bench = Bench {
        case,
        by_hand: Contender::by_hand(),
        siohook: Contender::Siohook(dispatcher.clone()),
        dispatcher,
        number: 0,
    };
    for _ in 0..=REMEMBERED as u64 / BATCH {
        bench.batch(SIOHOOK);
    }
    let rounds = Rounds::<{ 2 * AGAIN }>::measure(ROUNDS, |contender| {
        let batches = (0..BATCHES).map(|_| bench.batch(contender % AGAIN));
        batches.sum::<f64>() / f64::from(BATCHES)
    });
    let bytes = case.request(0).body.len();
    [(SIOHOOK, ""), (RECEIVE, ", `Incoming` made ahead")].map(|(contender, how)| {
        let (by_hand, siohook) = (rounds.of(BY_HAND).median, rounds.of(contender).median);
        format!(
            "| {}{how} ({bytes} B) | {by_hand:.0} ns | {siohook:.0} ns | {:.3} | {} | {} | {} |\n",
            case.name(),
            siohook / by_hand,
            rounds.ratio(contender, BY_HAND),
            rounds.ratio(contender + AGAIN, contender),
            rounds.ratio(BY_HAND + AGAIN, BY_HAND),
        )
    })
}

struct Bench<'a> {
    case: &'a Case,
    by_hand: Contender,
    siohook: Contender,
    /// The same as siohook.
    dispatcher: Dispatcher,
    number: u64,
}

impl Bench<'_> {
    /// The nanoseconds for a delivery.
    fn batch(&mut self, contender: usize) -> f64 {
        let numbers = self.number..self.number + BATCH;
        self.number = numbers.end;
        let requests: Vec<_> = numbers.map(|number| self.case.request(number)).collect();
        match contender {
            BY_HAND => nanos(requests.iter(), |request| self.by_hand.handle(request)),
            SIOHOOK => nanos(requests.iter(), |request| self.siohook.handle(request)),
            _ => {
                let incoming: Vec<_> = requests.iter().map(Request::incoming).collect();
                nanos(incoming.into_iter(), |incoming| {
                    let reply = finish(self.dispatcher.receive(incoming));
                    assert_eq!(reply.outcome(), "done");
                })
            }
        }
    }
}
