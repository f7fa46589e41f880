//! What a tunnel does to deliveries: marked probes go through it, and are compared with what arrives.

mod compare;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use siohook_sender::Capture;
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use super::delivery::Endpoint;
use super::log::Said;
use crate::forward::split;
use crate::receiver::{Answered, Receiver};
use crate::text::{millis, without_query};
use crate::{Failure, inspector};

/// A pause between two tests.
const PAUSE: Duration = Duration::from_secs(5 * 60);

/// Header that has the one-time value.
const MARK: &str = "X-Siohook-Probe";

/// So many values of probes are remembered: a probe may arrive late, or twice.
const REMEMBERED: usize = 1024;

/// The probes that were sent.
#[derive(Debug, Default)]
pub(super) struct Probes(Mutex<Sent>);

#[derive(Debug, Default)]
struct Sent {
    marks: VecDeque<String>,
    /// The last one is waited for.
    waiting: Option<oneshot::Sender<Capture>>,
}

impl Probes {
    /// Takes a request that is a probe: it is neither recorded nor passed on. Returns any other.
    pub(super) fn take(&self, capture: Capture) -> Option<Capture> {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mark = capture.header(MARK).unwrap_or_default();
        let mut marks = sent.marks.iter().rev();
        let Some(age) = marks.position(|own| own.as_bytes() == mark) else {
            return Some(capture);
        };
        if let Some(waiting) = sent.waiting.take_if(|_| age == 0) {
            // Its test may have been given up.
            let _ = waiting.send(capture);
        }
        None
    }

    /// Expects a probe with a new value, which only this process knows: 244 random bits.
    fn expect(&self) -> (String, oneshot::Receiver<Capture>) {
        let mark = [Uuid::new_v4(), Uuid::new_v4()].map(|half| half.simple().to_string());
        let mark = mark.concat();
        let (sender, arrived) = oneshot::channel();
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.marks.len() == REMEMBERED {
            sent.marks.pop_front();
        }
        sent.marks.push_back(mark.clone());
        sent.waiting = Some(sender);
        (mark, arrived)
    }
}

/// The public URL of the endpoint.
pub(super) struct Tunnel(Receiver);

/// What a test found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Report {
    url: String,
    /// Whether nothing is wrong.
    pub(super) ok: bool,
    /// What is wrong.
    pub(super) faults: Vec<String>,
    /// Headers that were not sent.
    pub(super) adds: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) elapsed_ms: Option<u64>,
}

impl Report {
    /// `tunnel ok: bytes unchanged, adds X-Forwarded-For and CF-Ray, 41 ms`
    pub(super) fn line(&self) -> String {
        if !self.ok {
            return format!("tunnel fails: {}", self.faults.join("; "));
        }
        let adds = match &*self.adds {
            [] => String::new(),
            [one] => format!(", adds {one}"),
            [some @ .., last] => format!(", adds {} and {last}", some.join(", ")),
        };
        let ms = self.elapsed_ms.map(|ms| format!(", {ms} ms"));
        format!("tunnel ok: bytes unchanged{adds}{}", ms.unwrap_or_default())
    }
}

impl Tunnel {
    pub(super) fn new(url: &str, timeout: Duration) -> Result<Self, Failure> {
        Receiver::new(url, timeout).map(Self)
    }

    /// Tests it now and every five minutes.
    pub(super) async fn watch(&self, endpoint: &Endpoint) -> Infallible {
        let mut ticks = interval(PAUSE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let report = self.test(endpoint).await;
            endpoint.say(Said::Tunnel(Box::new(report)));
        }
    }

    async fn test(&self, endpoint: &Endpoint) -> Report {
        let mut report = Report {
            url: without_query(self.0.url()).to_owned(),
            ..Report::default()
        };
        let length = compare::LENGTH.min(endpoint.max_body);
        let body = compare::body(length);
        let (answered, arrived) = self.send(endpoint, "POST", &body).await;
        match (answered, arrived) {
            (Ok(answered), Some(arrived)) => {
                report.faults = compare::faults(&body, &arrived);
                report.adds = compare::added(&arrived);
                report.elapsed_ms = Some(millis(answered.took));
            }
            (Ok(answered), None) => report.faults.push(format!(
                "{} came from elsewhere: it does not lead to this endpoint",
                answered.status
            )),
            (Err(failure), _) => report.faults.push(failure.message),
        }
        let (answered, arrived) = self.send(endpoint, "GET", b"").await;
        if let (Ok(answered), None) = (answered, arrived)
            && inspector::is_answer(&answered.headers)
        {
            let fault = "it shows the inspector: let it lead to the endpoint alone";
            report.faults.push(fault.to_owned());
        }
        report.ok = report.faults.is_empty();
        report
    }

    /// Sends a probe. Returns the answer, and what arrived.
    async fn send(
        &self,
        endpoint: &Endpoint,
        method: &str,
        body: &[u8],
    ) -> (Result<Answered, Failure>, Option<Capture>) {
        let (mark, mut arrived) = endpoint.probes.expect();
        let (authority, target) = split(self.0.url());
        let target = match target.split('?').next() {
            // The page of the inspector.
            _ if method == "GET" => "/",
            None | Some("" | "/") => endpoint.path.as_deref().unwrap_or("/"),
            Some(_) => target,
        };
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: {authority}\r\n{MARK}: {mark}\r\n{}",
            compare::headers(body.len())
        );
        let answered = self.0.send_bytes(&[head.as_bytes(), body].concat()).await;
        (answered, arrived.try_recv().ok())
    }
}
