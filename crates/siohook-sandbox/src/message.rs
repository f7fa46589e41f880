mod attempt;
mod request;

use serde::{Serialize, Serializer};
use siohook_events::{Mechanism, Timestamp};
use siohook_sender::Request;

use crate::Source;
pub use attempt::Attempt;
pub(crate) use request::ShownRequest;

/// A message and what has come of it, as the control API shows it.
///
/// ```
/// use siohook_sandbox::Message;
///
/// fn is_answered(message: &Message) -> bool {
///     message.attempts.iter().any(|attempt| attempt.status.is_some())
/// }
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Message {
    /// Message id. An automation does not send it.
    pub id: String,
    /// How it is sent.
    pub mechanism: Mechanism,
    /// Name of the event.
    pub event: String,
    /// How far it is.
    pub status: Status,
    /// What sends it: `webhook` and `subscription`, `rule` or `workflow` in JSON.
    #[serde(flatten, serialize_with = "ids")]
    pub source: Source,
    /// Contact that it is about.
    pub contact: Option<u64>,
    /// Time of the event, the same on every attempt.
    pub occurred_at: Timestamp,
    /// Time of the next attempt, if there is going to be one.
    pub next_attempt_at: Option<Timestamp>,
    /// Request of the latest attempt.
    #[serde(serialize_with = "request::serialize")]
    pub request: Option<Request>,
    /// Attempts so far, in order.
    pub attempts: Vec<Attempt>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// The ids of a source, each `null` if it is that of another kind.
fn ids<S: Serializer>(source: &Source, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Default, Serialize)]
    struct Ids<'a> {
        webhook: Option<&'a str>,
        subscription: Option<&'a str>,
        rule: Option<u64>,
        workflow: Option<u64>,
    }
    let ids = match source {
        Source::Webhook {
            webhook,
            subscription,
        } => Ids {
            webhook: Some(webhook),
            subscription: Some(subscription),
            ..Ids::default()
        },
        Source::Rule { rule, .. } => Ids {
            rule: Some(*rule),
            ..Ids::default()
        },
        Source::Workflow { workflow, .. } => Ids {
            workflow: Some(*workflow),
            ..Ids::default()
        },
        Source::Direct { .. } => Ids::default(),
    };
    ids.serialize(serializer)
}
