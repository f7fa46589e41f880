//! What senders are answered.

use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};

use super::relay;
use super::tap::Instead;
use crate::receiver::Answered;

/// An answer to a sender.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// A body of the program's own.
    Own(Bytes),
    /// The bytes of a whole answer.
    Relayed(Vec<u8>),
}

impl Reply {
    /// An answer of the program's own.
    pub(super) fn own(status: StatusCode, outcome: &str) -> Self {
        Self {
            status,
            content: Content::Own(format!("{{\"outcome\":\"{outcome}\"}}").into()),
        }
    }

    pub(super) fn recorded(status: StatusCode) -> Self {
        Self::own(status, "recorded")
    }

    /// The answer of a receiver to a request with this method.
    pub(super) fn relayed(method: &str, answered: &Answered) -> Self {
        let Ok(status) = StatusCode::from_u16(answered.status) else {
            return Self::own(StatusCode::BAD_GATEWAY, "receiver_broke_off");
        };
        Self {
            status,
            content: Content::Relayed(relay::answer(method, answered)),
        }
    }

    /// What a server is to write, unless the answer is in bytes.
    pub(super) fn response(self, instead: &Instead) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::default());
        *response.status_mut() = self.status;
        match self.content {
            Content::Own(body) => {
                let json = HeaderValue::from_static("application/json");
                response.headers_mut().insert(CONTENT_TYPE, json);
                *response.body_mut() = Full::new(body);
            }
            Content::Relayed(answer) => instead.set(answer),
        }
        response
    }
}

/// How senders are answered, unless it is by the receiver.
#[derive(Debug)]
pub(super) struct Manner {
    /// These in turn, the last one from then on. `None`: what the receiver answers.
    pub(super) statuses: Option<Vec<Status>>,
    pub(super) delay: Duration,
    given: AtomicUsize,
}

impl Manner {
    pub(super) fn new(statuses: Option<Vec<Status>>, delay: Duration) -> Self {
        Self {
            statuses,
            delay,
            given: AtomicUsize::new(0),
        }
    }

    /// The next answer. `None` if the receiver gives it.
    pub(super) fn next(&self) -> Option<Reply> {
        let statuses = self.statuses.as_ref()?;
        let index = self.given.fetch_add(1, Ordering::Relaxed);
        let status = statuses.get(index).or(statuses.last());
        Some(Reply::recorded(
            status.map_or(StatusCode::OK, |status| status.0),
        ))
    }
}

/// A status that ends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status(StatusCode);

impl FromStr for Status {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let status = text
            .parse()
            .ok()
            .filter(|status| (200..600).contains(status));
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        status
            .map(Self)
            .ok_or("write statuses from 200 to 599, such as `500,503,200`")
    }
}
