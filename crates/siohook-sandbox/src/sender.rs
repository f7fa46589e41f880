//! Sends messages until they are delivered, or the schedule ends.

mod attempt;
pub(crate) mod queue;
mod recent;
mod resend;
mod restore;
mod route;
mod settings;
mod shared;
mod trace;
pub(crate) mod work;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use siohook_events::Timestamp;
use siohook_sender::Request;
use tokio::sync::broadcast;

use crate::chaos::Storm;
use crate::{AdvanceError, AllowList, Chaos, Client, Clock, Directory, Message, Outgoing};
pub use resend::ResendError;
pub(crate) use restore::Restored;
pub(crate) use route::Route;
pub use settings::Settings;
use shared::Shared;

/// Sends messages, retries them on a [`Schedule`](crate::Schedule), and keeps a log.
///
/// Each receiver has a queue of its own with at most four attempts at once, so one that hangs
/// delays no other. Messages arrive in their order, unless the receiver takes over 100 ms. Clones are the same sender.
///
/// ```
/// use std::sync::Arc;
///
/// use siohook_sandbox::{
///     AllowList, Client, Clock, Directory, Outgoing, Sender, Settings, Source, Status, Target,
/// };
/// use siohook_sender::Sample;
///
/// # struct Rules;
/// # impl Directory for Rules {
/// #     fn target(&self, source: &Source) -> Option<Target> {
/// #         match source {
/// #             Source::Rule { url, .. } => Some(Target { url: url.clone(), key: None }),
/// #             _ => None,
/// #         }
/// #     }
/// #     fn disable(&self, _: &Source) {}
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clock = Clock::manual("2026-01-01T00:00:00Z".parse()?);
/// let client = Client::new(AllowList::new());
/// let sender = Sender::new(clock, client, Arc::new(Rules), Settings::default());
/// let id = sender.send(Outgoing {
///     source: Source::Rule { rule: 1, url: "https://shop.example.com".to_owned() },
///     sample: Sample::of("contact.tag.added"),
///     contact: None,
/// });
/// sender.advance_until_idle().await?;
/// assert_eq!(sender.message(&id).unwrap().status, Status::Blocked);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sender(Arc<Shared>);

impl Sender {
    /// Makes a sender with an empty log.
    #[must_use]
    pub fn new(
        clock: Clock,
        client: Client,
        directory: Arc<dyn Directory>,
        settings: Settings,
    ) -> Self {
        Self::restored(clock, client, directory, Restored::new(settings))
    }

    /// Returns the clock that retries follow.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Returns the hosts that it sends to.
    #[must_use]
    pub fn allowed(&self) -> &AllowList {
        self.0.client.allowed()
    }

    /// Starts to send a message. Returns its id: that of the sample, or a new one if it has
    /// none or there is such a message already.
    ///
    /// It asks the [`Directory`], so the caller must not hold a lock that the directory takes.
    ///
    /// # Panics
    ///
    /// If it is called outside of a tokio runtime.
    pub fn send(&self, outgoing: Outgoing) -> String {
        let inserted = self.0.insert(outgoing);
        match inserted.at {
            None => work::enqueue(&self.0, inserted.number, None),
            Some(at) => work::wake_at(&self.0, at),
        }
        for number in inserted.behind {
            work::enqueue(&self.0, number, None);
        }
        inserted.id
    }

    /// What goes wrong on purpose.
    pub(crate) fn storm(&self) -> Arc<Storm> {
        self.0.storm()
    }

    /// Makes something go wrong from the next message on, and with attempts.
    pub(crate) fn set_chaos(&self, chaos: Chaos) {
        let mut state = self.0.state();
        let storm = Storm::new(chaos, state.log.next_number());
        state.storm = Arc::new(storm);
    }

    /// Makes the request of a first attempt without sending it.
    pub(crate) fn preview(&self, outgoing: &Outgoing) -> Result<Request, String> {
        let target = self.0.directory.target(&outgoing.source);
        let target = target.ok_or("the webhook or the rule is gone")?;
        attempt::preview(&self.0, outgoing, target)
    }

    /// Returns a message of the log.
    ///
    /// ```
    /// fn is_delivered(sender: &siohook_sandbox::Sender, id: &str) -> bool {
    ///     let message = sender.message(id);
    ///     message.is_some_and(|message| message.status == siohook_sandbox::Status::Delivered)
    /// }
    /// ```
    #[must_use]
    pub fn message(&self, id: &str) -> Option<Arc<Message>> {
        let state = self.0.state();
        state.log.get(state.log.number(id)?).cloned()
    }

    /// Returns all messages, the oldest first.
    ///
    /// ```
    /// fn unfinished(sender: &siohook_sandbox::Sender) -> usize {
    ///     let messages = sender.messages().into_iter();
    ///     messages.filter(|message| !message.status.is_finished()).count()
    /// }
    /// ```
    #[must_use]
    pub fn messages(&self) -> Vec<Arc<Message>> {
        self.0.state().log.messages().map(Arc::clone).collect()
    }

    /// Returns a channel that gets each message when it is added and whenever it changes. A
    /// receiver that is over 1024 changes late misses the oldest.
    ///
    /// ```
    /// use siohook_sandbox::Sender;
    ///
    /// async fn wait(sender: &Sender, id: &str) {
    ///     let mut changes = sender.changes();
    ///     while sender.message(id).is_some_and(|message| !message.status.is_finished()) {
    ///         // A missed change is a change as well.
    ///         let _ = changes.recv().await;
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Arc<Message>> {
        self.0.changes.subscribe()
    }

    /// Returns whether a message is going to be sent yet.
    #[must_use]
    pub fn has_unfinished(&self) -> bool {
        self.0.state().log.has_unfinished()
    }

    /// The time of the next attempt of a message that waits.
    pub(crate) fn next_attempt_at(&self) -> Option<Timestamp> {
        self.0.state().log.next_attempt_at()
    }

    /// Removes a message, and sends it no more. Returns `false` for an unknown id.
    #[expect(clippy::must_use_candidate, reason = "it is called for its effect")]
    pub fn remove(&self, id: &str) -> bool {
        let mut state = self.0.state();
        let number = state.log.number(id);
        number.is_some_and(|number| state.log.remove(number).is_some())
    }

    /// Removes all messages, and forgets the success rates.
    pub fn clear(&self) {
        self.0.state().clear();
    }

    /// Cancels the messages that wait for an attempt whose webhook or rule is gone. Without
    /// it, each is cancelled when its attempt is due.
    pub fn cancel_undeliverable(&self) {
        self.0.cancel_undeliverable();
    }

    /// Moves a manual clock, and sends what becomes due, in order. It returns when the
    /// attempts have ended.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use siohook_sandbox::{AdvanceError, Sender};
    ///
    /// async fn an_hour_later(sender: &Sender) -> Result<(), AdvanceError> {
    ///     sender.advance(Duration::from_secs(3600)).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If the clock is not manual, or would pass the year 9999.
    pub async fn advance(&self, by: Duration) -> Result<(), AdvanceError> {
        self.0.clock.advance(by).await
    }

    /// Moves a manual clock until each message is finished. Returns the time then.
    ///
    /// # Errors
    ///
    /// If the clock is not manual.
    pub async fn advance_until_idle(&self) -> Result<Timestamp, AdvanceError> {
        self.advance(Duration::ZERO).await?;
        while self.has_unfinished() && self.0.clock.step().await?.is_some() {}
        Ok(self.0.clock.now())
    }

    /// Starts no attempt any more, and waits until those under way have ended. Messages that
    /// were due stay in the log as they are.
    pub async fn close(&self) {
        self.0.state().close();
        self.0.clock.idle().await;
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("clock", &self.0.clock)
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}
