//! The outcome of one handler.

use std::fmt;
use std::time::Duration;

use siohook_events::Shown;

use super::error::HandlerError;
use super::registry::{HandlerInfo, Location};
use crate::delivery::Mismatch;

/// How a handler ended.
///
/// ```
/// use siohook::{HandlerReport, Outcome};
///
/// fn needs_attention(handler: &HandlerReport) -> bool {
///     match handler.outcome() {
///         Outcome::Failed(error) => error.is_permanent(),
///         Outcome::Panicked(_) | Outcome::Mismatch(_) => true,
///         _ => false,
///     }
/// }
/// ```
///
/// `Display` writes it as text, an error with all its sources. `Display` and `Debug` show at
/// most 2 KiB of a text, with control characters escaped.
#[non_exhaustive]
pub enum Outcome {
    /// The handler succeeded.
    Done,
    /// The handler returned an error.
    Failed(HandlerError),
    /// The handler panicked with this message.
    Panicked(String),
    /// The handler was not called, because an argument could not be taken from the delivery.
    Mismatch(Mismatch),
    /// The handler was not called, because it was done in an earlier attempt.
    DoneBefore,
    /// The handler was dropped before it ended: the sender hung up, a deadline passed, or the
    /// executor of [`detach`](crate::DispatcherBuilder::detach) was shut down.
    Cancelled,
}

impl Outcome {
    /// Returns `true` if another attempt does not run the handler again: it succeeded, now or
    /// before, or it failed for good.
    ///
    /// A mismatch is not final, although the memory keeps it as done with
    /// [`Mismatched::Accept`](crate::Mismatched::Accept).
    /// [`HandlerReport::is_harmless_mismatch`] tells those that count as done from the others.
    ///
    /// ```
    /// use siohook::{HandlerError, Outcome};
    ///
    /// assert!(Outcome::Done.is_final());
    /// assert!(Outcome::Failed(HandlerError::permanent("the course was deleted")).is_final());
    /// assert!(!Outcome::Failed(HandlerError::new("the database is away")).is_final());
    /// ```
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Done | Self::DoneBefore => true,
            Self::Failed(error) => error.is_permanent(),
            Self::Panicked(_) | Self::Mismatch(_) | Self::Cancelled => false,
        }
    }
}

/// The report of one handler. `Display` writes it in one line.
///
/// ```
/// use std::time::Duration;
///
/// use siohook::HandlerReport;
///
/// fn log(handler: &HandlerReport) {
///     if handler.elapsed() > Duration::from_secs(5) {
///         eprintln!("slow: {handler}");
///     }
/// }
/// ```
#[derive(Debug)]
pub struct HandlerReport {
    info: HandlerInfo,
    outcome: Outcome,
    elapsed: Duration,
}

impl HandlerReport {
    /// Makes the report of a handler that has not ended. It stays cancelled if the handler is
    /// dropped.
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

    /// Returns the `id` of the handler, or the path of the function if it has none.
    ///
    /// ```
    /// # fn f(handler: &siohook::HandlerReport) {
    /// assert_eq!(handler.id(), "shop.grant"); // #[on_event("SALE_NEW", id = "shop.grant")]
    /// # }
    /// ```
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.info.id()
    }

    /// Returns the path of the function.
    ///
    /// ```
    /// # fn f(handler: &siohook::HandlerReport) {
    /// assert_eq!(handler.name(), "shop::handlers::grant");
    /// # }
    /// ```
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.info.name()
    }

    /// Returns the place of the function in the source.
    ///
    /// ```
    /// # fn f(handler: &siohook::HandlerReport) {
    /// println!("{}", handler.location()); // src/handlers.rs:12:10
    /// # }
    /// ```
    #[must_use]
    pub fn location(&self) -> Location {
        self.info.location()
    }

    /// Returns the handler as [`Dispatcher::handlers`](crate::Dispatcher::handlers) lists it.
    ///
    /// ```
    /// # fn f(handler: &siohook::HandlerReport) {
    /// println!("called because it listens to {}", handler.info().event());
    /// # }
    /// ```
    #[must_use]
    pub fn info(&self) -> &HandlerInfo {
        &self.info
    }

    /// Returns the outcome.
    ///
    /// ```
    /// use siohook::Outcome;
    ///
    /// # fn f(handler: &siohook::HandlerReport) {
    /// assert!(matches!(handler.outcome(), Outcome::Done));
    /// # }
    /// ```
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Returns how long the handler took, from its first poll to its end, with the time it
    /// waited. It is zero if the handler was done before or never polled.
    ///
    /// ```
    /// # fn f(handler: &siohook::HandlerReport) {
    /// println!("{} ms", handler.elapsed().as_millis());
    /// # }
    /// ```
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
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
                "cancelled: it was dropped before it ended, because the sender hung up (`detach` \
                 lets it go on), a deadline passed, or the program stopped (`idle` waits for it)",
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
