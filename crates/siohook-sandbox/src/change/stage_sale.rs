//! Orders, lines and subscriptions that an event is about.

use super::Change;
use super::fire::refused;
use super::run::Run;
use super::stage::IP;
use super::with::{OneOrMore, With};
use crate::state::{Course, Interval, PlanType, PricePlan, RecurringOptions, Resource};
use crate::strict::Misfit;

impl Run<'_> {
    pub(super) fn stage_sale(&mut self, contact: u64, with: &With) -> Result<Change, Misfit> {
        let mut price_plans = vec![];
        for plan in with.price_plan.iter().flat_map(OneOrMore::refs) {
            price_plans.push(self.find::<PricePlan>(Some(plan))?);
        }
        if with.price_plan.is_none() {
            price_plans.push(self.stage_plan(with)?);
        }
        let step = match &with.funnel_step {
            Some(step) => Some(self.find_step(step)?),
            None => self.first_step("offer-form"),
        };
        let ip = Some(with.ip.clone().unwrap_or_else(|| IP.to_owned()));
        Ok(Change::Buy {
            contact,
            price_plans,
            step,
            coupon: with.coupon.clone(),
            ip,
        })
    }

    /// The first plan, or a new one that gives a course.
    fn stage_plan(&mut self, with: &With) -> Result<u64, Misfit> {
        let is_new = self.state.price_plans.is_empty();
        let id = self.find::<PricePlan>(None)?;
        if is_new {
            let course = self.find::<Course>(with.course.as_ref())?;
            let access_type = with.access_type;
            let resource = Resource::Course {
                course,
                access_type,
            };
            if let Some(plan) = self.state.price_plans.get_mut(&id) {
                plan.resources.push(resource);
            }
        }
        Ok(id)
    }

    /// The given line of an order, or the latest that was not cancelled.
    pub(super) fn stage_line(&mut self, contact: u64, with: &With) -> Result<(u64, u64), Misfit> {
        let orders = self.state.orders.values().rev();
        let own = orders.filter(|order| match with.order {
            Some(id) => order.id == id,
            None => order.contact == contact || with.line.is_some(),
        });
        let lines = own.flat_map(|order| order.lines.iter().map(|line| (order.id, line)));
        let mut lines = lines.filter(|(_, line)| match with.line {
            Some(id) => line.id == id,
            None => !line.canceled,
        });
        if let Some((order, line)) = lines.next() {
            return Ok((order, line.id));
        }
        if let Some(line) = with.line {
            return Err(Misfit::new(
                "/with/line",
                format!("there is no line {line}"),
            ));
        }
        if let Some(order) = with.order {
            let error = format!("there is no order {order} with a line that was not cancelled");
            return Err(Misfit::new("/with/order", error));
        }
        let buy = self.stage_sale(contact, with)?;
        let bought = self.change(buy, 0);
        bought.map_err(|refusal| refused("/with", &refusal))?;
        self.stage_line(contact, with)
    }

    /// The given subscription, or the contact's latest that can still be paid.
    pub(super) fn stage_subscription(&mut self, contact: u64, with: &With) -> Result<u64, Misfit> {
        if let Some(id) = with.subscription {
            let is_known = self.state.subscriptions.contains_key(&id);
            let error = || format!("there is no subscription {id}");
            let unknown = || Misfit::new("/with/subscription", error());
            return is_known.then_some(id).ok_or_else(unknown);
        }
        let subscriptions = self.state.subscriptions.values().rev();
        let mut own = subscriptions.filter(|one| one.contact == contact && one.status.is_open());
        if let Some(latest) = own.next() {
            return Ok(latest.id);
        }
        let plans = self.state.price_plans.values();
        let mut recurring = plans.filter(|plan| plan.recurring_options.is_some());
        let plan = match recurring.next() {
            Some(plan) => plan.id,
            None => self.make_monthly_plan(),
        };
        let buy = Change::Buy {
            contact,
            price_plans: vec![plan],
            step: None,
            coupon: None,
            ip: with.ip.clone(),
        };
        let bought = self.change(buy, 0);
        bought.map_err(|refusal| refused("/with", &refusal))?;
        self.stage_subscription(contact, with)
    }

    fn make_monthly_plan(&mut self) -> u64 {
        let (plan, options) = (
            self.make::<PricePlan>("Membership"),
            self.state.ids.number(),
        );
        if let Some(plan) = self.state.price_plans.get_mut(&plan) {
            let mut monthly = RecurringOptions::every(1, Interval::Month);
            monthly.id = options;
            plan.recurring_options = Some(monthly);
            plan.r#type = PlanType::Subscription;
        }
        plan
    }
}
