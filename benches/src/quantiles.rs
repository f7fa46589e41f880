use std::fmt;

/// What is in the middle of many measurements, and how far they scatter.
/// `Display` is `median (tenth percentile–ninetieth)`.
#[derive(Clone, Copy, Debug)]
pub struct Quantiles {
    /// The median.
    pub median: f64,
    /// A tenth is below it.
    pub low: f64,
    /// A tenth is above it.
    pub high: f64,
}

impl Quantiles {
    /// Of at least one measurement.
    ///
    /// # Panics
    ///
    /// There is none.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let tenth = values.len() / 10;
        Self {
            median: values[values.len() / 2],
            low: values[tenth],
            high: values[values.len() - 1 - tenth],
        }
    }
}

impl fmt::Display for Quantiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, low, high } = self;
        write!(f, "{median:.3} ({low:.3}–{high:.3})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outliers_do_not_move_the_middle() {
        let values = (0..19).map(f64::from).chain([1e9]);
        assert_eq!(Quantiles::of(values).to_string(), "10.000 (2.000–17.000)");
    }
}
