//! Measurements of subjects that take turns, and tables of them.

use std::fmt;
use std::time::Duration;

use siohook_benches::measure::Quantiles;

use crate::load::Measured;

/// Subjects with a measurement for each round.
#[derive(Debug, Default)]
pub(crate) struct Rounds(Vec<(&'static str, Vec<Measured>)>);

impl Rounds {
    pub(crate) fn push(&mut self, subject: &'static str, measured: Measured) {
        match self.0.iter_mut().find(|(name, _)| *name == subject) {
            Some((_, rounds)) => rounds.push(measured),
            None => self.0.push((subject, vec![measured])),
        }
    }

    fn of(&self, subject: &str) -> &[Measured] {
        let found = self.0.iter().find(|(name, _)| *name == subject);
        found.map_or(&[], |(_, rounds)| rounds)
    }

    /// Deliveries a second.
    pub(crate) fn rate(&self, subject: &str) -> Quantiles {
        Quantiles::of(self.of(subject).iter().map(|round| round.rate))
    }

    /// Microseconds of CPU time for a delivery.
    pub(crate) fn cpu(&self, subject: &str) -> Quantiles {
        Quantiles::of(self.of(subject).iter().map(|round| round.cpu))
    }

    /// The ratio of the rates of two subjects, within each round.
    pub(crate) fn ratio(&self, subject: &str, base: &str) -> Quantiles {
        let rounds = self.of(subject).iter().zip(self.of(base));
        Quantiles::of(rounds.map(|(ours, base)| ours.rate / base.rate))
    }

    /// How long deliveries waited for their answer: the median, and what 99 % did not exceed.
    pub(crate) fn waits(&self, subject: &str) -> [String; 2] {
        let rounds = self.of(subject).iter();
        let waits: Vec<_> = rounds
            .flat_map(|round| round.waits.iter().copied())
            .collect();
        if waits.is_empty() {
            return ["–", "–"].map(str::to_owned);
        }
        spread(waits).map(millis)
    }
}

/// The median, and what 99 % do not exceed.
pub(crate) fn spread(mut times: Vec<Duration>) -> [Duration; 2] {
    times.sort_unstable();
    [50, 99].map(|percent| times[(times.len() * percent / 100).min(times.len() - 1)])
}

/// A time in milliseconds.
pub(crate) fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// A rate, and its range.
pub(crate) fn rate(rates: &Quantiles) -> [String; 2] {
    // So many parts that the outer ones are the extremes.
    let [low, high] = rates.outer(usize::MAX);
    [
        format!("{:.0}", rates.median()),
        format!("{low:.0}–{high:.0}"),
    ]
}

/// A table in Markdown whose columns are aligned, so that it can be read as it is.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(header: &[&str]) -> Self {
        let header = header.iter().copied().map(str::to_owned).collect();
        Self { rows: vec![header] }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
                .max(3)
        };
        let columns = self.rows[0].len();
        for (at, row) in self.rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let width = width(column);
                if column == 0 {
                    write!(f, "| {cell:width$} |")?;
                } else {
                    write!(f, " {cell:>width$} |")?;
                }
            }
            writeln!(f)?;
            if at == 0 {
                write!(f, "|{}|", "-".repeat(width(0) + 2))?;
                for column in 1..columns {
                    write!(f, "{}:|", "-".repeat(width(column) + 1))?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}
