use std::borrow::Cow;
use std::io;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use siohook_events::{Mechanism, Timestamp};

use super::blob::Blob;
use crate::state::Ids;
use crate::{Attempt, ChaosHit, Message, Outcome, Source, Status};

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Record<'a> {
    /// A message as it was then.
    Message(Box<MessageRecord<'a>>),
    /// An attempt of a message has ended.
    Attempt {
        message: Cow<'a, str>,
        status: Status,
        next_attempt_at: Option<Timestamp>,
        made: Box<AttemptRecord<'a>>,
    },
    /// A message ended, or waits, without an attempt.
    Status {
        message: Cow<'a, str>,
        status: Status,
        next_attempt_at: Option<Timestamp>,
    },
    /// A message was removed.
    Removed(Cow<'a, str>),
    /// The time of the clock.
    Clock(Timestamp),
    /// How far the source of ids is.
    Ids(Cow<'a, Ids>),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageRecord<'a> {
    pub(crate) id: Cow<'a, str>,
    pub(crate) mechanism: Mechanism,
    pub(crate) event: Cow<'a, str>,
    pub(crate) source: Cow<'a, Source>,
    pub(crate) contact: Option<u64>,
    pub(crate) occurred_at: Timestamp,
    /// The id that is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sent_id: Option<Cow<'a, str>>,
    pub(crate) body: Blob,
    pub(crate) status: Status,
    pub(crate) next_attempt_at: Option<Timestamp>,
    pub(crate) attempts: Vec<AttemptRecord<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) chaos: Vec<ChaosHit>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttemptRecord<'a> {
    pub(crate) n: u32,
    pub(crate) id: Cow<'a, str>,
    pub(crate) at: Timestamp,
    pub(crate) ms: u64,
    /// What the request was made of. `None` if none was sent.
    pub(crate) to: Option<RouteRecord<'a>>,
    pub(crate) outcome: Outcome,
    pub(crate) status: Option<u16>,
    pub(crate) reason: Option<Cow<'a, str>>,
    pub(crate) headers: Cow<'a, [(String, String)]>,
    pub(crate) body: Blob,
    pub(crate) error: Option<Cow<'a, str>>,
    pub(crate) hint: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) resent: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) given_up: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) chaos: Vec<ChaosHit>,
}

/// Where a request went, with the secret or the token.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteRecord<'a> {
    pub(crate) url: Cow<'a, str>,
    pub(crate) key: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) forwarded_for: Option<IpAddr>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) sentry_headers: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl<'a> Record<'a> {
    pub(crate) fn message(message: &'a Message) -> Self {
        // What is under way when the process ends is sent again.
        let status = match message.status {
            Status::Delivering => Status::Queued,
            status => status,
        };
        let attempts = message.attempts.iter();
        Self::Message(Box::new(MessageRecord {
            id: message.id.as_ref().into(),
            mechanism: message.mechanism(),
            event: message.event().into(),
            source: Cow::Borrowed(&message.source),
            contact: message.contact(),
            occurred_at: message.occurred_at,
            sent_id: message.sample.message_id().map(Cow::from),
            body: Blob(message.sample.body().clone()),
            status,
            next_attempt_at: message.next_attempt_at,
            attempts: attempts.map(AttemptRecord::of).collect(),
            chaos: message.chaos.clone(),
        }))
    }

    pub(crate) fn attempt(message: &'a Message, attempt: &'a Attempt) -> Self {
        Self::Attempt {
            message: message.id.as_ref().into(),
            status: message.status,
            next_attempt_at: message.next_attempt_at,
            made: Box::new(AttemptRecord::of(attempt)),
        }
    }

    pub(crate) fn status(message: &'a Message) -> Self {
        Self::Status {
            message: message.id.as_ref().into(),
            status: message.status,
            next_attempt_at: message.next_attempt_at,
        }
    }

    pub(crate) fn to_line(&self) -> io::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}

impl<'a> AttemptRecord<'a> {
    fn of(attempt: &'a Attempt) -> Self {
        Self {
            n: attempt.n,
            id: (&*attempt.id).into(),
            at: attempt.at,
            ms: attempt.ms,
            to: attempt.sent.as_ref().map(|sent| sent.route.record()),
            outcome: attempt.outcome,
            status: attempt.status,
            reason: attempt.reason.as_deref().map(Cow::from),
            headers: Cow::Borrowed(&attempt.headers),
            body: Blob(attempt.body.clone()),
            error: attempt.error.as_deref().map(Cow::from),
            hint: attempt.hint.as_deref().map(Cow::from),
            resent: attempt.resent,
            given_up: attempt.is_given_up,
            chaos: attempt.chaos.clone(),
        }
    }
}
