//! What senders are answered.

use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::forward;
use crate::receiver::Answered;

/// An answer to a sender.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Reply {
    /// An answer of the program's own.
    pub(super) fn own(status: StatusCode, outcome: &str) -> Self {
        Self {
            status,
            headers: vec![(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
            body: format!("{{\"outcome\":\"{outcome}\"}}").into(),
        }
    }

    pub(super) fn recorded(status: StatusCode) -> Self {
        Self::own(status, "recorded")
    }

    /// The answer of a receiver, without what belongs to its connection.
    pub(super) fn relayed(answered: &Answered) -> Self {
        let headers = answered.headers.iter().filter_map(|(name, value)| {
            let is_dropped =
                forward::is_of_connection(name) || name.eq_ignore_ascii_case("content-length");
            let name = HeaderName::from_str(name).ok().filter(|_| !is_dropped)?;
            // The client read its bytes as Latin-1 or UTF-8.
            Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
        });
        Self {
            status: StatusCode::from_u16(answered.status).unwrap_or(StatusCode::BAD_GATEWAY),
            headers: headers.collect(),
            body: answered.body.clone().into(),
        }
    }
}

impl From<Reply> for Response<Full<Bytes>> {
    fn from(reply: Reply) -> Self {
        let mut response = Response::new(Full::new(reply.body));
        *response.status_mut() = reply.status;
        for (name, value) in reply.headers {
            response.headers_mut().append(name, value);
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
