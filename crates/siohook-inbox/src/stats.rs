use std::collections::BTreeMap;
use std::time::Duration;

use crate::DeadReason;

/// Counts of the runs in a store, of all processes. Runs that are done are not counted: see
/// [`Operator::count_done`](crate::Operator::count_done).
///
/// ```
/// use siohook_inbox::Inbox;
///
/// async fn print(inbox: &Inbox) -> Result<(), siohook_inbox::InboxError> {
///     let stats = inbox.stats().await?;
///     println!("{} waiting, {} running, {} dead", stats.waiting(), stats.running(), stats.dead());
///     for handler in stats.handlers() {
///         for (reason, dead) in handler.dead_by_reason() {
///             println!("{}: {dead} {reason}", handler.id());
///         }
///     }
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    pub(crate) handlers: Vec<HandlerStats>,
    pub(crate) oldest_waiting: Option<Duration>,
}

impl Stats {
    /// Returns how many runs wait for their first or next attempt.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// println!("{} waiting", stats.waiting());
    /// # }
    /// ```
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.sum(HandlerStats::waiting)
    }

    /// Returns how many runs wait for an earlier one of the same key.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// println!("{} behind others", stats.behind());
    /// # }
    /// ```
    #[must_use]
    pub fn behind(&self) -> u64 {
        self.sum(HandlerStats::behind)
    }

    /// Returns how many runs are in progress.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// println!("{} running", stats.running());
    /// # }
    /// ```
    #[must_use]
    pub fn running(&self) -> u64 {
        self.sum(HandlerStats::running)
    }

    /// Returns how many runs are dead. Those that were purged are not counted.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// if stats.dead() > 0 {
    ///     eprintln!("{} runs need a look", stats.dead());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn dead(&self) -> u64 {
        self.sum(HandlerStats::dead)
    }

    /// Returns how many runs wait for a handler that no process links, because it was renamed or
    /// removed.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// if stats.orphans() > 0 {
    ///     eprintln!("{} runs wait for a handler that was renamed", stats.orphans());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn orphans(&self) -> u64 {
        self.sum(|handler| {
            if handler.is_orphan {
                handler.waiting
            } else {
                0
            }
        })
    }

    /// Returns for how long the oldest delivery with a waiting run has been stored, or `None` if
    /// no run waits.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// use siohook_inbox::HOUR;
    ///
    /// if stats.oldest_waiting().is_some_and(|age| age > HOUR) {
    ///     eprintln!("handlers fall behind");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn oldest_waiting(&self) -> Option<Duration> {
        self.oldest_waiting
    }

    /// Returns the counts of each handler that has a run which is not done, sorted by id.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// for handler in stats.handlers() {
    ///     println!("{}: {} waiting, {} dead", handler.id(), handler.waiting(), handler.dead());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn handlers(&self) -> &[HandlerStats] {
        &self.handlers
    }

    fn sum(&self, count: impl Fn(&HandlerStats) -> u64) -> u64 {
        self.handlers.iter().map(count).sum()
    }
}

/// Counts of the runs of one handler: a part of [`Stats`].
///
/// ```
/// use siohook_inbox::HandlerStats;
///
/// fn is_stuck(handler: &HandlerStats) -> bool {
///     handler.is_orphan() || handler.dead() > 0
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlerStats {
    pub(crate) id: Box<str>,
    pub(crate) is_orphan: bool,
    pub(crate) waiting: u64,
    pub(crate) behind: u64,
    pub(crate) running: u64,
    pub(crate) dead: BTreeMap<DeadReason, u64>,
}

impl HandlerStats {
    pub(crate) fn new(id: &str, is_orphan: bool) -> Self {
        Self {
            id: id.into(),
            is_orphan,
            waiting: 0,
            behind: 0,
            running: 0,
            dead: BTreeMap::new(),
        }
    }

    /// Returns the id of the handler.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// for handler in stats.handlers() {
    ///     println!("{}", handler.id());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns `true` if no process links the handler.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// for handler in stats.handlers() {
    ///     if handler.is_orphan() {
    ///         eprintln!("no process has the handler `{}`", handler.id());
    ///     }
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn is_orphan(&self) -> bool {
        self.is_orphan
    }

    /// Whether runs wait that no process can claim.
    pub(crate) fn has_orphans(&self) -> bool {
        self.is_orphan && self.waiting + self.behind > 0
    }

    /// Returns how many runs wait for their first or next attempt.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// for handler in stats.handlers() {
    ///     println!("{}: {} waiting", handler.id(), handler.waiting());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.waiting
    }

    /// Returns how many runs wait for an earlier one of the same key.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// for handler in stats.handlers() {
    ///     println!("{}: {} behind others", handler.id(), handler.behind());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn behind(&self) -> u64 {
        self.behind
    }

    /// Returns how many runs are in progress.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// for handler in stats.handlers() {
    ///     println!("{}: {} running", handler.id(), handler.running());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn running(&self) -> u64 {
        self.running
    }

    /// Returns how many runs are dead. Those that were purged are not counted.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// for handler in stats.handlers() {
    ///     println!("{}: {} dead", handler.id(), handler.dead());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn dead(&self) -> u64 {
        self.dead.values().sum()
    }

    /// Returns how many runs are dead, by reason.
    ///
    /// ```
    /// # fn f(stats: &siohook_inbox::Stats) {
    /// for handler in stats.handlers() {
    ///     for (reason, count) in handler.dead_by_reason() {
    ///         println!("{}: {count} {reason}", handler.id());
    ///     }
    /// }
    /// # }
    /// ```
    pub fn dead_by_reason(&self) -> impl Iterator<Item = (DeadReason, u64)> + '_ {
        self.dead.iter().map(|(reason, count)| (*reason, *count))
    }
}
