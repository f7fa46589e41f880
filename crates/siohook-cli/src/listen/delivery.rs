//! What is done with a delivery: it is recorded, then passed on and answered.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::StatusCode;
use siohook::explain::Explainer;
use siohook_events::{EventPattern, Shown};
use siohook_sender::Capture;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time;

use super::happening::{Forwarded, Happening, Recorded, Verdict};
use super::log::Said;
use super::reply::{Manner, Reply};
use super::tunnel::probes::Probes;
use crate::deliveries::summary::{Attempts, Summary};
use crate::forward::{self, Changes};
use crate::receiver::Receiver;
use crate::store::{Deed, Entry, Store};
use crate::text::{millis, without_query};
use crate::{Failure, reply, verify};

/// Code of an answer that is longer than what is relayed.
const TOO_LONG: &str = "answer_too_long";

/// Takes deliveries.
pub(super) struct Endpoint {
    pub(super) store: Store,
    pub(super) explainer: Option<Explainer>,
    pub(super) path: Option<String>,
    pub(super) probes: Probes,
    pub(super) max_body: usize,
    /// The longest time for a connection.
    pub(super) patience: Duration,
    pub(super) forward: Option<Forward>,
    pub(super) manner: Manner,
    pub(super) attempts: Mutex<Attempts>,
    /// How many were recorded.
    pub(super) count: watch::Sender<u64>,
    pub(super) happenings: broadcast::Sender<Happening>,
    pub(super) log: mpsc::UnboundedSender<Said>,
}

/// Which deliveries are passed on, and to whom.
pub(super) struct Forward {
    pub(super) receiver: Receiver,
    /// Any of these patterns. All if there are none.
    pub(super) only: Vec<String>,
    pub(super) is_verified_only: bool,
}

impl Forward {
    fn takes(&self, recorded: &Recorded) -> bool {
        let event = recorded.summary.event.as_deref().unwrap_or_default();
        let mut patterns = self.only.iter().map(|pattern| EventPattern::parse(pattern));
        let has_event = self.only.is_empty()
            || patterns.any(|pattern| pattern.is_ok_and(|pattern| pattern.matches(event)));
        let is_trusted = || {
            recorded
                .verdict
                .as_ref()
                .is_some_and(|verdict| verdict.trusted)
        };
        has_event && (!self.is_verified_only || is_trusted())
    }
}

impl Endpoint {
    pub(super) fn has_path(&self, path: &str) -> bool {
        self.path.as_deref().is_none_or(|own| own == path)
    }

    pub(super) fn say(&self, said: Said) {
        // Its reader may have ended; deliveries go on.
        let _ = self.log.send(said);
    }

    fn tell(&self, happening: Happening) {
        self.say(Said::Happened(happening.clone()));
        // There may be no one to listen.
        let _ = self.happenings.send(happening);
    }

    /// Takes a delivery. Its sender is answered when it is recorded, at the earliest.
    pub(super) async fn deliver(self: Arc<Self>, capture: Capture, answer: oneshot::Sender<Reply>) {
        let this = Arc::clone(&self);
        let recorded = tokio::task::spawn_blocking(move || this.record(capture));
        let (entry, capture, recorded) = match recorded.await {
            Ok(Ok(recorded)) => recorded,
            Ok(Err(failure)) => {
                self.say(Said::Trouble(format!(
                    "not recorded, answered 503: {}",
                    failure.message
                )));
                let reply = Reply::own(StatusCode::SERVICE_UNAVAILABLE, "not_recorded");
                let _ = answer.send(reply);
                return;
            }
            // The sender is answered 500.
            Err(_) => return,
        };
        self.tell(Happening::Delivery(Box::new(recorded.clone())));
        self.count.send_modify(|count| *count += 1);
        let answer = |reply| self.answer(&entry, reply, answer);
        let (forwarded, status) = if capture.is_truncated() {
            let reply = Reply::own(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
            (None, answer(reply).await)
        } else {
            let forward = self
                .forward
                .as_ref()
                .filter(|forward| forward.takes(&recorded));
            let forward = async {
                match forward {
                    Some(forward) => Some(self.forward(forward, &entry, &capture).await),
                    None => None,
                }
            };
            match self.manner.next() {
                Some(reply) => {
                    let (forwarded, status) = tokio::join!(forward, answer(reply));
                    (forwarded.map(|(forwarded, _)| forwarded), status)
                }
                None => match forward.await {
                    Some((forwarded, reply)) => (Some(forwarded), answer(reply).await),
                    None => (None, answer(Reply::recorded(StatusCode::OK)).await),
                },
            }
        };
        self.say(Said::Settled(Box::new((recorded, forwarded, status))));
    }

    /// Writes a delivery, and says whether it is trusted.
    fn record(&self, capture: Capture) -> Result<(Entry, Capture, Recorded), Failure> {
        let entry = self.store.record(capture.clone())?;
        let attempt = {
            let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
            attempts.next(&capture)
        };
        let explainer = self.explainer.as_ref();
        let recorded = Recorded {
            verdict: explainer
                .map(|explainer| Verdict::new(&explainer.explain(verify::incoming(&capture)))),
            summary: Summary::new(&capture, Some(&entry), attempt),
        };
        Ok((entry, capture, recorded))
    }

    /// Passes a delivery on. Returns what came of it, and what its sender is answered by it.
    async fn forward(
        self: &Arc<Self>,
        forward: &Forward,
        entry: &Entry,
        capture: &Capture,
    ) -> (Forwarded, Reply) {
        let receiver = &forward.receiver;
        let bytes = forward::to(receiver.url(), capture, &Changes::default());
        let answered = receiver.send_bytes(&bytes).await;
        self.note(entry, Deed::Forward(receiver.exchange(&answered)))
            .await;
        let answer_of_receiver = self.manner.statuses.is_none();
        let mut forwarded = Forwarded {
            id: entry.id.clone(),
            to: without_query(receiver.url()).to_owned(),
            status: None,
            outcome: None,
            error: None,
            answered: None,
            elapsed_ms: None,
        };
        let relayed = match &answered {
            Ok(answered) => {
                forwarded.status = Some(answered.status);
                forwarded.outcome = reply::outcome(answered.beginning());
                forwarded.elapsed_ms = Some(millis(answered.took));
                if answered.is_truncated && answer_of_receiver {
                    Err(TOO_LONG)
                } else {
                    Ok(Reply::relayed(capture.method(), answered))
                }
            }
            Err(failure) => Err(failure.code),
        };
        let reply = relayed.unwrap_or_else(|code| {
            let reply = Reply::own(StatusCode::BAD_GATEWAY, code);
            forwarded.error = Some(code);
            forwarded.answered = answer_of_receiver.then(|| reply.status.as_u16());
            reply
        });
        self.tell(Happening::Forward(forwarded.clone()));
        (forwarded, reply)
    }

    /// Answers the sender. Returns the status.
    async fn answer(
        self: &Arc<Self>,
        entry: &Entry,
        reply: Reply,
        answer: oneshot::Sender<Reply>,
    ) -> u16 {
        time::sleep(self.manner.delay).await;
        let status = reply.status.as_u16();
        // It may have hung up.
        let _ = answer.send(reply);
        let at = jiff::Timestamp::now().to_string();
        self.note(entry, Deed::Answered { at, status }).await;
        let id = entry.id.clone();
        self.tell(Happening::Answered { id, status });
        status
    }

    /// Adds to the log of a delivery.
    async fn note(self: &Arc<Self>, entry: &Entry, deed: Deed) {
        let (this, own) = (Arc::clone(self), entry.clone());
        let logged = tokio::task::spawn_blocking(move || this.store.log(&own, &deed)).await;
        if let Ok(Err(failure)) = logged {
            let id = Shown::value(&entry.id);
            self.say(Said::Trouble(format!("{id}: {}", failure.message)));
        }
    }
}
