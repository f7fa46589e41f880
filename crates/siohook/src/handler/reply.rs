//! The reply that the outcomes of handlers ask for.

use super::error::HandlerError;
use super::outcome::{HandlerReport, Outcome};
use crate::delivery::Delivery;
use crate::request::Reply;

/// The reply to a body that does not match a handler's arguments.
///
/// ```
/// use siohook::{Dispatcher, Mismatched};
///
/// let builder = Dispatcher::builder()
///     .on_mismatch(Mismatched::Accept)
///     .on_report(|report| eprintln!("{report}"));
/// # let _ = builder;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatched {
    /// Reply with 422, so that systeme.io shows the delivery as failed and tries again.
    #[default]
    Reject,
    /// Report it and reply with 200, because another attempt would bring the same body. The
    /// handler counts as done.
    Accept,
}

impl HandlerReport {
    /// Returns `true` for a mismatch that counts as done: the event is not in the catalogue, and
    /// the handler listens to it through a pattern.
    ///
    /// Such a handler did not ask for the event, so the sender must not be told that its new
    /// event is wrong. It is `false` for any other outcome, and does not depend on
    /// [`on_mismatch`](crate::DispatcherBuilder::on_mismatch).
    ///
    /// ```
    /// use siohook::{Delivery, HandlerReport, Outcome};
    ///
    /// /// What a program that stores deliveries does with a handler that ended.
    /// fn next(handler: &HandlerReport, delivery: &Delivery) -> &'static str {
    ///     match handler.outcome() {
    ///         Outcome::Mismatch(_) if handler.is_harmless_mismatch(delivery) => "forget it",
    ///         // Another run would read the same body.
    ///         Outcome::Mismatch(_) => "show it to the operator",
    ///         outcome if outcome.is_final() => "forget it",
    ///         _ => "run it again",
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn is_harmless_mismatch(&self, delivery: &Delivery) -> bool {
        !self.asked_for(delivery) && matches!(self.outcome(), Outcome::Mismatch(_))
    }

    /// Whether the handler asked for the event. A handler of a pattern did not ask for one that is
    /// not published yet.
    fn asked_for(&self, delivery: &Delivery) -> bool {
        let event = delivery.event();
        event.is_listed() || self.info().event() == event.as_str()
    }
}

/// Returns the reply for all outcomes of a delivery. An outcome that asks for another attempt
/// wins over the others.
pub(crate) fn reply_to(
    delivery: &Delivery,
    handlers: &[HandlerReport],
    accepts: Mismatched,
) -> Reply {
    let outcomes = || handlers.iter().map(HandlerReport::outcome);
    let failures = || {
        outcomes().filter_map(|outcome| match outcome {
            Outcome::Failed(error) => Some(error),
            _ => None,
        })
    };
    let panicked = || outcomes().any(|outcome| matches!(outcome, Outcome::Panicked(_)));
    let mismatched = |handler: &HandlerReport| {
        handler.asked_for(delivery) && matches!(handler.outcome(), Outcome::Mismatch(_))
    };
    if let Some(delay) = failures().filter_map(HandlerError::delay).max() {
        Reply::RETRY_LATER.after(delay)
    } else if panicked() || failures().any(|error| !error.is_permanent()) {
        Reply::FAILED
    } else if handlers.iter().any(mismatched) {
        match accepts {
            Mismatched::Reject => Reply::MISMATCH,
            Mismatched::Accept => Reply::MISMATCH_ACCEPTED,
        }
    } else if failures().next().is_some() {
        Reply::FAILED_FOR_GOOD
    } else if outcomes().all(|outcome| matches!(outcome, Outcome::DoneBefore)) {
        Reply::DONE_BEFORE
    } else {
        Reply::DONE
    }
}
