//! A delivery as an operator sees it.

use std::fmt;

use bytes::Bytes;
use siohook::{Delivery, Timestamp};
use siohook_events::Shown;

use super::RunSummary;
use crate::clock::{Millis, timestamp};
use crate::store::DeliveryId;

/// A delivery without its body, with its runs: an item of
/// [`Operator::deliveries`](crate::Operator::deliveries).
///
/// ```
/// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
/// for delivery in inbox.deliveries().list(100).await? {
///     println!("{} {} {}", delivery.id(), delivery.received_at(), delivery.event());
///     for run in delivery.runs() {
///         println!("  {}: {}", run.handler(), run.state());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct DeliverySummary {
    pub(crate) id: DeliveryId,
    /// As hexadecimal digits.
    pub(crate) key: Box<str>,
    pub(crate) event: Box<str>,
    pub(crate) message_id: Option<Box<str>>,
    pub(crate) received_at: Millis,
    pub(crate) has_body: bool,
    pub(crate) runs: Vec<RunSummary>,
}

impl DeliverySummary {
    /// Returns the id in the store. Deliveries are numbered in the order of acceptance.
    ///
    /// ```
    /// # fn f(delivery: &siohook_inbox::DeliverySummary) {
    /// println!("delivery {}", delivery.id());
    /// # }
    /// ```
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Returns the [stored key](siohook::DeliveryKey::stored) as 76 hexadecimal digits.
    ///
    /// ```
    /// # fn f(delivery: &siohook_inbox::DeliverySummary) {
    /// println!("SELECT * FROM siohook_runs WHERE key = '{}'", delivery.key());
    /// # }
    /// ```
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the event's name.
    ///
    /// ```
    /// # fn f(delivery: &siohook_inbox::DeliverySummary) {
    /// let is_a_sale = delivery.event().starts_with("SALE_");
    /// # let _ = is_a_sale;
    /// # }
    /// ```
    #[must_use]
    pub fn event(&self) -> &str {
        &self.event
    }

    /// Returns the sender's id of the message. Automations have none.
    ///
    /// ```
    /// # fn f(delivery: &siohook_inbox::DeliverySummary) {
    /// println!("message {}", delivery.message_id().unwrap_or("without an id"));
    /// # }
    /// ```
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        self.message_id.as_deref()
    }

    /// Returns when the delivery was accepted.
    ///
    /// ```
    /// # fn f(delivery: &siohook_inbox::DeliverySummary) {
    /// println!("received at {}", delivery.received_at());
    /// # }
    /// ```
    #[must_use]
    pub fn received_at(&self) -> Timestamp {
        timestamp(self.received_at)
    }

    /// Returns `false` once the body was erased. No handler can run without it.
    ///
    /// ```
    /// # fn f(delivery: &siohook_inbox::DeliverySummary) {
    /// let can_run_again = delivery.has_body();
    /// # let _ = can_run_again;
    /// # }
    /// ```
    #[must_use]
    pub fn has_body(&self) -> bool {
        self.has_body
    }

    /// Returns the runs, sorted by the ids of their handlers.
    ///
    /// ```
    /// # fn f(delivery: &siohook_inbox::DeliverySummary) {
    /// for run in delivery.runs() {
    ///     println!("{}: {}", run.handler(), run.state());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn runs(&self) -> &[RunSummary] {
        &self.runs
    }
}

/// `Display` writes it in one line, without the text of an error.
impl fmt::Display for DeliverySummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "delivery {} ({}, received {})",
            self.id,
            Shown::value(&*self.event),
            self.received_at()
        )?;
        for (at, run) in self.runs.iter().enumerate() {
            let separator = if at == 0 { ": " } else { ", " };
            let handler = Shown::value(&*run.handler);
            write!(f, "{separator}{handler} is {}", run.state)?;
        }
        Ok(())
    }
}

/// A delivery with its body: the result of [`Operator::delivery`](crate::Operator::delivery).
///
/// ```
/// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
/// let stored = inbox.delivery(7).await?;
/// match stored.delivery() {
///     Some(delivery) => println!("{} trusted by {:?}", delivery.event(), delivery.trust()),
///     None => println!("{} has no body any more", stored.summary()),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct StoredDelivery {
    pub(super) summary: DeliverySummary,
    pub(super) body: Option<Body>,
    pub(super) delivery: Option<Delivery>,
}

impl StoredDelivery {
    /// Returns everything but the body.
    ///
    /// ```
    /// # fn f(stored: &siohook_inbox::StoredDelivery) {
    /// println!("{}", stored.summary());
    /// # }
    /// ```
    #[must_use]
    pub fn summary(&self) -> &DeliverySummary {
        &self.summary
    }

    /// Returns the runs, sorted by the ids of their handlers.
    ///
    /// ```
    /// # fn f(stored: &siohook_inbox::StoredDelivery) {
    /// for run in stored.runs() {
    ///     println!("{}: {}", run.handler(), run.state());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn runs(&self) -> &[RunSummary] {
        &self.summary.runs
    }

    /// Returns the delivery, as handlers get it. It is `None` if the body was erased, or if the
    /// record was written by a later version of siohook or changed by hand.
    ///
    /// ```
    /// # fn f(stored: &siohook_inbox::StoredDelivery) {
    /// if let Some(delivery) = stored.delivery() {
    ///     println!("{:?}", delivery.trust());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn delivery(&self) -> Option<&Delivery> {
        self.delivery.as_ref()
    }

    /// Returns the body as it was received, or `None` if it was erased.
    ///
    /// ```
    /// # fn f(stored: &siohook_inbox::StoredDelivery) -> std::io::Result<()> {
    /// if let Some(body) = stored.body() {
    ///     std::fs::write("delivery.json", body)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.body.as_ref().map(|Body(bytes)| bytes)
    }
}

/// Bytes that are not printed.
#[derive(Clone)]
pub(super) struct Body(pub(super) Bytes);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}
