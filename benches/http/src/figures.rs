use std::fmt;

/// The median of figures, and the quartiles around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// A quarter is less.
    pub low: f64,
    /// Half is less.
    pub median: f64,
    /// A quarter is more.
    pub high: f64,
}

impl Spread {
    /// # Panics
    ///
    /// There is no figure.
    fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let last = figures.len() - 1;
        Self {
            low: figures[last / 4],
            median: f64::midpoint(figures[last / 2], figures[last.div_ceil(2)]),
            high: figures[last - last / 4],
        }
    }
}

/// As `0.98 (0.97–0.99)`.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(3);
        let Self { low, median, high } = self;
        write!(f, "{median:.digits$} ({low:.digits$}–{high:.digits$})")
    }
}

/// The median.
///
/// # Panics
///
/// There is no figure.
#[must_use]
pub fn median(figures: &[f64]) -> f64 {
    Spread::of(figures.to_vec()).median
}

/// How many times one is the other, round by round.
///
/// # Panics
///
/// There was no round.
#[must_use]
pub fn ratio(one: &[f64], other: &[f64]) -> Spread {
    Spread::of(
        one.iter()
            .zip(other)
            .map(|(one, other)| one / other)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outliers_move_nothing() {
        let spread = Spread::of(vec![9.0, 1.0, 2.0, 3.0, 1000.0]);
        assert_eq!(spread.to_string(), "3.000 (2.000–9.000)");
        assert!((median(&[1.0, 2.0]) - 1.5).abs() < 1e-9);
    }
}
