use serde::{Deserialize, Serialize};
use siohook_events::Timestamp;
use siohook_events::account::PricePlan;
use siohook_events::ids::{ContactId, SubscriptionId};

use crate::list::{Cursor, List};
use crate::{Client, Error};

/// A subscription of a contact to a price plan.
///
/// ```
/// use siohook_api::{Subscription, SubscriptionStatus};
///
/// fn ends_with_the_period(subscription: &Subscription) -> bool {
///     let is_active = subscription.status == SubscriptionStatus::Active;
///     is_active && subscription.cancelled_at.is_some()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Subscription {
    /// Subscription id.
    pub id: SubscriptionId,
    /// Time of the order.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Whether it is paid on.
    pub status: SubscriptionStatus,
    /// Time of the last payment, if the number of payments is limited.
    #[serde(default)]
    pub completed_at: Option<Timestamp>,
    /// Time of the cancellation. A subscription that is active and has it ends with the paid
    /// period.
    #[serde(default)]
    pub cancelled_at: Option<Timestamp>,
    /// What is paid.
    #[serde(default)]
    pub price_plan: Option<PricePlan>,
}

words! {
    /// Whether a subscription is paid on.
    ///
    /// ```
    /// use siohook_api::SubscriptionStatus;
    ///
    /// assert_eq!(SubscriptionStatus::from("in_charge"), SubscriptionStatus::InCharge);
    /// ```
    SubscriptionStatus {
        /// It is paid.
        Active = "active",
        /// It was cancelled.
        Cancelled = "cancelled",
        /// All payments were made.
        Completed = "completed",
        /// The last payment failed.
        InCharge = "in_charge",
        /// The first payment is open.
        Incomplete = "incomplete",
        /// The first payment was not made in time.
        IncompleteExpired = "incomplete_expired",
    }
}

/// When a subscription ends that is [cancelled](Client::cancel_subscription).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum Ending {
    /// At once.
    Now,
    /// At the end of the paid period.
    WhenBillingPeriodEnds,
}

impl Cursor for Subscription {
    fn cursor(&self) -> u64 {
        self.id.get()
    }
}

/// # Subscriptions
///
/// ```
/// use siohook_api::{Ending, SubscriptionStatus};
/// use siohook_events::ids::ContactId;
///
/// # async fn f(client: siohook_api::Client, contact: ContactId) -> Result<(), siohook_api::Error> {
/// for subscription in client.subscriptions(contact).all().await? {
///     if subscription.status == SubscriptionStatus::Active {
///         client.cancel_subscription(subscription.id, Ending::WhenBillingPeriodEnds).await?;
///     }
/// }
/// # Ok(())
/// # }
/// ```
impl Client {
    /// Lists the subscriptions of a contact.
    ///
    /// If there is no such contact, the first item is the error
    /// [`NotFound`](crate::ErrorKind::NotFound).
    pub fn subscriptions(&self, contact: ContactId) -> List<Subscription> {
        // This list is said to refuse pages of 100.
        let list = List::new(self, "/payment/subscriptions").page_size(50);
        list.filter("contact", contact)
    }

    /// Cancels a subscription.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::ErrorKind::NotFound), or [`Invalid`](crate::ErrorKind::Invalid) if it is
    /// cancelled already.
    pub async fn cancel_subscription(
        &self,
        id: SubscriptionId,
        cancel: Ending,
    ) -> Result<(), Error> {
        #[derive(Serialize)]
        struct Body {
            cancel: Ending,
        }
        let path = format!("/payment/subscriptions/{id}/cancel");
        self.send(&path, &Body { cancel }).await
    }
}
