use std::time::Duration;

use super::Inbox;
use crate::engine::{Command, Ended, Source};
use crate::observe::ObservedTask;
use crate::policy::Attempt;
use crate::store::{Claimed, End, Ending, Millis};
use crate::{DeadLetter, DeadReason};

/// Records how the runs of one delivery end, in the store and for observers.
pub(super) struct Recorder {
    pub(super) inbox: Inbox,
    pub(super) observed: ObservedTask,
    pub(super) key: [u8; 38],
    event: Box<str>,
    received_at: Millis,
}

impl Recorder {
    pub(super) fn new(inbox: &Inbox, source: &Source, runs: &[Claimed]) -> Self {
        let handlers = inbox.0.dispatcher.handlers();
        Self {
            inbox: inbox.clone(),
            observed: ObservedTask::begin(handlers, source.event(), source.origin(), runs),
            key: source.key(),
            event: source.event().into(),
            received_at: source.received_at(),
        }
    }

    /// Records an end. `outcome` is what the handler did, as [`observe`](crate::observe) names it.
    pub(super) fn end(
        &self,
        run: &Claimed,
        ending: Ending,
        outcome: &'static str,
        elapsed: Duration,
    ) {
        self.observed.end(&run.run, &ending, outcome, elapsed);
        let letter = match &ending {
            Ending::Dead { reason, error } => {
                Some(Box::new(self.letter(run, *reason, error.as_deref())))
            }
            _ => None,
        };
        let end = End {
            run: run.run,
            ending,
        };
        let ended = Command::Ended(Ended { end, letter });
        self.inbox.0.engine.send(ended);
    }

    /// Records a run that could not be started.
    pub(super) fn fail(&self, run: &Claimed, outcome: &'static str, text: String) {
        let (policies, now) = (&self.inbox.0.policies, self.inbox.0.clock.now());
        let ending = policies.failed(run.run.handler, attempt(run), now, text);
        self.end(run, ending, outcome, Duration::ZERO);
    }

    /// Records a run that can never be started.
    pub(super) fn bury(&self, run: &Claimed, reason: DeadReason, text: &str) {
        let ending = self.inbox.0.policies.dead(reason, text.to_owned());
        self.end(run, ending, reason.as_str(), Duration::ZERO);
    }

    fn letter(&self, run: &Claimed, reason: DeadReason, error: Option<&str>) -> DeadLetter {
        DeadLetter {
            id: run.run.delivery,
            key: const_hex::encode(self.key).into(),
            event: self.event.clone(),
            received_at: self.received_at,
            handler: run.run.handler.into(),
            attempts: run.run.attempt,
            reason,
            error: error.map(Box::from),
        }
    }
}

pub(super) fn attempt(run: &Claimed) -> Attempt {
    Attempt {
        start: run.run.attempt,
        uncounted: run.crashes.saturating_add(run.uncounted),
    }
}
