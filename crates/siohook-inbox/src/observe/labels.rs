//! What became of a run, in one word. Where the core has one, it is the core's.

use siohook::Outcome;

#[cfg(feature = "metrics")]
use crate::DeadReason;
use crate::policy::Stopped;
use crate::store::Ending;

/// The reasons for which runs of a linked handler end as dead.
#[cfg(feature = "metrics")]
pub(super) const DEAD: [DeadReason; 5] = [
    DeadReason::Exhausted,
    DeadReason::Permanent,
    DeadReason::Mismatch,
    DeadReason::Crashed,
    DeadReason::Erased,
];

/// What a handler did. `stopped` says why it was dropped, if it was.
pub(crate) fn outcome(outcome: &Outcome, stopped: Stopped) -> &'static str {
    match outcome {
        Outcome::Done | Outcome::DoneBefore => "done",
        Outcome::Failed(error) if error.is_permanent() => "failed_for_good",
        Outcome::Failed(error) if error.delay().is_some() => "retry_later",
        Outcome::Failed(_) => "failed",
        Outcome::Panicked(_) => "panicked",
        Outcome::Mismatch(_) => "mismatch",
        _ if stopped == Stopped::Expired => "timed_out",
        _ => "cancelled",
    }
}

/// What became of a run: the reason if it is dead, and what its handler did if it is tried again.
pub(super) fn of_ending(ending: &Ending, outcome: &'static str) -> &'static str {
    match ending {
        Ending::Done => "done",
        Ending::Retry { .. } => outcome,
        Ending::Dead { reason, .. } => reason.as_str(),
        Ending::GivenBack => "given_back",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use siohook::HandlerError;

    use super::*;
    use crate::DeadReason;

    fn failed(error: HandlerError) -> Outcome {
        Outcome::Failed(error)
    }

    #[test]
    fn a_run_that_is_tried_again_says_what_its_handler_did() {
        let retry = Ending::Retry {
            due: 0,
            error: Some("no mail to lea@example.com".to_owned()),
        };
        let second = Duration::from_secs(1);
        for (did, stopped, word) in [
            (
                failed(HandlerError::new("away")),
                Stopped::Dropped,
                "failed",
            ),
            (
                failed(HandlerError::retry_after(second, "full")),
                Stopped::Dropped,
                "retry_later",
            ),
            (
                Outcome::Panicked("out of paper".to_owned()),
                Stopped::Dropped,
                "panicked",
            ),
            (Outcome::Cancelled, Stopped::Expired, "timed_out"),
            (Outcome::Cancelled, Stopped::Dropped, "cancelled"),
        ] {
            assert_eq!(of_ending(&retry, outcome(&did, stopped)), word);
        }
    }

    /// A harmless mismatch is done, and a failed last attempt is exhausted.
    #[test]
    fn what_became_of_a_run_is_said_before_what_its_handler_did() {
        let dead = |reason| Ending::Dead {
            reason,
            error: None,
        };
        for (ending, did, word) in [
            (Ending::Done, "mismatch", "done"),
            (Ending::GivenBack, "cancelled", "given_back"),
            (dead(DeadReason::Exhausted), "timed_out", "exhausted"),
            (dead(DeadReason::Permanent), "failed_for_good", "permanent"),
            (dead(DeadReason::Mismatch), "mismatch", "mismatch"),
        ] {
            assert_eq!(of_ending(&ending, did), word);
        }
    }
}
