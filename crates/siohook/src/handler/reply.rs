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
        // A handler of a pattern did not ask for an event that is not published yet, and
        // the sender must not be told that its new event is wrong.
        let asked =
            delivery.event().is_listed() || handler.info().event() == delivery.event().as_str();
        asked && matches!(handler.outcome(), Outcome::Mismatch(_))
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
