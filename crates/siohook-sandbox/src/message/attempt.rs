use bytes::Bytes;
use serde::{Serialize, Serializer};
use siohook_events::Timestamp;
use siohook_sender::Request;

use crate::ids::attempt_id;
use crate::{Answer, Message, Outcome};

/// One attempt to deliver a [`Message`](crate::Message).
///
/// ```
/// use siohook_sandbox::{Attempt, Outcome};
///
/// fn is_lost(attempt: &Attempt) -> bool {
///     attempt.outcome != Outcome::Status
/// }
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// Its number, from 1.
    pub n: u32,
    /// Attempt id. An automation does not send it.
    pub id: String,
    /// Time at which it started, by the clock of the account.
    pub at: Timestamp,
    /// Real milliseconds that it took.
    pub ms: u64,
    /// What came of it.
    pub outcome: Outcome,
    /// Status of the answer.
    pub status: Option<u16>,
    /// Headers of the answer.
    pub headers: Vec<(String, String)>,
    /// The first 64 KiB of the answer's body. The bodies of the oldest messages are dropped when
    /// all of them are over 64 MiB. JSON has replacement characters for what is not UTF-8.
    #[serde(serialize_with = "text")]
    pub body: Bytes,
    /// What went wrong, unless the receiver answered.
    pub error: Option<String>,
    /// Whether it was asked for, and does not belong to the retry schedule.
    pub resent: bool,
    /// What to look at, if the likely cause of a failure is known.
    pub hint: Option<String>,
    /// Request as it was sent. `None` if none could be made.
    #[serde(skip)]
    pub request: Option<Request>,
}

impl Attempt {
    /// The number and the id of the next attempt of a message.
    pub(crate) fn next(message: &Message, at: Timestamp) -> (u32, String) {
        let n = u32::try_from(message.attempts.len() + 1).unwrap_or(u32::MAX);
        (n, attempt_id(&message.id, n, at))
    }

    /// An attempt on the schedule, without a request and a hint.
    pub(crate) fn new((n, id): (u32, String), at: Timestamp, answer: Answer) -> Self {
        Self {
            n,
            id,
            at,
            ms: u64::try_from(answer.took.as_millis()).unwrap_or(u64::MAX),
            outcome: answer.outcome,
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            error: answer.error,
            resent: false,
            hint: None,
            request: None,
        }
    }

    /// Returns the answer as HTTP/1.1 writes it: status, headers, and the kept part of the
    /// body. What is not HTTP is returned as it arrived.
    #[must_use]
    pub fn to_response(&self) -> Vec<u8> {
        let Some(status) = self.status else {
            return self.body.to_vec();
        };
        let mut head = format!("HTTP/1.1 {status}\r\n");
        for (name, value) in &self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

fn text<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&String::from_utf8_lossy(body))
}
