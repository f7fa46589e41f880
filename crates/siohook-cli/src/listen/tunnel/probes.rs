//! The probes that are on their way.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use siohook_sender::Capture;
use tokio::sync::oneshot;
use uuid::Uuid;

/// Header that has the one-time value.
pub(super) const MARK: &str = "X-Siohook-Probe";

/// So many values of probes are remembered: a probe may arrive late, or twice.
const REMEMBERED: usize = 1024;

/// The probes that were sent.
#[derive(Debug, Default)]
pub(in crate::listen) struct Probes(Mutex<Sent>);

#[derive(Debug, Default)]
struct Sent {
    marks: VecDeque<String>,
    /// The last one is waited for.
    waiting: Option<oneshot::Sender<Capture>>,
}

impl Probes {
    /// Takes a request that is a probe: it is neither recorded nor passed on. Returns any other.
    pub(in crate::listen) fn take(&self, capture: Capture) -> Option<Capture> {
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
    pub(super) fn expect(&self) -> (String, oneshot::Receiver<Capture>) {
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
