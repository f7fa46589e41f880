//! A run as an operator sees it.

use std::fmt;

use siohook::Timestamp;

use crate::DeadReason;
use crate::clock::{Millis, timestamp};

/// The state of a run.
///
/// ```
/// use siohook_inbox::State;
///
/// assert_eq!(State::Waiting.to_string(), "waiting");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum State {
    /// It waits for an earlier run of the same key.
    Behind,
    /// It waits for its first or next attempt.
    Waiting,
    /// Its handler is running.
    Running,
    /// Its handler succeeded.
    Done,
    /// It is not tried again.
    Dead,
}

impl State {
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    const ALL: [Self; 5] = [
        Self::Behind,
        Self::Waiting,
        Self::Running,
        Self::Done,
        Self::Dead,
    ];

    /// Returns the word of the table's column, which `Display` writes too.
    ///
    /// ```
    /// assert_eq!(siohook_inbox::State::Dead.as_str(), "dead");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Behind => "behind",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The run of a handler: a part of [`DeliverySummary`](super::DeliverySummary).
///
/// ```
/// use siohook_inbox::{RunSummary, State};
///
/// fn next_attempt(run: &RunSummary) -> Option<siohook::Timestamp> {
///     (run.state() == State::Waiting).then(|| run.due_at())
/// }
/// ```
#[derive(Clone)]
pub struct RunSummary {
    pub(crate) handler: Box<str>,
    pub(crate) state: State,
    pub(crate) due_at: Millis,
    pub(crate) attempts: u32,
    pub(crate) crashes: u32,
    pub(crate) replays: u32,
    pub(crate) ended_at: Option<Millis>,
    pub(crate) reason: Option<DeadReason>,
    pub(crate) error: Option<Box<str>>,
}

impl RunSummary {
    /// Returns the id of the handler.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// println!("{}", run.handler());
    /// # }
    /// ```
    #[must_use]
    pub fn handler(&self) -> &str {
        &self.handler
    }

    /// Returns what the run is doing.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// use siohook_inbox::State;
    ///
    /// let has_ended = matches!(run.state(), State::Done | State::Dead);
    /// # let _ = has_ended;
    /// # }
    /// ```
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Returns when the next attempt is due, if the run waits. Otherwise, when the last one was.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// println!("{} is due at {}", run.handler(), run.due_at());
    /// # }
    /// ```
    #[must_use]
    pub fn due_at(&self) -> Timestamp {
        timestamp(self.due_at)
    }

    /// Returns how often the handler was started, since an operator let it run again.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// println!("{} was started {} times", run.handler(), run.attempts());
    /// # }
    /// ```
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns in how many of the last starts the process ended.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// if run.crashes() > 0 {
    ///     println!("the process ended in {}", run.handler());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn crashes(&self) -> u32 {
        self.crashes
    }

    /// Returns how often an operator let the run [run again](crate::Replay::again) after it was
    /// done.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// if run.replays() > 0 {
    ///     println!("{} ran again {} times", run.handler(), run.replays());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn replays(&self) -> u32 {
        self.replays
    }

    /// Returns when the run ended, if it is done or dead.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// if let Some(time) = run.ended_at() {
    ///     println!("{} ended at {time}", run.handler());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn ended_at(&self) -> Option<Timestamp> {
        self.ended_at.map(timestamp)
    }

    /// Returns why the run is dead, if it is.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// if let Some(reason) = run.reason() {
    ///     println!("{} is dead: {reason}", run.handler());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn reason(&self) -> Option<DeadReason> {
        self.reason
    }

    /// Returns the text of the last error: at most 2 KiB, with control characters escaped.
    ///
    /// ```
    /// # fn f(run: &siohook_inbox::RunSummary) {
    /// if let Some(error) = run.error() {
    ///     eprintln!("{error}");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    pub(crate) fn is_purged(&self) -> bool {
        self.reason == Some(DeadReason::Purged)
    }
}

/// Without the text of the error, which may be personal.
impl fmt::Debug for RunSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunSummary")
            .field("handler", &self.handler)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}
