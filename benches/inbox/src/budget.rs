//! What was promised, and whether it holds.

use std::time::Duration;

use crate::rounds::{Table, millis};

/// A promise, with what was measured.
pub(crate) struct Budget {
    what: String,
    promise: String,
    measured: String,
    holds: bool,
}

impl Budget {
    /// A ratio that is to be at least so high.
    pub(crate) fn ratio(what: impl Into<String>, base: &str, least: f64, measured: f64) -> Self {
        Self {
            what: what.into(),
            promise: format!("at least {least:.2} × {base}"),
            measured: format!("{measured:.2}"),
            holds: measured >= least,
        }
    }

    /// A rate that is to be at least so high.
    pub(crate) fn rate(what: impl Into<String>, least: f64, measured: f64) -> Self {
        Self {
            what: what.into(),
            promise: format!("at least {least:.0} a second"),
            measured: format!("{measured:.0}"),
            holds: measured >= least,
        }
    }

    /// A time that 99 % of the cases are to keep.
    pub(crate) fn time(what: impl Into<String>, most: Duration, measured: Duration) -> Self {
        Self {
            what: what.into(),
            promise: format!("99 % under {most:?}"),
            measured: millis(measured),
            holds: measured < most,
        }
    }

    /// Memory that is to be below so many megabytes.
    pub(crate) fn memory(what: impl Into<String>, most: f64, measured: f64) -> Self {
        Self {
            what: what.into(),
            promise: format!("under {most:.0} MB"),
            measured: format!("{measured:.1} MB"),
            holds: measured < most,
        }
    }

    pub(crate) fn in_postgres(mut self) -> Self {
        self.what.insert_str(0, "PostgreSQL: ");
        self
    }
}

/// All promises.
pub(crate) fn table(budgets: &[Budget]) -> Table {
    let mut table = Table::new(&["what", "budget", "measured", "holds"]);
    for budget in budgets {
        let holds = if budget.holds { "yes" } else { "no" };
        table.row([
            budget.what.clone(),
            budget.promise.clone(),
            budget.measured.clone(),
            holds.to_owned(),
        ]);
    }
    table
}
