use std::fmt;
use std::time::Duration;

use siohook_events::Shown;
use smallvec::SmallVec;

use super::error::HandlerError;
use super::registry::{HandlerInfo, Location};
use super::suggestion;
use crate::delivery::{Delivery, Mismatch};
use crate::request::{Reply, ReplyOutcome};

/// What became of a delivery: what [`dispatch`](crate::Dispatcher::dispatch)
/// gives and [`on_report`](crate::DispatcherBuilder::on_report) is called with.
///
/// `Display` writes one line for the delivery, one for each member of the body that could
/// not be [read](Delivery::unread), and one for each handler. The texts of handlers' own
/// errors are among them, each with all its sources.
///
/// `Display` and `Debug` show at most 200 bytes of a value from outside, 2 KiB of the
/// text of an error or a panic, and 16 KiB in all. Control characters are escaped.
pub struct Report {
    delivery: Delivery,
    handlers: HandlerReports,
    reply: Reply,
}

/// Most events have one handler.
pub(crate) type HandlerReports = SmallVec<[HandlerReport; 1]>;

/// What became of one handler.
#[derive(Debug)]
pub struct HandlerReport {
    info: HandlerInfo,
    outcome: Outcome,
    elapsed: Duration,
}

/// How a handler ended.
#[non_exhaustive]
pub enum Outcome {
    /// It succeeded.
    Done,
    /// It returned an error.
    Failed(HandlerError),
    /// It panicked, with this message.
    Panicked(String),
    /// It was not called: an argument could not be taken from the delivery.
    Mismatch(Mismatch),
    /// It was not called: it was done in an earlier attempt.
    DoneBefore,
    /// It was dropped before it ended: the sender hung up, the executor of
    /// [`detach`](crate::DispatcherBuilder::detach) was shut down, or a deadline passed.
    Cancelled,
}

/// What to answer when a body does not match a handler's arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatched {
    /// Answer 422, so that systeme.io shows the delivery as failed and tries again.
    #[default]
    Reject,
    /// Report it and answer 200, because another attempt would bring the same body. The
    /// handler counts as done.
    Accept,
}

impl Report {
    /// A delivery that has not ended: if nothing more comes, it was cancelled.
    pub(crate) fn new(delivery: Delivery, handlers: HandlerReports) -> Self {
        Self {
            delivery,
            handlers,
            reply: Reply::CANCELLED,
        }
    }

    pub(crate) fn parts(&mut self) -> (&Delivery, &mut HandlerReports) {
        (&self.delivery, &mut self.handlers)
    }

    pub(crate) fn with_reply(self, reply: Reply) -> Self {
        Self { reply, ..self }
    }

    /// The delivery.
    #[must_use]
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// What became of each handler, sorted like
    /// [`handlers`](crate::Dispatcher::handlers). Empty if no handler listens, or
    /// if the same delivery is being handled right now.
    #[must_use]
    pub fn handlers(&self) -> &[HandlerReport] {
        &self.handlers
    }

    /// What the sender is answered.
    #[must_use]
    pub fn reply(&self) -> &Reply {
        &self.reply
    }

    pub(crate) fn into_reply(self) -> Reply {
        self.reply
    }

    /// Returns a ready-to-paste handler if no handler matched.
    ///
    /// ```text
    /// #[siohook::on_event("SALE_NEW")]
    /// async fn on_sale_new(event: siohook::account::SaleNew) {
    ///     let _ = event;
    /// }
    /// ```
    ///
    /// Of a name that the catalogue does not have, a type of its own comes with
    /// it. There is nothing to paste for a text that is no name: an empty one, one
    /// with white space or `*`, or one of more than 100 bytes. Neither is there for an
    /// unlisted name in the spelling of the other mechanism, which only `*` hears.
    ///
    /// Print it from [`on_report`](crate::DispatcherBuilder::on_report), or enable
    /// the feature `tracing`, which warns once for each name.
    #[must_use]
    pub fn suggestion(&self) -> Option<String> {
        self.is_unhandled()
            .then(|| suggestion::handler_of(&self.delivery))?
    }

    pub(crate) fn is_unhandled(&self) -> bool {
        self.reply.outcome() == ReplyOutcome::Unhandled
    }
}

/// With several outcomes, the one that asks for another attempt wins.
pub(crate) fn reply_to(
    delivery: &Delivery,
    handlers: &[HandlerReport],
    accepts: Mismatched,
) -> Reply {
    let outcomes = || handlers.iter().map(|handler| &handler.outcome);
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
            delivery.event().is_listed() || handler.info.event() == delivery.event().as_str();
        asked && matches!(handler.outcome, Outcome::Mismatch(_))
    };
    if let Some(delay) = failures().filter_map(HandlerError::delay).max() {
        Reply::retry_after(delay)
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

impl HandlerReport {
    /// A handler that has not ended: if nothing more comes, it was cancelled.
    pub(crate) fn begin(info: HandlerInfo) -> Self {
        Self {
            info,
            outcome: Outcome::Cancelled,
            elapsed: Duration::ZERO,
        }
    }

    pub(crate) fn end(&mut self, outcome: Outcome, elapsed: Duration) {
        self.outcome = outcome;
        self.elapsed = elapsed;
    }

    /// The `id` that was given to the handler, else the path of the function.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.info.id()
    }

    /// The path of the function.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.info.name()
    }

    /// Where the function was written.
    #[must_use]
    pub fn location(&self) -> Location {
        self.info.location()
    }

    /// The handler as it is listed.
    #[must_use]
    pub fn info(&self) -> &HandlerInfo {
        &self.info
    }

    /// How it ended.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// How long it took, from its first poll to its end, waiting included. Zero if it
    /// was done before or never polled.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

impl Outcome {
    /// Whether another attempt has nothing to do: it succeeded, now or before,
    /// or failed for good.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Done | Self::DoneBefore => true,
            Self::Failed(error) => error.is_permanent(),
            Self::Panicked(_) | Self::Mismatch(_) | Self::Cancelled => false,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown::report(Lines(self)).fmt(f)
    }
}

/// A report, however long it is.
struct Lines<'a>(&'a Report);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report {
            delivery,
            handlers,
            reply,
        } = self.0;
        write!(
            f,
            "{} {}: {} {}",
            delivery.event(),
            delivery.key(),
            reply.status(),
            reply.outcome()
        )?;
        let mut unread = delivery.unread().iter();
        unread.try_for_each(|member| write!(f, "\n  unread: {member}"))?;
        handlers
            .iter()
            .try_for_each(|handler| write!(f, "\n  {handler}"))
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = Lines(self);
        if f.alternate() {
            write!(f, "{}", Shown::report(format_args!("{lines:#?}")))
        } else {
            write!(f, "{}", Shown::report(format_args!("{lines:?}")))
        }
    }
}

impl fmt::Debug for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("delivery", &self.0.delivery)
            .field("handlers", &self.0.handlers)
            .field("reply", &self.0.reply)
            .finish()
    }
}

impl fmt::Display for HandlerReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            info,
            outcome,
            elapsed,
        } = self;
        write!(
            f,
            "{} ({}): {outcome} [{elapsed:?}]",
            info.name(),
            info.location()
        )
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Failed(error) if error.is_permanent() => write!(f, "failed for good: {error}"),
            Self::Failed(error) => write!(f, "failed: {error}"),
            Self::Panicked(message) => write!(f, "panicked: {}", Shown::text(message)),
            Self::Mismatch(mismatch) => write!(f, "not called: {mismatch}"),
            Self::DoneBefore => f.write_str("done before"),
            Self::Cancelled => f.write_str(
                "cancelled: it was dropped before it ended; with `detach` it goes on when the \
                 sender hangs up, and `idle` waits for it at a shutdown",
            ),
        }
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = |name, field: &dyn fmt::Debug| f.debug_tuple(name).field(field).finish();
        match self {
            Self::Failed(error) => tuple("Failed", error),
            Self::Panicked(message) => tuple("Panicked", &Shown::text(message)),
            Self::Mismatch(mismatch) => tuple("Mismatch", mismatch),
            Self::Done => f.write_str("Done"),
            Self::DoneBefore => f.write_str("DoneBefore"),
            Self::Cancelled => f.write_str("Cancelled"),
        }
    }
}
