use std::fmt;

use siohook::Timestamp;

use super::filter::Problems;
use super::{DeliverySummary, Operator, State};
use crate::InboxError;
use crate::store::DeliveryQuery;

impl Operator {
    /// Selects deliveries: all, until a method of [`Deliveries`] leaves some out.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// use siohook_inbox::State;
    ///
    /// let sales = inbox.deliveries().state(State::Waiting).event("SALE_*").list(100).await?;
    /// # let _ = sales;
    /// # Ok(())
    /// # }
    /// ```
    pub fn deliveries(&self) -> Deliveries {
        Deliveries {
            operator: self.clone(),
            query: DeliveryQuery::default(),
            problems: Problems::default(),
        }
    }
}

/// Deliveries of a store: see [`Operator::deliveries`].
///
/// ```
/// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::SystemTime;
///
/// use siohook_inbox::HOUR;
///
/// let hour_ago = SystemTime::now() - HOUR;
/// for delivery in inbox.deliveries().event("contact.*").since(hour_ago).list(100).await? {
///     println!("{delivery}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Deliveries {
    operator: Operator,
    query: DeliveryQuery,
    problems: Problems,
}

impl Deliveries {
    /// Takes those with a run in this state. Runs that were purged have none.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// use siohook_inbox::State;
    ///
    /// let running = inbox.deliveries().state(State::Running).list(100).await?;
    /// # let _ = running;
    /// # Ok(())
    /// # }
    /// ```
    pub fn state(mut self, state: State) -> Self {
        self.query.state = Some(state);
        self
    }

    /// Takes those of an event, or of a pattern such as `SALE_*`, `contact.*` or `*`, with the
    /// syntax of [`on_event`](siohook::on_event).
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// let sales = inbox.deliveries().event("SALE_*").list(100).await?;
    /// # let _ = sales;
    /// # Ok(())
    /// # }
    /// ```
    pub fn event(mut self, pattern: impl AsRef<str>) -> Self {
        self.problems
            .event(&mut self.query.filter, pattern.as_ref());
        self
    }

    /// Takes those with a run of this handler. If a state is given as well, the handler's run is in
    /// it.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// let granted = inbox.deliveries().handler("grant").list(100).await?;
    /// # let _ = granted;
    /// # Ok(())
    /// # }
    /// ```
    pub fn handler(mut self, id: impl Into<String>) -> Self {
        self.query.filter.handler = Some(id.into());
        self
    }

    /// Takes those that were received at this time or later. It is a [`Timestamp`], a
    /// [`SystemTime`](std::time::SystemTime), or what else converts to a `Timestamp`.
    ///
    /// A delivery that was received while the clock was wrong by more than a day may be left out.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::SystemTime;
    ///
    /// let hour_ago = SystemTime::now() - siohook_inbox::HOUR;
    /// let newest = inbox.deliveries().since(hour_ago).list(100).await?;
    /// # let _ = newest;
    /// # Ok(())
    /// # }
    /// ```
    pub fn since(mut self, time: impl TryInto<Timestamp, Error: fmt::Display>) -> Self {
        self.problems.since(&mut self.query.filter, time);
        self
    }

    /// Takes those that were received before this time.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// let day: siohook::Timestamp = "2026-10-01T00:00:00Z".parse()?;
    /// let older = inbox.deliveries().before(day).list(100).await?;
    /// # let _ = older;
    /// # Ok(())
    /// # }
    /// ```
    pub fn before(mut self, time: impl TryInto<Timestamp, Error: fmt::Display>) -> Self {
        self.problems.before(&mut self.query.filter, time);
        self
    }

    /// Takes those with a lower id: the next page is below the last id of the one before.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// let mut page = inbox.deliveries().list(100).await?;
    /// while let Some(last) = page.last() {
    ///     page = inbox.deliveries().below(last.id()).list(100).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn below(mut self, id: i64) -> Self {
        self.query.filter.below = id;
        self
    }

    /// Reads at most `limit` deliveries, newest first.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), Box<dyn std::error::Error>> {
    /// for delivery in inbox.deliveries().list(100).await? {
    ///     println!("{delivery}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The pattern or a time is wrong.
    pub async fn list(self, limit: usize) -> Result<Vec<DeliverySummary>, InboxError> {
        self.problems.check()?;
        let query = self.query;
        self.operator
            .ask(move |records, _| Ok(records.deliveries(&query, limit)?))
            .await
    }
}

impl fmt::Debug for Deliveries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Deliveries").field(&self.query).finish()
    }
}
