//! A delivery and its runs, as an operator sees them.

use std::fmt;

use bytes::Bytes;
use siohook::{Delivery, Timestamp};
use siohook_events::Shown;

use crate::DeadReason;
use crate::dead_letter::timestamp;
use crate::store::{DeliveryId, Millis};

/// The state of a run.
///
/// ```
/// use siohook_inbox::State;
///
/// assert_eq!(State::Waiting.to_string(), "waiting");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum State {
    /// It waits for an earlier run of the same key.
    Behind,
    /// It waits for its first or next attempt.
    Waiting,
    /// Its handler is running.
    Running,
    /// Its handler succeeded.
    Done,
    /// It is not tried again.
    Dead,
}

impl State {
    #[cfg(feature = "sqlite")]
    const ALL: [Self; 5] = [
        Self::Behind,
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Dead,
    ];

    /// Returns the word of the table's column, which `Display` writes too.
    ///
    /// ```
    /// assert_eq!(siohook_inbox::State::Dead.as_str(), "dead");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Behind => "behind",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    #[cfg(feature = "sqlite")]
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

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

/// The run of a handler: a part of [`DeliverySummary`].
///
/// ```
/// use siohook_inbox::{RunSummary, State};
///
/// fn next_attempt(run: &RunSummary) -> Option<siohook::Timestamp> {
///     (run.state() == State::Waiting).then(|| run.due_at())
/// }
/// ```
#[derive(Clone)]
pub struct RunSummary {
    pub(crate) handler: Box<str>,
    pub(crate) state: State,
    pub(crate) due_at: Millis,
    pub(crate) attempts: u32,
    pub(crate) crashes: u32,
    pub(crate) replays: u32,
    pub(crate) ended_at: Option<Millis>,
    pub(crate) reason: Option<DeadReason>,
    pub(crate) error: Option<Box<str>>,
}

impl RunSummary {
    /// Returns the id of the handler.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// println!("{}", run.handler());
    /// # }
    /// ```
    #[must_use]
    pub fn handler(&self) -> &str {
        &self.handler
    }

    /// Returns what the run is doing.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// use siohook_inbox::State;
    ///
    /// let has_ended = matches!(run.state(), State::Done | State::Dead);
    /// # let _ = has_ended;
    /// # }
    /// ```
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Returns when the next attempt is due, if the run waits. Otherwise, when the last one was.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// println!("{} is due at {}", run.handler(), run.due_at());
    /// # }
    /// ```
    #[must_use]
    pub fn due_at(&self) -> Timestamp {
        timestamp(self.due_at)
    }

    /// Returns how often the handler was started, since an operator let it run again.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// println!("{} was started {} times", run.handler(), run.attempts());
    /// # }
    /// ```
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns in how many of the last starts the process ended.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// if run.crashes() > 0 {
    ///     println!("the process ended in {}", run.handler());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn crashes(&self) -> u32 {
        self.crashes
    }

    /// Returns how often an operator let the run [run again](crate::Replay::again) after it was
    /// done.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// if run.replays() > 0 {
    ///     println!("{} ran again {} times", run.handler(), run.replays());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn replays(&self) -> u32 {
        self.replays
    }

    /// Returns when the run ended, if it is done or dead.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// if let Some(time) = run.ended_at() {
    ///     println!("{} ended at {time}", run.handler());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn ended_at(&self) -> Option<Timestamp> {
        self.ended_at.map(timestamp)
    }

    /// Returns why the run is dead, if it is.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// if let Some(reason) = run.reason() {
    ///     println!("{} is dead: {reason}", run.handler());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn reason(&self) -> Option<DeadReason> {
        self.reason
    }

    /// Returns the text of the last error: at most 2 KiB, with control characters escaped.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// if let Some(error) = run.error() {
    ///     eprintln!("{error}");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    pub(crate) fn is_purged(&self) -> bool {
        self.reason == Some(DeadReason::Purged)
    }
}

/// Without the text of the error, which may be personal.
impl fmt::Debug for RunSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunSummary")
            .field("handler", &self.handler)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
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
