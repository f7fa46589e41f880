//! How long a delivery takes, over how long it takes by hand.
//!
//! ```sh
//! taskset -c 1 cargo run --release -p siohook-benches --bin time [-- --write]
//! ```

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use siohook::Dispatcher;
use siohook_benches::{Case, Contender, Quantiles, Request, builder, cases, finish, section};

/// As many as a dispatcher remembers: then each delivery evicts another.
const REMEMBERED: u32 = 10_000;
const ROUNDS: usize = 400;
/// Of one contender in one round.
const BATCHES: u32 = 4;
/// Prepared ahead. Few, so that they stay in the processor's cache, as a
/// request does that has just come in.
const BATCH: u32 = 64;

fn main() {
    let rows: String = cases().iter().flat_map(measure).collect();
    section::publish(
        "time",
        &format!(
            "| delivery | by hand | siohook | ratio | siohook over itself | by hand over itself |\n\
             |---|--:|--:|--:|--:|--:|\n{rows}"
        ),
    );
}

/// Who is measured, twice each to show the noise.
#[derive(Clone, Copy)]
enum Who {
    ByHand,
    Siohook,
    /// siohook, with the `Incoming` made ahead.
    Receive,
}

const ORDER: [Who; 6] = [
    Who::ByHand,
    Who::Siohook,
    Who::Receive,
    Who::ByHand,
    Who::Siohook,
    Who::Receive,
];

struct Bench<'a> {
    case: &'a Case,
    by_hand: Contender,
    siohook: Contender,
    dispatcher: Dispatcher,
    number: u64,
}

fn measure(case: &Case) -> [String; 2] {
    let dispatcher = builder().build().expect("the configuration is right");
    let mut bench = Bench {
        case,
        by_hand: Contender::by_hand(),
        siohook: Contender::Siohook(dispatcher.clone()),
        dispatcher,
        number: 0,
    };
    for _ in 0..=REMEMBERED / BATCH {
        bench.batch(Who::Siohook);
    }
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        // Nobody is always the first, or always after the same one.
        let mut times = [0.0; ORDER.len()];
        for step in 0..ORDER.len() {
            let place = (round + step) % ORDER.len();
            times[place] = bench.nanos(ORDER[place]);
        }
        rounds.push(times);
    }
    let of = |place: usize| Quantiles::of(rounds.iter().map(|times| times[place]));
    let ratio = |a: usize, b: usize| Quantiles::of(rounds.iter().map(|times| times[a] / times[b]));
    let bytes = case.request(0).body.len();
    [(1, ""), (2, ", `Incoming` made ahead")].map(|(place, how)| {
        format!(
            "| {}{how} ({bytes} B) | {:.0} ns | {:.0} ns | {} | {} | {} |\n",
            case.name(),
            of(0).median,
            of(place).median,
            ratio(place, 0),
            ratio(place + 3, place),
            ratio(3, 0),
        )
    })
}

impl Bench<'_> {
    /// For one delivery, of several batches.
    fn nanos(&mut self, who: Who) -> f64 {
        let time: Duration = (0..BATCHES).map(|_| self.batch(who)).sum();
        time.as_secs_f64() * 1e9 / f64::from(BATCHES) / f64::from(BATCH)
    }

    fn batch(&mut self, who: Who) -> Duration {
        let numbers = self.number..self.number + u64::from(BATCH);
        self.number = numbers.end;
        let requests: Vec<_> = numbers.map(|number| self.case.request(number)).collect();
        match who {
            Who::ByHand => time(&requests, |request| self.by_hand.handle(request)),
            Who::Siohook => time(&requests, |request| self.siohook.handle(request)),
            Who::Receive => {
                let incoming: Vec<_> = requests.iter().map(Request::incoming).collect();
                time(incoming, |incoming| {
                    let reply = finish(self.dispatcher.receive(incoming));
                    assert_eq!(reply.outcome(), "done");
                })
            }
        }
    }
}

fn time<T>(items: impl IntoIterator<Item = T>, mut handle: impl FnMut(T)) -> Duration {
    let items = items.into_iter();
    let start = processor_time();
    items.for_each(&mut handle);
    processor_time().saturating_sub(start)
}

/// Of this thread, so that what else runs on the machine matters less.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("it is not negative")
}
