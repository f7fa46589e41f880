//! The handlers of one delivery: which are called, and what becomes of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::core::{Core, Unhandled};
use super::handler_call::{self, HandlerCall, join};
use super::in_flight::InFlightGuard;
use crate::delivery::Delivery;
use crate::handler::{Few, HandlerContext, Report};
use crate::observe::ObservedDelivery;
use crate::request::Reply;

impl Core {
    /// Runs the handlers and reports what became of the delivery.
    pub(super) async fn run(
        &self,
        delivery: &Delivery,
        observed: ObservedDelivery,
        _in_flight: InFlightGuard,
    ) -> Report {
        let report = observed.follow(self.call_handlers(delivery)).await;
        let hook = || call_hook(self.on_report.as_deref(), &report);
        self.observer.end(observed, &report, hook);
        report
    }

    /// Calls the handlers that are not done yet, unless another attempt is in progress.
    async fn call_handlers(&self, delivery: &Delivery) -> Report {
        let route = self.routes.find(delivery);
        if route.handlers.is_empty() {
            let reply = match self.unhandled {
                Unhandled::Accept => Reply::UNHANDLED,
                Unhandled::Reject => Reply::UNHANDLED_REJECTED,
            };
            return Report::without_handlers(delivery.clone(), reply);
        }
        let Some(mut attempt) = self.memory.begin(delivery.key()) else {
            return Report::without_handlers(delivery.clone(), Reply::IN_PROGRESS);
        };
        let context = HandlerContext::new(delivery, &self.states, route.shares_payload);
        let started = Instant::now();
        let calls = Few::of_each(&route.handlers, |&place| {
            let info = self.handlers[place as usize].clone();
            if attempt.is_done(place) {
                HandlerCall::done_before(info, started)
            } else {
                HandlerCall::begin(info, context, started)
            }
        });
        let reports = join(calls, |at, outcome| {
            if outcome.is_final() {
                attempt.done(route.handlers[at]);
            }
        });
        Report::new(delivery.clone(), reports.await)
    }
}

/// Calls a hook of the user's. A panic in it must not undo what was done.
pub(super) fn call_hook<T>(hook: Option<&(dyn Fn(&T) + Send + Sync)>, value: &T) {
    if let Some(hook) = hook {
        let _ = catch_unwind(AssertUnwindSafe(|| hook(value))).map_err(handler_call::message);
    }
}
