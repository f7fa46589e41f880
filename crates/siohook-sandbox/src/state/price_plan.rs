use jiff::{Span, Timestamp as Moment, tz::TimeZone};
use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;

use super::AccessType;

/// Offer and its price.
///
/// ```
/// use siohook_sandbox::state::PricePlan;
///
/// let plan: PricePlan = serde_json::from_str(
///     r#"{"id": 5, "name": "Course", "inner_name": "course", "statement_descriptor": "SHOP",
///         "type": "one_shot", "amount": 4700, "currency": "eur", "recurring_options": null,
///         "resources": [{"type": "course", "course": 4}, {"type": "tag", "tag": 2}]}"#,
/// )?;
/// assert_eq!(plan.resources.len(), 2);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PricePlan {
    /// Price plan id.
    pub id: u64,
    /// Name that customers see.
    pub name: String,
    /// Name that only the owner sees.
    pub inner_name: String,
    /// Text on the customer's bank statement.
    pub statement_descriptor: String,
    /// How it is paid.
    pub r#type: PlanType,
    /// Price of one payment, in minor units of the currency.
    pub amount: u64,
    /// Currency as lower-case ISO 4217: `eur`.
    pub currency: String,
    /// Rhythm of the payments. `None` if there is only one.
    pub recurring_options: Option<RecurringOptions>,
    /// What the customer gets.
    pub resources: Vec<Resource>,
}

impl PricePlan {
    /// A plan of 47.00 euros that gives nothing.
    pub(crate) fn named(id: u64, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            inner_name: name.to_owned(),
            statement_descriptor: name.to_uppercase(),
            r#type: PlanType::OneShot,
            amount: 4700,
            currency: "eur".to_owned(),
            recurring_options: None,
            resources: vec![],
        }
    }
}

/// How a price is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanType {
    /// At once.
    OneShot,
    /// Again and again.
    Subscription,
    /// In instalments. The name on the wire is not published; this one is ours.
    LimitedSubscription,
}

/// Rhythm of the payments of a subscription.
///
/// ```
/// use siohook_sandbox::state::{Interval, RecurringOptions};
///
/// let monthly = RecurringOptions::every(1, Interval::Month);
/// let next = monthly.after("2026-01-31T00:00:00+00:00".parse()?);
/// assert_eq!(next.unwrap().to_string(), "2026-02-28T00:00:00+00:00");
/// # Ok::<(), siohook_sandbox::ParseTimestampError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecurringOptions {
    /// Id of the options.
    pub id: u64,
    /// Unit of time between payments.
    pub interval: Interval,
    /// Number of those units between payments.
    pub interval_count: u32,
    /// Length of the trial, 0 for none.
    pub trial_period: u32,
    /// Unit of time of the trial.
    pub trial_interval: Interval,
    /// Number of payments after which the subscription ends. `None` for no end.
    pub limit_of_payments: Option<u32>,
}

impl RecurringOptions {
    /// Makes a rhythm without a trial and without an end.
    #[must_use]
    pub const fn every(interval_count: u32, interval: Interval) -> Self {
        Self {
            id: 0,
            interval,
            interval_count,
            trial_period: 0,
            trial_interval: Interval::Day,
            limit_of_payments: None,
        }
    }

    /// Returns the time of the payment after one at this time. `None` after the year 9999.
    #[must_use]
    pub fn after(&self, time: Timestamp) -> Option<Timestamp> {
        self.interval.add(self.interval_count.max(1), time)
    }

    /// The end of the first paid period or of the trial.
    pub(crate) fn first_period_end(&self, start: Timestamp) -> Option<Timestamp> {
        match self.trial_period {
            0 => self.after(start),
            length => self.trial_interval.add(length, start),
        }
    }
}

/// Unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// A month of the calendar.
    Month,
    /// A year of the calendar.
    Year,
}

impl Interval {
    fn add(self, count: u32, time: Timestamp) -> Option<Timestamp> {
        let (span, count) = (Span::new(), i64::from(count));
        let span = match self {
            Self::Day => span.try_days(count),
            Self::Week => span.try_weeks(count),
            Self::Month => span.try_months(count),
            Self::Year => span.try_years(count),
        };
        let date = TimeZone::UTC.to_datetime(Moment::from(time));
        let later = date.checked_add(span.ok()?).ok()?;
        let later = TimeZone::UTC.to_timestamp(later).ok()?;
        later.try_into().ok()
    }
}

/// What a customer gets with a price plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Resource {
    /// A tag.
    Tag {
        /// Tag id.
        tag: u64,
    },
    /// Access to a course.
    Course {
        /// Course id.
        course: u64,
        /// How much of the course is open.
        #[serde(default)]
        access_type: AccessType,
    },
    /// Access to a bundle of courses.
    Bundle {
        /// Bundle id.
        bundle: u64,
        /// How much of each course is open.
        #[serde(default)]
        access_type: AccessType,
    },
    /// A product that is shipped.
    PhysicalProduct {
        /// Product id.
        id: u64,
        /// Name that the owner chose.
        name: String,
    },
}

/// Coupon for an order.
///
/// ```
/// use siohook_sandbox::state::{Coupon, Discount};
///
/// let coupon: Coupon = serde_json::from_str(
///     r#"{"code": "C1", "inner_name": "Spring", "discount": {"type": "percent", "amount": 20}}"#,
/// )?;
/// assert_eq!(coupon.discount, Discount::Percent(20));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coupon {
    /// Code that customers enter, unique in the account.
    pub code: String,
    /// Name that only the owner sees.
    pub inner_name: String,
    /// What is taken off.
    pub discount: Discount,
    /// Time after which it does not count.
    pub expiration_date: Option<Timestamp>,
    /// Number of orders that can use it.
    pub limit_of_use: Option<u32>,
}

/// What a coupon takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    content = "amount",
    rename_all = "snake_case",
    deny_unknown_fields
)]
pub enum Discount {
    /// An amount in minor units of the currency.
    Fixed(u64),
    /// A part of the price in percent.
    Percent(u64),
}

impl Discount {
    /// The price without the discount.
    pub(crate) fn off(self, price: u64) -> u64 {
        match self {
            Self::Fixed(amount) => price.saturating_sub(amount),
            Self::Percent(percent) => {
                let rest = u128::from(price) * u128::from(100 - percent.min(100)) / 100;
                u64::try_from(rest).unwrap_or(price)
            }
        }
    }
}
