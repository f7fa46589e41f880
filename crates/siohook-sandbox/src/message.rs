mod attempt;
mod json;

use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};
use siohook_events::{Mechanism, Timestamp};
use siohook_sender::{Request, Sample};

use crate::{ChaosHit, Outgoing, Source};
pub use attempt::Attempt;
pub(crate) use attempt::Sent;
pub(crate) use json::{ShownRequest, ShownSource};

/// A message and what has come of it, as the control API shows it.
///
/// ```
/// use siohook_sandbox::Message;
///
/// fn is_answered(message: &Message) -> bool {
///     message.attempts.iter().any(|attempt| attempt.status.is_some())
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Message {
    /// Message id. An automation does not send it.
    pub id: Arc<str>,
    /// How far it is.
    pub status: Status,
    /// Time of the event, the same on every attempt.
    pub occurred_at: Timestamp,
    /// Time of the next attempt, if there is going to be one.
    pub next_attempt_at: Option<Timestamp>,
    /// Attempts so far, in order.
    pub attempts: Vec<Attempt>,
    /// What went wrong on purpose before the first attempt: see [`Chaos`](crate::Chaos).
    pub chaos: Vec<ChaosHit>,
    pub(crate) source: Arc<Source>,
    pub(crate) sample: Arc<Sample>,
    pub(crate) contact: Option<u64>,
}

impl Message {
    /// A message that is queued.
    pub(crate) fn new(
        id: &str,
        source: Arc<Source>,
        sample: Sample,
        contact: Option<u64>,
        now: Timestamp,
    ) -> Self {
        Self {
            id: id.into(),
            status: Status::Queued,
            occurred_at: sample.occurred_at().unwrap_or(now),
            next_attempt_at: None,
            attempts: vec![],
            chaos: vec![],
            source,
            sample: Arc::new(sample),
            contact,
        }
    }

    /// The message as it was before it was sent.
    pub(crate) fn outgoing(&self) -> Outgoing {
        Outgoing {
            source: (*self.source).clone(),
            sample: (*self.sample).clone(),
            contact: self.contact,
        }
    }

    /// Returns how it is sent.
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.sample.mechanism()
    }

    /// Returns the name of the event.
    #[must_use]
    pub fn event(&self) -> &str {
        self.sample.event().as_str()
    }

    /// Returns what sends it: `webhook` and `subscription`, `rule` or `workflow` in JSON.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Returns the id of the contact that it is about.
    #[must_use]
    pub fn contact(&self) -> Option<u64> {
        self.contact
    }

    /// Returns the request of the latest attempt, as [`Attempt::request`] does. A message that
    /// is given up for a newer one keeps the request that it had.
    ///
    /// ```
    /// use siohook_sandbox::Message;
    ///
    /// fn url(message: &Message) -> Option<String> {
    ///     Some(message.request()?.url())
    /// }
    /// ```
    #[must_use]
    pub fn request(&self) -> Option<Request> {
        self.latest()?.request()
    }

    /// The latest attempt that was begun.
    pub(crate) fn latest(&self) -> Option<&Attempt> {
        self.attempts.iter().rfind(|attempt| !attempt.is_given_up)
    }

    /// Adds an attempt. Few messages have another one, so there is room for this one only.
    pub(crate) fn push(&mut self, attempt: Attempt) {
        self.attempts.reserve_exact(1);
        self.attempts.push(attempt);
    }
}

/// How far a [`Message`] is.
///
/// ```
/// use siohook_sandbox::Status;
///
/// assert_eq!(Status::Delivered.as_str(), "delivered");
/// assert!(Status::Exhausted.is_finished());
/// assert!(!Status::Waiting.is_finished());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// An attempt is due, and others to the same receiver are before it.
    Queued,
    /// An attempt is under way.
    Delivering,
    /// An attempt failed, and another one follows.
    Waiting,
    /// The receiver accepted it.
    Delivered,
    /// The last attempt of the schedule failed.
    Exhausted,
    /// The webhook was deleted or switched off, or too many newer messages wait.
    Cancelled,
    /// The sandbox does not send to the receiver: see [`Refusal`](crate::Refusal).
    Blocked,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Queued,
        Self::Delivering,
        Self::Waiting,
        Self::Delivered,
        Self::Exhausted,
        Self::Cancelled,
        Self::Blocked,
    ];

    /// Returns the word that JSON has.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Delivering => "delivering",
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Exhausted => "exhausted",
            Self::Cancelled => "cancelled",
            Self::Blocked => "blocked",
        }
    }

    /// Returns whether nothing follows by itself.
    #[must_use]
    pub const fn is_finished(self) -> bool {
        !matches!(self, Self::Queued | Self::Delivering | Self::Waiting)
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
