//! Orders and the payments of subscriptions.

use super::run::{Run, Task};
use super::{Change, Ending, Refusal};
use crate::state::{
    Discount, Kind, Order, OrderLine, PricePlan, Resource, Subscription, SubscriptionStatus,
};

/// Each line of an order sends messages.
const LONGEST_ORDER: usize = 100;

impl Run<'_> {
    pub(super) fn buy(
        &mut self,
        contact: u64,
        price_plans: &[u64],
        step: Option<u64>,
        coupon: Option<String>,
        client_ip: Option<String>,
        depth: u32,
    ) -> Result<Option<u64>, Refusal> {
        self.contact(contact)?;
        if let Some(step) = step.filter(|step| self.state.step(*step).is_none()) {
            return Err(Refusal::unknown("step", step));
        }
        let discount = self.discount(coupon.as_deref())?;
        let plans = self.plans(price_plans)?;
        if self.contact(contact)?.customer.is_none() {
            let customer = self.state.ids.number();
            self.contact(contact)?.customer = Some(customer);
        }
        let id = self.state.ids.number();
        let price = plans
            .iter()
            .map(|plan| plan.amount)
            .fold(0, u64::saturating_add);
        let lines = plans.into_iter().map(|plan| OrderLine {
            id: self.state.ids.number(),
            plan,
            canceled: false,
        });
        let order = Order {
            id,
            contact,
            created_at: self.now,
            step,
            coupon,
            total: discount.map_or(price, |discount| discount.off(price)),
            client_ip,
            lines: lines.collect(),
        };
        self.state.orders.insert(id, order.clone());
        for line in &order.lines {
            self.subscribe(contact, id, line);
            self.announce(
                contact,
                Kind::Sale {
                    order: id,
                    line: line.id,
                },
                depth,
            );
        }
        for line in order.lines {
            for resource in line.plan.resources {
                self.give(contact, resource, depth);
            }
        }
        Ok(Some(id))
    }

    fn plans(&self, ids: &[u64]) -> Result<Vec<PricePlan>, Refusal> {
        if ids.is_empty() {
            return Err(Refusal::EmptyOrder);
        }
        if ids.len() > LONGEST_ORDER {
            return Err(Refusal::LongOrder);
        }
        let plans = ids.iter().map(|id| {
            let plan = self.state.price_plans.get(id).cloned();
            plan.ok_or_else(|| Refusal::unknown("price plan", id))
        });
        plans.collect()
    }

    /// What the coupon takes off. A coupon that has expired or is used up does not exist.
    fn discount(&self, code: Option<&str>) -> Result<Option<Discount>, Refusal> {
        let Some(code) = code else {
            return Ok(None);
        };
        let unknown = || Refusal::unknown("coupon", code);
        let coupon = self.state.coupons.get(code).ok_or_else(unknown)?;
        let orders = self.state.orders.values();
        let uses = orders
            .filter(|order| order.coupon.as_deref() == Some(code))
            .count();
        let is_expired = coupon.expiration_date.is_some_and(|end| end < self.now);
        let is_used_up = coupon
            .limit_of_use
            .is_some_and(|limit| uses >= limit as usize);
        if is_expired || is_used_up {
            return Err(unknown());
        }
        Ok(Some(coupon.discount))
    }

    fn subscribe(&mut self, contact: u64, order: u64, line: &OrderLine) {
        let Some(rhythm) = &line.plan.recurring_options else {
            return;
        };
        let subscription = Subscription {
            id: self.state.ids.number(),
            contact,
            order,
            line: line.id,
            created_at: self.now,
            status: SubscriptionStatus::Active,
            completed_at: None,
            cancelled_at: None,
            payments: u32::from(rhythm.trial_period == 0),
            period_end: rhythm.first_period_end(self.now),
        };
        self.state
            .subscriptions
            .insert(subscription.id, subscription);
    }

    /// Gives what a price plan promises, after the messages of the sale.
    fn give(&mut self, contact: u64, resource: Resource, depth: u32) {
        let change = match resource {
            Resource::Tag { tag } => Change::AddTag { contact, tag },
            Resource::Course {
                course,
                access_type,
            } => Change::Enroll {
                contact,
                course,
                access_type,
                modules: vec![],
            },
            Resource::Bundle {
                bundle,
                access_type,
            } => Change::GrantBundle {
                contact,
                bundle,
                access_type,
            },
            Resource::PhysicalProduct { .. } => return,
        };
        self.later(Task::Change(change, depth.saturating_add(1)));
    }

    pub(super) fn refund(
        &mut self,
        order: u64,
        line: u64,
        depth: u32,
    ) -> Result<Option<u64>, Refusal> {
        if self.state.order_line(order, line).is_none() {
            return Err(Refusal::unknown("line of an order", line));
        }
        for subscription in self.state.subscriptions.values_mut() {
            if subscription.line == line && subscription.status.is_open() {
                subscription.status = SubscriptionStatus::Cancelled;
                subscription.cancelled_at.get_or_insert(self.now);
            }
        }
        self.cancel_line(order, line, depth);
        Ok(None)
    }

    pub(super) fn cancel(
        &mut self,
        id: u64,
        ending: Ending,
        depth: u32,
    ) -> Result<Option<u64>, Refusal> {
        let now = self.now;
        let subscription = self.open_subscription(id)?;
        let is_at_once = ending == Ending::Now;
        if subscription.cancelled_at.is_some() && !is_at_once {
            return Err(Refusal::SubscriptionEnded);
        }
        subscription.cancelled_at = Some(now);
        if is_at_once {
            self.end(id, depth);
        }
        Ok(None)
    }

    /// Ends a cancelled subscription.
    pub(super) fn end(&mut self, id: u64, depth: u32) {
        if let Some(subscription) = self.state.subscriptions.get_mut(&id) {
            subscription.status = SubscriptionStatus::Cancelled;
            let (order, line) = (subscription.order, subscription.line);
            self.cancel_line(order, line, depth);
        }
    }

    fn cancel_line(&mut self, order: u64, line: u64, depth: u32) {
        let Some(found) = self.state.orders.get_mut(&order) else {
            return;
        };
        let contact = found.contact;
        let lines = found
            .lines
            .iter_mut()
            .filter(|one| one.id == line && !one.canceled);
        let canceled = lines.map(|line| line.canceled = true).count();
        if canceled > 0 {
            self.announce(contact, Kind::SaleCanceled { order, line }, depth);
        }
    }

    pub(super) fn pay(&mut self, id: u64, depth: u32) -> Result<Option<u64>, Refusal> {
        let now = self.now;
        let subscription = self.open_subscription(id)?;
        let (contact, order, line) = (subscription.contact, subscription.order, subscription.line);
        let found = self.state.order_line(order, line);
        let rhythm = found.and_then(|(_, line)| line.plan.recurring_options.clone());
        let subscription = self.open_subscription(id)?;
        subscription.status = SubscriptionStatus::Active;
        subscription.payments = subscription.payments.saturating_add(1);
        let last_end = subscription.period_end.unwrap_or(now);
        subscription.period_end = rhythm.as_ref().and_then(|rhythm| rhythm.after(last_end));
        let limit = rhythm.and_then(|rhythm| rhythm.limit_of_payments);
        if limit.is_some_and(|limit| subscription.payments >= limit) {
            subscription.status = SubscriptionStatus::Completed;
            subscription.completed_at = Some(now);
        }
        self.announce(contact, Kind::Sale { order, line }, depth);
        Ok(None)
    }

    pub(super) fn fail_payment(&mut self, id: u64, depth: u32) -> Result<Option<u64>, Refusal> {
        let subscription = self.open_subscription(id)?;
        subscription.status = SubscriptionStatus::InCharge;
        let contact = subscription.contact;
        self.announce(contact, Kind::PaymentFailed, depth);
        Ok(None)
    }

    fn open_subscription(&mut self, id: u64) -> Result<&mut Subscription, Refusal> {
        let found = self.state.subscriptions.get_mut(&id);
        let found = found.ok_or_else(|| Refusal::unknown("subscription", id))?;
        let is_open = found.status.is_open();
        is_open.then_some(found).ok_or(Refusal::SubscriptionEnded)
    }
}
