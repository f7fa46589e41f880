//! How the time of a delivery grows, with pictures.
//!
//! ```sh
//! taskset -c 1 cargo run --release -p siohook-benches --bin growth \
//!     [linked] [listening] [bodies] [remembered] [-- --write]
//! ```
//!
//! `linked` builds programs with up to 10,000 handlers, which takes minutes, and
//! `remembered` needs 4 GB of memory.

mod bodies;
mod linked;
mod listening;
mod remembered;

use std::{env, fs};

use siohook_benches::plot::Plot;
use siohook_benches::section;

/// What was measured: a table and a picture of it.
struct Growth {
    table: String,
    plot: Plot,
}

type Part = (&'static str, fn() -> Growth);

const PARTS: [Part; 4] = [
    ("linked", linked::measure),
    ("listening", listening::measure),
    ("bodies", bodies::measure),
    ("remembered", remembered::measure),
];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let all = !PARTS.iter().any(|(name, _)| named(name));
    for (name, measure) in PARTS {
        if all || named(name) {
            publish(name, &measure());
        }
    }
}

fn publish(name: &str, growth: &Growth) {
    let Growth { table, plot } = growth;
    section::publish(
        name,
        &format!("![{}](growth/{name}.svg)\n\n{table}", plot.title),
    );
    if section::is_written() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/growth");
        fs::create_dir_all(folder).expect("the folder can be made");
        fs::write(format!("{folder}/{name}.svg"), plot.to_svg()).expect("it can be written");
    }
}
