//! Measures how time and memory grow, at a small, a middle and a large size.
//! Each argument is a part: `remembered`, `listening`, `bodies`, `linked`.
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
            // Reads the memory of the process, so name this part first.
            "remembered" => remembered::measure()?,
            "listening" => listening::measure(),
            "bodies" => bodies::measure(),
            "linked" => linked::measure()?,
            other => return Err(format!("unknown part {other:?}").into()),
        }
    }
    Ok(())
}

/// Prints a row with the figures at three sizes. The ratios compare the last two with
/// the first.
fn grown(what: &str, sizes: &str, [small, middle, large]: [f64; 3], note: &str) {
    row(
        &format!("{what}, at {sizes}"),
        &list([small, middle, large].map(|figure| format!("{figure:.0}"))),
        "the smallest",
        &list([middle, large].map(|figure| format!("{:.2}", figure / small))),
        note,
    );
}
