//! Changes of many rows, as transactions that each leave the store right.

use crate::store::{Change, Changed, Millis, Records, Result, RunId};

/// Rows that are read at a time.
pub(super) const PAGE: usize = 1000;

/// Carries out changes of runs. Returns how many were changed.
pub(super) fn change_all(
    records: &mut dyn Records,
    now: Millis,
    runs: &[(RunId, Change)],
) -> Result<u64> {
    in_batches(runs, |runs| records.change(now, runs))
}

/// Calls `batch` with what it has not taken yet, until it took all.
pub(super) fn in_batches<T>(
    mut rest: &[T],
    mut batch: impl FnMut(&[T]) -> Result<Changed>,
) -> Result<u64> {
    let mut changed = 0;
    while !rest.is_empty() {
        let done = batch(rest)?;
        changed += done.changed;
        rest = &rest[done.taken.max(1)..];
    }
    Ok(changed)
}
