use axum::response::Response;
use serde::Serialize;
use siohook_events::Timestamp;

use super::call::{Call, found, no_content};
use super::page::Page;
use super::problem::Problem;
use super::violation::{BLANK, CANCELLED, NO_CHOICE, NOT_POSITIVE};
use super::violations::{Violations, refused};
use crate::state::{
    self, Change, Ending, Interval, PlanType, Refusal, State, Subscription, SubscriptionStatus,
};

/// The longest page. Clients report that the real API refuses 100 here.
pub(crate) const LONGEST_PAGE: usize = 50;

/// Names of the endings of a subscription.
pub(super) const AT_ONCE: &str = "Now";
pub(super) const AT_PERIOD_END: &str = "WhenBillingPeriodEnds";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    id: u64,
    created_at: Timestamp,
    status: SubscriptionStatus,
    completed_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
    price_plan: Option<PricePlan<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PricePlan<'a> {
    id: u64,
    name: &'a str,
    inner_name: &'a str,
    statement_descriptor: &'a str,
    amount: u64,
    currency: &'a str,
    r#type: PlanType,
    recurring_options: Option<RecurringOptions>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecurringOptions {
    id: u64,
    trial_period: u32,
    trial_interval: Interval,
    interval: Interval,
    interval_count: u32,
    limit_of_payments: Option<u32>,
}

impl<'a> View<'a> {
    fn of(state: &'a State, subscription: &Subscription) -> Self {
        let line = state.order_line(subscription.order, subscription.line);
        Self {
            id: subscription.id,
            created_at: subscription.created_at,
            status: subscription.status,
            completed_at: subscription.completed_at,
            cancelled_at: subscription.cancelled_at,
            price_plan: line.map(|(_, line)| PricePlan::of(&line.plan)),
        }
    }
}

impl<'a> PricePlan<'a> {
    fn of(plan: &'a state::PricePlan) -> Self {
        let options = plan.recurring_options.as_ref();
        Self {
            id: plan.id,
            name: &plan.name,
            inner_name: &plan.inner_name,
            statement_descriptor: &plan.statement_descriptor,
            amount: plan.amount,
            currency: &plan.currency,
            r#type: plan.r#type,
            recurring_options: options.map(|options| RecurringOptions {
                id: options.id,
                trial_period: options.trial_period,
                trial_interval: options.trial_interval,
                interval: options.interval,
                interval_count: options.interval_count,
                limit_of_payments: options.limit_of_payments,
            }),
        }
    }
}

pub(super) fn list(call: &mut Call<'_>) -> Result<Response, Problem> {
    let mut violations = Violations::default();
    let page = Page::up_to(LONGEST_PAGE, &call.query, &mut violations);
    if call.query.text("contact").is_none() {
        violations.add("contact", BLANK);
    }
    let contact = call.query.id("contact", &mut violations);
    if contact == Some(0) {
        violations.add("contact", NOT_POSITIVE);
    }
    violations.check()?;
    let contact = contact.filter(|id| call.state.contacts.contains_key(id));
    let contact = contact.ok_or_else(Problem::not_found)?;

    let subscriptions = call.state.subscriptions.iter();
    let subscriptions = subscriptions.filter(|(_, one)| one.contact == contact);
    Ok(found(&page.of(
        subscriptions.map(|(id, one)| (*id, View::of(call.state, one))),
    )))
}

pub(super) fn cancel(call: &mut Call<'_>) -> Result<Response, Problem> {
    let subscription = call.id(0)?;
    if !call.state.subscriptions.contains_key(&subscription) {
        return Err(Problem::not_found());
    }
    let ending = match call.input.text("cancel")?.as_deref() {
        Some(AT_ONCE) => Ending::Now,
        Some(AT_PERIOD_END) => Ending::WhenBillingPeriodEnds,
        None | Some("") => return Err(refused("cancel", BLANK)),
        Some(_) => return Err(refused("cancel", NO_CHOICE)),
    };
    let change = Change::Cancel {
        subscription,
        ending,
    };
    match call.apply(change) {
        Err(Refusal::SubscriptionEnded) => Err(refused("", CANCELLED)),
        Err(_) => Err(Problem::not_found()),
        Ok(_) => Ok(no_content()),
    }
}
