use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Serialize, Serializer};
use siohook_events::Timestamp;
use siohook_sender::{Request, Sample};

use crate::ids::attempt_id;
use crate::sender::Route;
use crate::{Answer, ChaosHit, Message, Outcome};

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
    pub headers: Arc<[(String, String)]>,
    /// The first 64 KiB of the answer's body. The bodies of the oldest messages are dropped when
    /// all of them are over 64 MiB. JSON has replacement characters for what is not UTF-8.
    #[serde(serialize_with = "text")]
    pub body: Bytes,
    /// What went wrong, unless the receiver answered.
    pub error: Option<String>,
    /// Whether it does not belong to the retry schedule: it was asked for, or is a copy that
    /// [`Chaos`](crate::Chaos) made.
    pub resent: bool,
    /// What to look at, if the likely cause of a failure is known.
    pub hint: Option<String>,
    /// What went wrong on purpose: see [`Chaos`](crate::Chaos).
    pub chaos: Vec<ChaosHit>,
    /// Text behind the status.
    #[serde(skip)]
    pub(crate) reason: Option<Box<str>>,
    #[serde(skip)]
    pub(crate) sent: Option<Sent>,
    /// Whether the message was given up instead of sent.
    #[serde(skip)]
    pub(crate) is_given_up: bool,
}

/// What a request was made of. With the id and the time of the attempt, it can be made again in
/// less memory than the request takes. `Debug` does not show the key.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) sample: Arc<Sample>,
    pub(crate) route: Arc<Route>,
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sent").finish_non_exhaustive()
    }
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
            reason: answer.reason.map(Into::into),
            headers: answer.headers.into(),
            body: answer.body,
            error: answer.error,
            resent: false,
            hint: None,
            chaos: vec![],
            sent: None,
            is_given_up: false,
        }
    }

    /// Returns the request as it was sent, whatever was edited since. `None` if none could be
    /// made. It is made again on each call.
    ///
    /// ```
    /// use siohook_sandbox::Attempt;
    ///
    /// fn signature(attempt: &Attempt) -> Option<String> {
    ///     let request = attempt.request()?;
    ///     let mut headers = request.headers().iter();
    ///     let (_, value) = headers.find(|(name, _)| name == "x-webhook-signature")?;
    ///     Some(value.clone())
    /// }
    /// ```
    #[must_use]
    pub fn request(&self) -> Option<Request> {
        let Sent { sample, route } = self.sent.as_ref()?;
        let mut damages = self.chaos.iter().filter_map(|hit| hit.damage());
        route
            .request(sample, &self.id, self.at, damages.next())
            .ok()
    }

    /// Returns the answer as HTTP/1.1 writes it: status line, headers, and the kept part of the
    /// body. What is not HTTP is returned as it arrived.
    #[must_use]
    pub fn to_response(&self) -> Vec<u8> {
        let Some(status) = self.status else {
            return self.body.to_vec();
        };
        let mut head = format!("HTTP/1.1 {status}");
        if let Some(reason) = &self.reason {
            head.extend([" ", reason]);
        }
        head.push_str("\r\n");
        for (name, value) in &*self.headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

fn text<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&String::from_utf8_lossy(body))
}
