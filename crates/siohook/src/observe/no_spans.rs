//! The twin of `spans.rs` without the feature `tracing`. It does nothing.

#![expect(clippy::unused_self, reason = "the other twin uses it")]

use std::time::Duration;

use crate::delivery::Delivery;
use crate::handler::{HandlerInfo, Handlers, Outcome, Report};
use crate::verify::Rejection;

pub(super) fn shows_refusals() -> bool {
    false
}

pub(super) fn refused(_: &Rejection, hook: impl FnOnce()) {
    hook();
}

pub(super) struct DeliverySpan;

impl DeliverySpan {
    pub(super) fn begin(_: &Handlers, _: &Delivery) -> Self {
        Self
    }

    pub(super) fn follow<F: Future>(&self, work: F) -> F {
        work
    }

    pub(super) fn in_scope<R>(&self, part: impl FnOnce() -> R) -> R {
        part()
    }

    pub(super) fn end(&self, _: &Report) {}
}

pub(super) struct HandlerSpan;

impl HandlerSpan {
    pub(super) fn begin(_: &HandlerInfo) -> Self {
        Self
    }

    pub(super) fn in_scope<R>(&self, part: impl FnOnce() -> R) -> R {
        part()
    }

    pub(super) fn end(self, _: &HandlerInfo, _: &Outcome, _: Duration) {}
}

#[derive(Default)]
pub(super) struct UnhandledWarnings;

impl UnhandledWarnings {
    pub(super) fn warn(&self, _: &Report) {}
}

#[derive(Default)]
pub(super) struct UnreadWarnings;

impl UnreadWarnings {
    pub(super) fn warn(&self, _: &Delivery) {}
}
