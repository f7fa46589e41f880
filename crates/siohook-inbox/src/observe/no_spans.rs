//! The twin of `spans.rs` without the feature `tracing`. It does nothing.

#![expect(clippy::unused_self, reason = "the other twin uses it")]

use siohook::Handlers;

use crate::store::Claimed;
use crate::store::{Ending, RunKey, StoreError};

#[derive(Clone)]
pub(crate) struct Origin;

impl Origin {
    pub(crate) fn current() -> Self {
        Self
    }
}

pub(super) struct TaskSpan;

impl TaskSpan {
    pub(super) fn begin(_: &Handlers, _: &str, _: Option<&Origin>, _: &[Claimed]) -> Self {
        Self
    }

    pub(super) fn follow<F: Future>(&self, work: F) -> F {
        work
    }

    pub(super) fn end(&self, _: &RunKey, _: &Ending, _: &'static str) {}
}

#[derive(Default)]
pub(super) struct RefusalWarnings;

impl RefusalWarnings {
    pub(super) fn warn(&self, _: &str) {}
}

#[derive(Default)]
pub(super) struct UnrecordedWarnings;

impl UnrecordedWarnings {
    pub(super) fn warn(&self, _: &StoreError, _: usize) {}
}

pub(super) fn recovered(_: usize) {}

pub(super) fn dead(_: &RunKey, _: &'static str) {}

pub(super) fn lost(_: &RunKey) {}

#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) fn warning(_: &str) {}

pub(super) fn orphans(_: u64) {}

pub(super) fn expiring(_: usize) {}

pub(super) fn not_retired(_: &StoreError) {}
