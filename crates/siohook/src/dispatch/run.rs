//! One delivery: calls its handlers or its keeper, and makes the report.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use smallvec::SmallVec;

use super::core::{Core, Hook};
use super::handler_call::{HandlerCall, join};
use super::keep::{Keeper, keep};
use crate::delivery::{Delivery, Identity};
use crate::handler::{HandlerContext, HandlerReport, Mismatched, Outcome, Report, reply_to};
use crate::observe::ObservedDelivery;
use crate::panics::catch;
use crate::request::Reply;

/// The work of one delivery. Dropping it before it ends cancels the delivery and reports that.
pub(super) struct Run<C: Deref<Target = Core> = Arc<Core>> {
    core: C,
    observed: ObservedDelivery,
    /// The report so far. `None` once the run has ended.
    report: Option<Report>,
}

const ENDED: &str = "a run ends once";

impl<C: Deref<Target = Core>> Run<C> {
    pub(super) fn begin(core: C, delivery: Delivery) -> Self {
        core.in_flight.begin();
        let route = core.routes.find(&delivery);
        let infos = route.handlers.iter().map(|&at| &core.handlers[at as usize]);
        let handlers = infos.cloned().map(HandlerReport::begin).collect();
        Self {
            observed: ObservedDelivery::begin(&core.handlers, &delivery),
            report: Some(Report::new(delivery, handlers)),
            core,
        }
    }

    /// Calls the handlers and reports their outcomes.
    pub(super) async fn finish(&mut self) -> Report {
        let report = self.report.as_mut().expect(ENDED);
        let reply = self
            .observed
            .follow(call_handlers(&self.core, report))
            .await;
        self.end(reply)
    }

    /// Hands the delivery to a keeper and reports its answer.
    pub(super) async fn keep(&mut self, keeper: &Keeper) -> Report {
        let report = self.report.as_mut().expect(ENDED);
        let reply = self.observed.follow(keep(&self.core, keeper, report)).await;
        self.end(reply)
    }

    /// Reports a delivery whose work was dropped.
    pub(super) fn cancel(&mut self) -> Report {
        self.end(Reply::CANCELLED)
    }

    /// Reports a delivery whose work was dropped because the executor panicked.
    pub(super) fn fail(&mut self, panic: &str) -> Report {
        let (_, handlers) = self.report.as_mut().expect(ENDED).parts();
        for handler in handlers {
            if matches!(handler.outcome(), Outcome::Cancelled) {
                let message = format!("the closure of `detach`: {panic}");
                handler.end(Outcome::Panicked(message), handler.elapsed());
            }
        }
        self.end(Reply::FAILED)
    }

    fn end(&mut self, reply: Reply) -> Report {
        let report = self.report.take().expect(ENDED).with_reply(reply);
        let hook = || call_hook(self.core.on_report.as_ref(), &report);
        self.core.observer.end(&self.observed, &report, hook);
        report
    }
}

impl<C: Deref<Target = Core>> Drop for Run<C> {
    fn drop(&mut self) {
        if self.report.is_some() {
            self.cancel();
        }
        self.core.in_flight.end();
    }
}

/// Calls the handlers that are not done yet, unless another attempt is in progress.
async fn call_handlers(core: &Core, report: &mut Report) -> Reply {
    let (delivery, reports) = report.parts();
    let route = core.routes.find(delivery);
    if route.handlers.is_empty() {
        return core.unhandled_reply();
    }
    let Some(mut attempt) = core.memory.begin(&Identity(delivery)) else {
        reports.clear();
        return Reply::IN_PROGRESS;
    };
    let context = HandlerContext::new(delivery, &core.states, route.shares_payload);
    let mut places = SmallVec::<[u32; 1]>::new();
    let mut calls = SmallVec::<[HandlerCall<'_>; 1]>::new();
    for (&place, report) in route.handlers.iter().zip(&mut *reports) {
        if attempt.is_done(place) {
            report.end(Outcome::DoneBefore, Duration::ZERO);
        } else {
            places.push(place);
            calls.push(HandlerCall::begin(report, context));
        }
    }
    join(&mut calls, |at, report| {
        let outcome = report.outcome();
        let is_accepted =
            matches!(outcome, Outcome::Mismatch(_)) && core.mismatched == Mismatched::Accept;
        if outcome.is_final() || is_accepted {
            attempt.done(places[at]);
        }
    })
    .await;
    drop(calls);
    reply_to(delivery, reports, core.mismatched)
}

/// Calls a hook of the user. A panic in it must not fail the delivery.
pub(super) fn call_hook<T>(hook: Option<&Hook<T>>, value: &T) {
    if let Some(hook) = hook {
        let _ = catch(|| hook(value));
    }
}
