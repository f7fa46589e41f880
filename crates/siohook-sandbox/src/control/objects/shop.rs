//! Price plans, coupons, orders and subscriptions.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::draft::Draft;
use super::object::{Object, lies_in};
use crate::Outgoing;
use crate::state::{
    Change, Coupon, Discount, Order, PlanType, PricePlan, Refusal, State, Subscription,
};
use crate::strict::Misfit;

/// The longest text on a bank statement.
const STATEMENT: usize = 22;

impl Object for PricePlan {
    const NAME: &'static str = "price plan";
    const FIXED: &'static [&'static str] = &["/id", "/recurring_options/id"];
    lies_in!(price_plans);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        let name = draft.text("name");
        let statement: String = name.to_uppercase().chars().take(STATEMENT).collect();
        draft.or("inner_name", name);
        draft.or("statement_descriptor", statement);
        draft.or("currency", "eur");
        draft.or("resources", json!([]));
        complete_rhythm(draft);
        let is_rhythmic = draft.members.contains_key("recurring_options");
        draft.or(
            "type",
            if is_rhythmic {
                "subscription"
            } else {
                "one_shot"
            },
        );
        let plan: Self = draft.read(state)?;
        plan.check()?;
        Ok(plan)
    }
}

/// Completes a short rhythm of payments: `{"interval": "month"}`.
fn complete_rhythm(draft: &mut Draft<'_>) {
    if draft
        .members
        .get("recurring_options")
        .is_some_and(Value::is_null)
    {
        draft.members.remove("recurring_options");
    }
    let rhythm = draft.members.get_mut("recurring_options");
    let Some(rhythm) = rhythm.and_then(Value::as_object_mut) else {
        return;
    };
    if !rhythm.contains_key("id") {
        rhythm.insert("id".to_owned(), draft.ids.number().into());
    }
    for (name, value) in [
        ("interval_count", json!(1)),
        ("trial_period", json!(0)),
        ("trial_interval", json!("day")),
    ] {
        rhythm.entry(name).or_insert(value);
    }
}

impl PricePlan {
    fn check(&self) -> Result<(), Misfit> {
        let is_currency =
            self.currency.len() == 3 && self.currency.bytes().all(|one| one.is_ascii_lowercase());
        let error = "a currency has three lower-case letters: `eur`";
        Misfit::unless(is_currency, "/currency", error)?;
        let (is_once, rhythm) = (self.r#type == PlanType::OneShot, &self.recurring_options);
        let error = if is_once {
            "a plan that is paid once has no `recurring_options`: make them null"
        } else {
            "a subscription needs `recurring_options`: {\"interval\": \"month\"}"
        };
        Misfit::unless(is_once == rhythm.is_none(), "/recurring_options", error)?;
        let Some(rhythm) = rhythm else {
            return Ok(());
        };
        let at = "/recurring_options/interval_count";
        Misfit::unless(rhythm.interval_count > 0, at, "this must be at least 1")?;
        let at = "/recurring_options/limit_of_payments";
        let is_limited = rhythm.limit_of_payments.is_some_and(|limit| limit > 0);
        let is_ended =
            self.r#type == PlanType::LimitedSubscription || rhythm.limit_of_payments.is_some();
        let error = "a plan with instalments needs their number, at least 1";
        Misfit::unless(is_limited || !is_ended, at, error)
    }
}

impl Object for Coupon {
    const NAME: &'static str = "coupon";
    const FIXED: &'static [&'static str] = &[];
    lies_in!(coupons: BTreeMap<String, Self>, by code: String);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        let code = draft.text("code");
        draft.or("inner_name", code);
        let coupon: Self = draft.read(state)?;
        let is_word = |letter: u8| letter.is_ascii_alphanumeric() || b"-_".contains(&letter);
        let is_code = !coupon.code.is_empty() && coupon.code.bytes().all(is_word);
        let error = "a code has letters, digits, `-` and `_`";
        Misfit::unless(is_code, "/code", error)?;
        draft.check_key("code", state.coupons.contains_key(&coupon.code))?;
        let is_part = !matches!(coupon.discount, Discount::Percent(101..));
        Misfit::unless(is_part, "/discount/amount", "this is more than 100 percent")?;
        Ok(coupon)
    }
}

/// The body that buys something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewOrder {
    contact: u64,
    price_plans: Vec<u64>,
    step: Option<u64>,
    coupon: Option<String>,
    ip: Option<String>,
}

impl Object for Order {
    const NAME: &'static str = "order";
    const METHODS: &'static [&'static str] = &["POST", "DELETE"];
    lies_in!(orders);

    fn create(
        draft: &mut Draft<'_>,
        state: &mut State,
        _: &str,
    ) -> Result<(u64, Vec<Outgoing>), Misfit> {
        let new: NewOrder = draft.read(state)?;
        let change = Change::Buy {
            contact: new.contact,
            price_plans: new.price_plans,
            step: new.step,
            coupon: new.coupon,
            ip: new.ip,
        };
        // What the body names was found, but a coupon can be used up.
        draft.apply(state, change, |refusal| match refusal {
            Refusal::EmptyOrder => "/price_plans",
            _ => "/coupon",
        })
    }

    fn clean_up(&self, state: &mut State) {
        state.subscriptions.retain(|_, one| one.order != self.id);
    }
}

impl Object for Subscription {
    const NAME: &'static str = "subscription";
    const METHODS: &'static [&'static str] = &[];
    lies_in!(subscriptions);
}
