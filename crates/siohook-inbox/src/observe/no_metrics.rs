//! The twin of `metrics.rs` without the feature `metrics`. It does nothing.

use std::time::Duration;

use crate::stats::Stats;
use crate::store::Result;

pub(super) fn describe(_: &[&'static str]) {}

pub(super) fn accepted(_: bool) {}

pub(super) fn refused(_: &'static str) {}

pub(super) fn group(_: usize, _: Duration) {}

pub(super) fn unrecorded(_: usize) {}

pub(super) fn recovered(_: usize) {}

pub(super) fn lost() {}

pub(super) fn run(_: &'static str, _: &'static str, _: Duration) {}

pub(super) fn dead(_: &'static str, _: &'static str) {}

#[derive(Default)]
pub(super) struct Gauges;

impl Gauges {
    #[expect(clippy::unused_self, reason = "the other twin uses it")]
    pub(super) fn measure(&mut self, _: Duration, _: impl FnOnce() -> Result<Stats>) {}
}
