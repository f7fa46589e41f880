//! An inbox in memory, a clock that is moved by hand, and the end of a process: test what happens
//! to a delivery without waiting and without a file.
//!
//! ```standalone_crate
//! use siohook::testing::{Sample, SECRET};
//! use siohook::{Dispatcher, HandlerError, account, on_event};
//! use siohook_inbox::testing::Clock;
//! use siohook_inbox::{Inbox, Retry, Run, SECOND};
//!
//! #[on_event("SALE_NEW", id = "grant")]
//! async fn grant(_: account::SaleNew, run: Run) -> Result<(), HandlerError> {
//!     Err(HandlerError::new(format!("attempt {}: the school is closed", run.attempt())))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let dispatcher = Dispatcher::builder().account_secret("main", SECRET).build()?;
//! let clock = Clock::new();
//! let inbox = Inbox::memory()
//!     .clock(&clock)
//!     .retry(Retry::every(SECOND * 10).attempts(2))
//!     .open(&dispatcher)
//!     .await?;
//! tokio::spawn(inbox.clone().run());
//!
//! let reply = inbox.receiver().receive(Sample::of("SALE_NEW").into()).await;
//! assert_eq!(reply.body(), br#"{"outcome":"accepted"}"#);
//! inbox.idle().await;
//! assert_eq!(inbox.stats().await?.waiting(), 1);
//!
//! clock.advance(SECOND * 10);
//! inbox.idle().await;
//! inbox.assert_dead("grant");
//! # Ok(())
//! # }
//! ```
//!
//! The [`drain`](crate::Inbox::drain) of an inbox with a clock waits until the clock is moved, if a
//! handler does not end: advance it while `drain` is awaited.

use std::time::{Duration, SystemTime};

use siohook::Timestamp;
use siohook::testing::block_on;

use crate::clock::{self, ManualClock, millis, timestamp};
use crate::engine::Command;
use crate::inbox::Place;
use crate::store::Memory;
use crate::{HandlerStats, Inbox, InboxBuilder};

/// A clock that is moved by hand. Its clones are one clock.
///
/// Retries, timeouts and the drain follow it. It starts at the system's time.
#[derive(Clone, Debug)]
pub struct Clock(ManualClock);

impl Clock {
    /// Makes a clock that stands still.
    ///
    /// ```
    /// use siohook_inbox::testing::Clock;
    ///
    /// let clock = Clock::new();
    /// assert_eq!(clock.now(), clock.clone().now());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Self(ManualClock::new(since.map_or(0, millis)))
    }

    /// Lets time pass. What becomes due starts at once; [`Inbox::idle`] waits for it.
    ///
    /// ```
    /// use siohook_inbox::SECOND;
    /// use siohook_inbox::testing::Clock;
    ///
    /// let clock = Clock::new();
    /// let before = clock.now();
    /// clock.advance(SECOND);
    /// assert!(before < clock.now());
    /// ```
    pub fn advance(&self, by: Duration) {
        self.0.advance(by);
    }

    /// Sets the wall clock back, as an administrator does. No time passes.
    ///
    /// ```
    /// use siohook_inbox::SECOND;
    /// use siohook_inbox::testing::Clock;
    ///
    /// let clock = Clock::new();
    /// let before = clock.now();
    /// clock.set_back(SECOND);
    /// assert!(clock.now() < before);
    /// ```
    pub fn set_back(&self, by: Duration) {
        self.0.set_back(by);
    }

    /// Runs a function while every inbox that asks for the time waits.
    #[cfg(feature = "conformance")]
    pub(crate) fn hold<T>(&self, during: impl FnOnce() -> T) -> T {
        self.0.hold(during)
    }

    /// Returns the time that the clock shows.
    ///
    /// ```
    /// use siohook_inbox::testing::Clock;
    ///
    /// println!("{}", Clock::new().now());
    /// ```
    #[must_use]
    pub fn now(&self) -> Timestamp {
        timestamp(self.0.now())
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl InboxBuilder {
    /// Sets the clock.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    /// use siohook_inbox::testing::Clock;
    ///
    /// let clock = Clock::new();
    /// let builder = Inbox::memory().clock(&clock);
    /// # let _ = builder;
    /// ```
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = clock::Clock::Manual(clock.0.clone());
        self
    }
}

impl Inbox {
    /// Stores deliveries in the memory of this process: for tests, since they are lost when it
    /// ends.
    ///
    /// Clones of the builder share the memory, as processes share a file.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    ///
    /// let builder = Inbox::memory();
    /// # let _ = builder;
    /// ```
    pub fn memory() -> InboxBuilder {
        InboxBuilder::new(Place::Memory(Memory::new()))
    }

    /// Waits until no run is in progress in this process, and none is due. A retry that is due later
    /// is not waited for: move the clock.
    ///
    /// If a run is due and [`run`](Self::run) is not active, it waits until that is.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Inbox, clock: siohook_inbox::testing::Clock) {
    /// clock.advance(siohook_inbox::HOUR);
    /// inbox.idle().await;
    /// # }
    /// ```
    pub async fn idle(&self) {
        let _ = self.0.engine.ask(Command::Idle).await;
    }

    /// Ends the inbox as `kill -9` ends its process: nothing is recorded or given back any more.
    /// Returns a builder that opens the same store with the same settings.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Inbox, dispatcher: siohook::Dispatcher) {
    /// // A process ended, and its successor starts.
    /// let inbox = inbox.kill().open(&dispatcher).await.unwrap();
    /// # let _ = inbox;
    /// # }
    /// ```
    ///
    /// Handlers in progress are dropped at their next `await`, and [`run`](Self::run) ends with an
    /// error.
    pub fn kill(&self) -> InboxBuilder {
        self.0.engine.kill();
        self.0.builder.clone()
    }

    /// Asserts that a run of this handler is dead.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Inbox) {
    /// inbox.idle().await;
    /// inbox.assert_dead("grant");
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// No run of the handler is dead. The message says what its runs are doing instead.
    #[track_caller]
    pub fn assert_dead(&self, handler: &str) {
        let stats = block_on(self.stats()).expect("the store can be read");
        let dead = stats.handlers().iter().filter(|runs| runs.id() == handler);
        let dead: u64 = dead.map(HandlerStats::dead).sum();
        let others = stats.handlers().iter().map(|runs| {
            let (waiting, running, dead) = (runs.waiting(), runs.running(), runs.dead());
            format!(
                "\n  `{}`: {waiting} waiting, {running} running, {dead} dead",
                runs.id()
            )
        });
        let others = others.collect::<String>();
        assert!(
            dead > 0,
            "no run of `{handler}` is dead; runs that are not done:{others}"
        );
    }
}
