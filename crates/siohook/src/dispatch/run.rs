//! One delivery: which handlers are called, and what becomes of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use super::core::{Core, Unhandled};
use super::handler_call::{self, HandlerCall, HandlerCalls};
use super::in_flight::InFlightGuard;
use crate::delivery::Delivery;
use crate::handler::{HandlerContext, HandlerReport, HandlerReports, Mismatched, Outcome, Report};
use crate::observe::ObservedDelivery;
use crate::request::Reply;
use crate::sync::lock;

/// The work of one delivery. If it is dropped before its end, the delivery was cancelled,
/// and that is reported.
pub(super) struct Run {
    core: Arc<Core>,
    delivery: Delivery,
    observed: ObservedDelivery,
    has_ended: bool,
    /// Filled if the calls are dropped before they end.
    cancelled: Mutex<HandlerReports>,
    _in_flight: InFlightGuard,
}

impl Run {
    pub(super) fn begin(core: &Arc<Core>, delivery: &Delivery) -> Self {
        Self {
            core: Arc::clone(core),
            delivery: delivery.clone(),
            observed: ObservedDelivery::begin(&core.handlers, delivery),
            has_ended: false,
            cancelled: Mutex::default(),
            _in_flight: core.in_flight.begin(),
        }
    }

    /// Calls the handlers and reports what became of the delivery.
    pub(super) async fn finish(mut self) -> Report {
        let report = self.observed.follow(self.call_handlers()).await;
        self.end(&report);
        report
    }

    /// Calls the handlers that are not done yet, unless another attempt is in progress.
    async fn call_handlers(&self) -> Report {
        let Self { core, delivery, .. } = self;
        let route = core.routes.find(delivery);
        if route.handlers.is_empty() {
            let reply = match core.unhandled {
                Unhandled::Accept => Reply::UNHANDLED,
                Unhandled::Reject => Reply::UNHANDLED_REJECTED,
            };
            return Report::without_handlers(delivery.clone(), reply);
        }
        let Some(mut attempt) = core.memory.begin(delivery.key()) else {
            return Report::without_handlers(delivery.clone(), Reply::IN_PROGRESS);
        };
        let context = HandlerContext::new(delivery, &core.states, route.shares_payload);
        let calls = route.handlers.iter().map(|&place| {
            let info = core.handlers[place as usize].clone();
            if attempt.is_done(place) {
                HandlerCall::done_before(info)
            } else {
                HandlerCall::begin(info, context)
            }
        });
        let mut calls = HandlerCalls::new(calls.collect(), &self.cancelled);
        let reports = calls.join(|at, outcome| {
            let is_accepted =
                matches!(outcome, Outcome::Mismatch(_)) && core.mismatched == Mismatched::Accept;
            if outcome.is_final() || is_accepted {
                attempt.done(route.handlers[at]);
            }
        });
        Report::new(delivery.clone(), reports.await, core.mismatched)
    }

    fn end(&mut self, report: &Report) {
        self.has_ended = true;
        let hook = || call_hook(self.core.on_report.as_deref(), report);
        self.core.observer.end(&self.observed, report, hook);
    }

    /// What became of the handlers. If the work was never polled, all were cancelled.
    fn cancelled_handlers(&self) -> HandlerReports {
        let reports = std::mem::take(&mut *lock(&self.cancelled));
        if !reports.is_empty() {
            return reports;
        }
        let route = self.core.routes.find(&self.delivery);
        let handlers = route.handlers.iter().map(|&place| {
            let info = self.core.handlers[place as usize].clone();
            HandlerReport::cancelled_before_start(info)
        });
        handlers.collect()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.has_ended {
            let report = Report::cancelled(self.delivery.clone(), self.cancelled_handlers());
            self.end(&report);
        }
    }
}

/// Calls a hook of the user's. A panic in it must not undo what was done.
pub(super) fn call_hook<T>(hook: Option<&(dyn Fn(&T) + Send + Sync)>, value: &T) {
    if let Some(hook) = hook {
        let _ = catch_unwind(AssertUnwindSafe(|| hook(value))).map_err(handler_call::message);
    }
}
