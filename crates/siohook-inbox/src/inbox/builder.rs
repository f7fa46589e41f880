use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use siohook::Delivery;

use super::Place;
use crate::clock::Clock;
use crate::operator::Personal;
use crate::{DAY, DeadLetter, MINUTE, Migrate, Retry};

/// Whether texts of errors are stored.
///
/// A handler's error may hold an address or a name, and it is stored for as long as its run.
///
/// ```
/// use siohook_inbox::{Errors, Inbox};
///
/// let builder = Inbox::sqlite("inbox.db").errors(Errors::Off);
/// # let _ = builder;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Errors {
    /// At most 2 KiB of the last error of each run.
    #[default]
    On,
    /// None. A dead letter says its reason, and [`on_report`](siohook::DispatcherBuilder::on_report)
    /// has the error.
    Off,
}

/// Builds an [`Inbox`](crate::Inbox).
///
/// ```no_run
/// # async fn f(dispatcher: siohook::Dispatcher) -> Result<(), siohook_inbox::InboxError> {
/// use siohook_inbox::{HOUR, Inbox, MINUTE, Retry, SECOND};
///
/// let inbox = Inbox::sqlite("inbox.db")
///     .retry(Retry::exponential(SECOND).factor(4).at_most(HOUR * 6).attempts(12))
///     .retry_for("grant", Retry::every(MINUTE * 5).attempts(288))
///     .running_at_most(64)
///     .timeout(MINUTE * 10)
///     .on_dead(|letter| eprintln!("{letter}"))
///     .open(&dispatcher)
///     .await?;
/// # Ok(())
/// # }
/// ```
///
/// The methods check nothing. [`open`](Self::open) reports every problem at once.
#[derive(Clone)]
#[must_use]
pub struct InboxBuilder {
    pub(crate) place: Place,
    pub(super) retry: Retry,
    pub(super) retry_for: BTreeMap<String, Retry>,
    pub(super) running_at_most: usize,
    pub(super) timeout: Duration,
    pub(super) crashes: u32,
    /// `None`: the default, or as long as deliveries are remembered.
    pub(super) keep: Option<Duration>,
    pub(super) remember: Duration,
    pub(super) errors: Errors,
    pub(super) keep_unhandled: bool,
    pub(super) on_dead: Option<Arc<dyn Fn(&DeadLetter) + Send + Sync>>,
    pub(crate) personal: Option<Personal>,
    pub(crate) clock: Clock,
}

impl InboxBuilder {
    pub(crate) fn new(place: Place) -> Self {
        Self {
            place,
            retry: Retry::default(),
            retry_for: BTreeMap::new(),
            running_at_most: 64,
            timeout: MINUTE * 10,
            crashes: 3,
            keep: None,
            remember: DAY * 30,
            errors: Errors::On,
            keep_unhandled: false,
            on_dead: None,
            personal: None,
            clock: Clock::system(),
        }
    }

    /// Sets how often handlers are tried. The default is [`Retry::default`]: 12 attempts within a
    /// day.
    ///
    /// ```
    /// use siohook_inbox::{Inbox, MINUTE, Retry};
    ///
    /// let builder = Inbox::sqlite("inbox.db").retry(Retry::every(MINUTE * 5).attempts(288));
    /// # let _ = builder;
    /// ```
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// Sets how often one handler is tried, by its [id](siohook::HandlerInfo::id). The last call for
    /// an id counts.
    ///
    /// ```
    /// use siohook_inbox::{Inbox, MINUTE, Retry};
    ///
    /// let builder = Inbox::sqlite("inbox.db")
    ///     .retry_for("grant", Retry::every(MINUTE * 5).attempts(288))
    ///     .retry_for("greet", Retry::never());
    /// # let _ = builder;
    /// ```
    pub fn retry_for(mut self, handler: impl Into<String>, retry: Retry) -> Self {
        self.retry_for.insert(handler.into(), retry);
        self
    }

    /// Sets how many runs are in progress at a time in this process: 64 by default, at least 1.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::sqlite("inbox.db").running_at_most(8);
    /// # let _ = builder;
    /// ```
    pub fn running_at_most(self, running_at_most: usize) -> Self {
        Self {
            running_at_most,
            ..self
        }
    }

    /// Sets the time after which a handler is dropped and tried again: 10 minutes by default.
    ///
    /// The time counts from the moment at which the start is recorded. A handler is dropped at an
    /// `await`, so one that blocks its thread is not stopped.
    ///
    /// ```
    /// use siohook_inbox::{Inbox, MINUTE};
    ///
    /// let builder = Inbox::sqlite("inbox.db").timeout(MINUTE);
    /// # let _ = builder;
    /// ```
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sets after how many crashes of its process, one after the other, a run is dead: 3 by default,
    /// at least 1.
    ///
    /// A run whose process ended in it waits for 4 seconds, then 16 seconds, then 64 seconds, and
    /// runs alone in its process, so that what kills a process does not take other runs with it.
    /// It waits until the others have ended, but no longer than [`timeout`](Self::timeout).
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::sqlite("inbox.db").crashes(5);
    /// # let _ = builder;
    /// ```
    pub fn crashes(self, crashes: u32) -> Self {
        Self { crashes, ..self }
    }

    /// Sets for how long bodies are kept after the last handler ended: 7 days by default, and at most
    /// as long as [`remember`](Self::remember).
    ///
    /// Then the body is erased, and with it the texts of errors. The body of a delivery with a dead
    /// run is kept for 30 days, if that is longer. Nothing is erased while a run waits or is in
    /// progress. A process that runs handlers erases expired bodies a minute after `open`, and then once
    /// an hour. With the feature `tracing`, it warns at most once a day of dead letters that lose their
    /// body within a day.
    ///
    /// ```
    /// use siohook_inbox::{DAY, Inbox};
    ///
    /// let builder = Inbox::sqlite("inbox.db").keep(DAY);
    /// # let _ = builder;
    /// ```
    pub fn keep(self, keep: Duration) -> Self {
        Self {
            keep: Some(keep),
            ..self
        }
    }

    /// Sets how long the key of a delivery is kept after its last handler ended, so that copies are
    /// recognised: 30 days by default, at least 6 days, because systeme.io retries for 5 days.
    ///
    /// Then everything that is stored of the delivery is deleted.
    ///
    /// ```
    /// use siohook_inbox::{DAY, Inbox};
    ///
    /// let builder = Inbox::sqlite("inbox.db").remember(DAY * 90);
    /// # let _ = builder;
    /// ```
    pub fn remember(self, remember: Duration) -> Self {
        Self { remember, ..self }
    }

    /// Sets whether texts of handlers' errors are stored.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::sqlite("inbox.db").errors(siohook_inbox::Errors::Off);
    /// # let _ = builder;
    /// ```
    pub fn errors(self, errors: Errors) -> Self {
        Self { errors, ..self }
    }

    /// Also stores deliveries that no handler listens to, and replies 200 `accepted` to them.
    ///
    /// They hold personal data, and nothing uses them yet.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::sqlite("inbox.db").keep_unhandled();
    /// # let _ = builder;
    /// ```
    pub fn keep_unhandled(self) -> Self {
        Self {
            keep_unhandled: true,
            ..self
        }
    }

    /// Opens a store that can lose what was acknowledged: a file of SQLite in memory, in a container's
    /// layer, or on a network, or a server of PostgreSQL with `fsync=off`.
    ///
    /// For tests, and for file systems that you know better.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::sqlite("/tmp/inbox.db").accept_volatile();
    /// # let _ = builder;
    /// ```
    pub fn accept_volatile(mut self) -> Self {
        self.place.accept_volatile();
        self
    }

    /// Sets whether [`open`](Self::open) may change the tables of the store.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::sqlite("inbox.db").migrate(siohook_inbox::Migrate::Never);
    /// # let _ = builder;
    /// ```
    pub fn migrate(mut self, migrate: Migrate) -> Self {
        self.place.migrate(migrate);
        self
    }

    /// Sets a function that is called with each run that is not tried again, after that is
    /// recorded.
    ///
    /// [`Inbox::run`](crate::Inbox::run) calls it, in the process that recorded the end, so it must
    /// not block. If that process is killed just then, it is not called.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::sqlite("inbox.db").on_dead(|letter| eprintln!("{letter}"));
    /// # let _ = builder;
    /// ```
    pub fn on_dead(self, hook: impl Fn(&DeadLetter) + Send + Sync + 'static) -> Self {
        Self {
            on_dead: Some(Arc::new(hook)),
            ..self
        }
    }

    /// Sets a function that names more e-mail addresses in a delivery, for
    /// [`erase_contact`](crate::Operator::erase_contact). Those of its contact and its customer are
    /// known.
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::sqlite("inbox.db").personal(|delivery| {
    ///     let gift = delivery.query("recipient").map(|recipient| recipient.into_owned());
    ///     let data = delivery.data::<HashMap<String, serde_json::Value>>().unwrap_or_default();
    ///     let partner = data.get("partner").and_then(|it| Some(it["email"].as_str()?.to_owned()));
    ///     [gift, partner].into_iter().flatten()
    /// });
    /// # let _ = builder;
    /// ```
    ///
    /// A delivery for which it panics counts as one that can't be read.
    pub fn personal<I: IntoIterator<Item = String>>(
        self,
        addresses: impl Fn(&Delivery) -> I + Send + Sync + 'static,
    ) -> Self {
        let personal = move |delivery: &Delivery| addresses(delivery).into_iter().collect();
        Self {
            personal: Some(Arc::new(personal)),
            ..self
        }
    }
}

impl fmt::Debug for InboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxBuilder")
            .field("place", &self.place)
            .field("retry", &self.retry)
            .field("retry_for", &self.retry_for)
            .field("running_at_most", &self.running_at_most)
            .field("timeout", &self.timeout)
            .field("crashes", &self.crashes)
            .field("keep", &self.keep)
            .field("remember", &self.remember)
            .field("errors", &self.errors)
            .field("keep_unhandled", &self.keep_unhandled)
            .finish_non_exhaustive()
    }
}
