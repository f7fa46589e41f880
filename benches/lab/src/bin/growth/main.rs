//! How the time of a delivery grows, each at a small, a middle and a large size.
//! Arguments are parts: `remembered`, `listening`, `bodies`, `linked`.
//!
//! `linked` builds programs with up to 10,000 handlers, which takes minutes, and
//! `remembered` needs 4 GB of memory.

mod bodies;
mod linked;
mod listening;
mod remembered;

use std::error::Error;

use siohook_lab::{list, row};

fn main() -> Result<(), Box<dyn Error>> {
    for part in std::env::args().skip(1) {
        eprintln!("growth: {part}");
        match &*part {
            // Looks at how much memory the process has, so name it first.
            "remembered" => remembered::measure()?,
            "listening" => listening::measure(),
            "bodies" => bodies::measure(),
            "linked" => linked::measure()?,
            other => return Err(format!("no part {other:?}").into()),
        }
    }
    Ok(())
}

/// Prints a row with the figures at three sizes. The ratios are those of the last
/// two to the first.
fn grown(what: &str, sizes: &str, [small, middle, large]: [f64; 3], note: &str) {
    row(
        &format!("{what}, at {sizes}"),
        &list([small, middle, large].map(|figure| format!("{figure:.0}"))),
        "the smallest",
        &list([middle, large].map(|figure| format!("{:.2}", figure / small))),
        note,
    );
}
