//! What a tunnel does to deliveries: marked probes go through it, and are compared with what arrives.

mod compare;
pub(super) mod probes;
pub(super) mod report;

use std::convert::Infallible;
use std::time::Duration;

use siohook_sender::Capture;
use tokio::time::{MissedTickBehavior, interval};

use self::probes::MARK;
use self::report::Report;
use super::delivery::Endpoint;
use super::log::Said;
use crate::forward::split;
use crate::receiver::{Answered, Receiver};
use crate::text::{millis, without_query};
use crate::{Failure, inspector};

/// A pause between two tests.
const PAUSE: Duration = Duration::from_secs(5 * 60);

/// The public URL of the endpoint.
pub(super) struct Tunnel(Receiver);

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
