use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;

use super::PricePlan;

/// Order of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Order id.
    pub id: u64,
    /// Contact id.
    pub contact: u64,
    /// Time of the order.
    pub created_at: Timestamp,
    /// Id of the funnel step with the order form.
    pub step: Option<u64>,
    /// Code of the coupon.
    pub coupon: Option<String>,
    /// Price of all lines after the discount, in minor units of the currency.
    pub total: u64,
    /// IP address of the customer.
    pub client_ip: Option<String>,
    /// Products: the main one, then bumps and upsells.
    pub lines: Vec<OrderLine>,
}

/// Product of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// Id of the line, `orderItem.id` in bodies.
    pub id: u64,
    /// Price plan as it was at the time of the order.
    pub plan: PricePlan,
    /// Whether the payment was refunded or the subscription cancelled.
    pub canceled: bool,
}

/// Subscription of a contact to a price plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// Subscription id.
    pub id: u64,
    /// Contact id.
    pub contact: u64,
    /// Order id.
    pub order: u64,
    /// Id of the line of the order.
    pub line: u64,
    /// Time of the order.
    pub created_at: Timestamp,
    /// Whether it is paid on.
    pub status: SubscriptionStatus,
    /// Time of the last payment, if the number of payments is limited.
    pub completed_at: Option<Timestamp>,
    /// Time of the cancellation. An active subscription with it ends with the paid period.
    pub cancelled_at: Option<Timestamp>,
    /// Number of payments.
    pub payments: u32,
    /// End of the paid period or of the trial. `None` if it never ends.
    pub period_end: Option<Timestamp>,
}

/// Whether a subscription is paid on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionStatus {
    /// It is paid.
    Active,
    /// It was cancelled.
    Cancelled,
    /// All payments were made.
    Completed,
    /// The last payment failed.
    InCharge,
}

impl SubscriptionStatus {
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::Active | Self::InCharge)
    }
}
