//! The sandbox as a value of a program.

mod builder;
mod contact;
mod fire;
mod messages;
mod saver;
mod set_up;
mod shown;
mod start;
mod start_error;
mod webhook;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use siohook_events::Timestamp;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;

use crate::account::Account;
use crate::state::{State, StateFileError};
use crate::{AdvanceError, Chaos, Clock, Message, Pace};

use self::saver::Saver;

pub use self::builder::Builder;
pub use self::contact::ContactActions;
pub use self::fire::{FireBuilder, FireError};
pub use self::messages::Messages;
pub use self::start_error::StartError;
pub use self::webhook::WebhookBuilder;

/// A systeme.io account that runs, with its server.
///
/// It listens at a free port of this machine. It has systeme.io's public API under `/api`, and
/// the control API under `/sandbox/v1`. The same can be done with the methods here.
///
/// ```
/// use siohook_sandbox::{Sandbox, Status};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::builder().manual_clock("2026-01-01T00:00:00Z").seed(7).start().await?;
/// // Nothing listens at this port.
/// sandbox.webhook("main", "http://127.0.0.1:9/systeme").secret("s3cret").create().await?;
/// let sale = sandbox.contact("jane@example.com").buys("Course").await?;
/// assert_eq!(sale.lines.len(), 1);
///
/// sandbox.advance_until_idle().await;
/// let message = sandbox.messages().event("SALE_NEW").one().await;
/// assert_eq!(message.status, Status::Exhausted);
/// assert_eq!(message.attempts.len(), 12);
/// # Ok(())
/// # }
/// ```
///
/// When it is dropped, the server stops. [`close`](Self::close) lets attempts end before.
pub struct Sandbox {
    account: Arc<Account>,
    address: SocketAddr,
    url: Arc<str>,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    saver: Option<Saver>,
    notice: Option<String>,
}

impl Sandbox {
    /// Returns a builder with all settings at their defaults.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts a sandbox with the default settings, at a free port of this machine.
    ///
    /// ```
    /// use siohook_sandbox::Sandbox;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), siohook_sandbox::StartError> {
    /// let sandbox = Sandbox::start().await?;
    /// assert!(sandbox.url().starts_with("http://127.0.0.1:"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If it can't listen.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Returns the URL of the server, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the address at which the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the secret of [`to`](Builder::to), and of messages that are
    /// [fired](Self::fire) at a URL of their own.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.account.credentials.secret
    }

    /// Returns the token of [`to`](Builder::to), and of messages that are [fired](Self::fire) at a
    /// URL of their own.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.account.credentials.token
    }

    /// Returns the clock of the account.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.account.clock()
    }

    /// Returns a copy of the account as it is now.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), siohook_sandbox::StartError> {
    /// let sandbox = siohook_sandbox::Sandbox::start().await?;
    /// assert!(sandbox.state().contacts.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn state(&self) -> State {
        self.account.catch_up();
        self.account.read(Clone::clone)
    }

    /// Edits the account without a message: to make rules and products, or to edit a webhook.
    ///
    /// ```
    /// use siohook_sandbox::state::{Action, Rule, Trigger};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = siohook_sandbox::Sandbox::start().await?;
    /// sandbox.edit(|account| {
    ///     let id = account.ids.number();
    ///     let rule = Rule {
    ///         id,
    ///         step: None,
    ///         trigger: Trigger::TagAdded { tag: None },
    ///         actions: vec![Action::Webhook { url: "http://localhost:3000/systeme".to_owned() }],
    ///     };
    ///     // Each object lies at its id.
    ///     account.rules.insert(id, rule)
    /// });
    /// # Ok(())
    /// # }
    /// ```
    pub fn edit<T>(&self, edit: impl FnOnce(&mut State) -> T) -> T {
        self.account.change(|state, _| (edit(state), vec![])).0
    }

    /// Returns a channel that gets each message when it is added and whenever it changes. A
    /// receiver that is over 1024 changes late misses the oldest.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Arc<Message>> {
        self.account.sender.changes()
    }

    /// Makes something go wrong on purpose, until this is called again or the account is reset. It
    /// holds for messages that are sent from now on, all attempts, and calls to the API.
    pub fn chaos(&self, chaos: Chaos) {
        self.account.sender.set_chaos(chaos);
    }

    /// Returns a channel with the reason why the [folder](Builder::data) can't be written at
    /// present. Meanwhile the sandbox goes on in memory.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), siohook_sandbox::StartError> {
    /// let sandbox = siohook_sandbox::Sandbox::start().await?;
    /// assert_eq!(*sandbox.not_saved().borrow(), None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn not_saved(&self) -> watch::Receiver<Option<String>> {
        self.account.not_saved()
    }

    /// Returns what was left out when the [folder](Builder::data) was read, as a sentence. `None`
    /// if everything could be read.
    ///
    /// A sandbox that is killed may leave a line that was not written to its end.
    #[must_use]
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Moves a manual clock, and sends what becomes due, in order. It returns when the attempts
    /// have ended.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let sandbox = siohook_sandbox::Sandbox::builder()
    ///     .manual_clock("2026-01-01T00:00:00Z")
    ///     .start()
    ///     .await?;
    /// sandbox.advance(Duration::from_secs(3600)).await?;
    /// assert_eq!(sandbox.clock().now().to_string(), "2026-01-01T01:00:00+00:00");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the clock is not manual, or would pass the year 9999.
    pub async fn advance(&self, by: Duration) -> Result<(), AdvanceError> {
        self.account.clock().advance(by).await
    }

    /// Waits until no message, delay of a workflow or scheduled cancellation waits any more.
    /// Returns the time then.
    ///
    /// A manual clock is moved, at most by a year. With another clock, it waits in real time for
    /// the messages.
    pub async fn advance_until_idle(&self) -> Timestamp {
        if self.clock().pace() != Pace::Manual {
            let mut changes = self.changes();
            while self.account.sender.has_unfinished() {
                // A missed change is a change as well.
                let _ = changes.recv().await;
            }
        }
        // Another task may set the clock going at this moment: then there is nothing to move.
        let moved = self.account.advance_until_idle().await;
        moved.unwrap_or_else(|_| self.clock().now())
    }

    /// Stops to accept connections, lets the attempts under way end, and saves the account and
    /// its messages if it has a [folder](Builder::data).
    ///
    /// # Errors
    ///
    /// If they can't be saved.
    pub async fn close(mut self) -> Result<(), StateFileError> {
        self.stop.send_replace(true);
        // The server ends without a panic.
        let _ = (&mut self.server).await;
        self.account.sender.close().await;
        match self.saver.take() {
            Some(saver) => saver.finish().await,
            None => Ok(()),
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
