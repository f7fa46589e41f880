//! The twin of `metrics.rs` without the feature `metrics`. It does nothing.

use std::time::Duration;

use crate::delivery::Delivery;
use crate::handler::{HandlerInfo, Handlers, Outcome, Report};
use crate::verify::{Rejection, Secret};

pub(super) fn describe(_: &[Secret], _: &Handlers) {}

pub(super) fn keeps(_: &Handlers) {}

pub(super) fn trusted(_: &Delivery) {}

pub(super) fn refused(_: &Rejection) {}

pub(super) fn handler(_: &HandlerInfo, _: &Outcome, _: Duration) {}

pub(super) struct DeliveryMetrics;

impl DeliveryMetrics {
    pub(super) fn begin(_: &Handlers, _: &Delivery) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the other twin uses it")]
    pub(super) fn end(&self, _: &Report) {}
}
