use std::fmt::Display;

use siohook_benches::measure::Rounds;

/// Prints a row of the table in the README.
pub fn row(what: &str, siohook: &str, compared_with: &str, ratio: &str, note: &str) {
    println!("| {what} | {siohook} | {compared_with} | {ratio} | {note} |");
}

/// Figures in one cell: `1; 2; 3`.
pub fn list<T: Display>(figures: impl IntoIterator<Item = T>) -> String {
    let figures: Vec<String> = figures
        .into_iter()
        .map(|figure| figure.to_string())
        .collect();
    figures.join("; ")
}

/// The unit for the CPU time of a delivery.
#[derive(Clone, Copy, Debug)]
pub enum Shown {
    /// Microseconds.
    Micros,
    /// Deliveries per second.
    PerSecond,
}

/// Prints the row of two subjects, with a figure for each body. The ratio is
/// computed within each round; the note has its quartiles.
pub fn compare<const N: usize>(
    what: &str,
    compared_with: &str,
    [ours, other]: [usize; 2],
    bodies: &[Rounds<N>],
    shown: Shown,
) {
    let figures = |subject: usize| {
        list(bodies.iter().map(|rounds| {
            let seconds = rounds.of(subject).median();
            match shown {
                Shown::Micros => format!("{:.2}", seconds * 1e6),
                Shown::PerSecond => format!("{:.0}", 1.0 / seconds),
            }
        }))
    };
    let ratios = bodies.iter().map(|rounds| match shown {
        Shown::Micros => rounds.ratio(ours, other),
        Shown::PerSecond => rounds.ratio(other, ours),
    });
    let ratios: Vec<_> = ratios.collect();
    let quartiles = ratios.iter().map(|ratio| {
        let [low, high] = ratio.outer(4);
        format!("{low:.2}–{high:.2}")
    });
    row(
        what,
        &figures(ours),
        &format!("{compared_with}: {}", figures(other)),
        &list(ratios.iter().map(|ratio| format!("{:.2}", ratio.median()))),
        &list(quartiles),
    );
}
