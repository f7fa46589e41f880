use std::io;

use siohook::Dispatcher;
use siohook_benches::measure::{Rounds, nanos};
use siohook_benches::{Case, bodies, dispatcher, receive};
use siohook_lab::{full_or_brief, list, resident_bytes};

use crate::grown;

const BATCH: u64 = 64;

/// A dispatcher with a full memory.
struct Full {
    dispatcher: Dispatcher,
    next: u64,
    /// The longest delivery while the memory filled, in nanoseconds.
    longest: f64,
    bytes_per_key: f64,
}

pub(crate) fn measure() -> io::Result<()> {
    let keys = full_or_brief([10_000, 1_000_000, 10_000_000], [100, 1_000, 10_000]);
    let case = Case::account("tag", "CONTACT_TAG_ADDED", &bodies::tag());
    // All are kept, so that none reuses memory that another one freed.
    let full = keys.map(|keys| fill(keys, &case));
    let mut full = full.into_iter().collect::<io::Result<Vec<_>>>()?;
    let rounds = Rounds::<3>::measure(full_or_brief(500, 2), |subject| {
        let Full {
            dispatcher, next, ..
        } = &mut full[subject];
        let requests: Vec<_> = (*next..*next + BATCH).map(|n| case.request(n)).collect();
        *next += BATCH;
        nanos(requests.iter(), |request| receive(dispatcher, request))
    });
    let sizes = format!("{} deliveries remembered", list(keys));
    let print = |what, figure: &dyn Fn(usize) -> f64, note| {
        grown(what, &sizes, [0, 1, 2].map(figure), note);
    };
    print("a tag, ns", &|at| rounds.of(at).median(), "");
    print(
        "the longest delivery while the memory fills, µs",
        &|at| full[at].longest / 1e3,
        "a table grows",
    );
    print("memory of a delivery, B", &|at| full[at].bytes_per_key, "");
    Ok(())
}

fn fill(keys: u32, case: &Case) -> io::Result<Full> {
    let before = resident_bytes()?;
    let dispatcher = dispatcher(keys as usize);
    let mut longest = 0.0_f64;
    for number in 0..u64::from(keys) {
        let request = case.request(number);
        let nanos = nanos([request].iter(), |request| receive(&dispatcher, request));
        longest = longest.max(nanos);
    }
    Ok(Full {
        dispatcher,
        next: keys.into(),
        longest,
        bytes_per_key: (resident_bytes()? - before) / f64::from(keys),
    })
}
