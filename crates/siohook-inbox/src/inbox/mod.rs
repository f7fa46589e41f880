//! What a program holds: the builder, the receiver, and the future that runs handlers.

mod builder;
mod execution;
mod keeper;
mod open;
mod place;
#[cfg(feature = "postgres")]
mod postgres;
mod recorder;
#[cfg(feature = "sqlite")]
mod sqlite;
mod worker;

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;
use std::time::Duration;

use siohook::Dispatcher;

pub use self::builder::{Errors, InboxBuilder};
use self::keeper::Keeper;
pub(crate) use self::open::REMEMBER_AT_LEAST;
pub(crate) use self::place::Place;
use crate::clock::Clock;
use crate::engine::{Command, Drained, Engine};
use crate::observe::Observer;
use crate::policy::Policies;
use crate::{DeadLetter, InboxError, Operator, Stats};

/// An inbox: it stores each delivery before it is answered, and runs the handlers afterwards.
///
/// Clones are cheap, and are one inbox. It dereferences to the [`Operator`] of its store, which lists
/// and mends what is stored.
///
#[cfg_attr(unix, doc = "```no_run")]
#[cfg_attr(not(unix), doc = "```ignore")]
/// use std::env;
/// use std::error::Error;
/// use std::time::Duration;
///
/// use siohook::{Dispatcher, HandlerError, account, on_event};
/// use siohook_inbox::{Inbox, MINUTE, Retry, Run};
/// use tokio::net::TcpListener;
/// use tokio::signal::ctrl_c;
/// use tokio::signal::unix::{SignalKind, signal};
///
/// #[on_event("SALE_NEW", id = "grant")]
/// async fn grant(sale: account::SaleNew, run: Run) -> Result<(), HandlerError> {
///     println!("attempt {}: {:?}", run.attempt(), sale.customer.email);
///     Ok(())
/// }
///
/// /// Ctrl-C, or the SIGTERM of service managers and containers.
/// async fn stopped() {
///     let mut terminate = signal(SignalKind::terminate()).expect("it is a signal");
///     tokio::select! { _ = ctrl_c() => {}, _ = terminate.recv() => {} }
/// }
///
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn Error>> {
///     let secret = env::var("SYSTEME_WEBHOOK_SECRET");
///     let secret = secret.map_err(|error| format!("SYSTEME_WEBHOOK_SECRET: {error}"))?;
///     let dispatcher = Dispatcher::builder().account_secret("main", secret).build()?;
///     let inbox = Inbox::sqlite("inbox.db")
///         .retry_for("grant", Retry::every(MINUTE * 5).attempts(288))
///         .on_dead(|letter| eprintln!("{letter}"))
///         .open(&dispatcher)
///         .await?;
///     let app = axum::Router::new().route_service("/systeme", inbox.receiver().service());
///     let worker = tokio::spawn(inbox.clone().run());
///     let listener = TcpListener::bind("127.0.0.1:3000").await?;
///     println!("listening on http://127.0.0.1:3000/systeme");
///     axum::serve(listener, app).with_graceful_shutdown(stopped()).await?;
///     // Handlers that don't end in time run again after the next start.
///     inbox.drain(Duration::from_secs(20)).await;
///     worker.await??;
///     Ok(())
/// }
/// ```
///
/// A program that is killed counts as crashed in the handlers that run, and a run that crashed three
/// times is dead. SIGTERM kills a program that does not wait for it, so call
/// [`drain`](Self::drain) after SIGTERM and after Ctrl-C, as above.
#[derive(Clone)]
pub struct Inbox(pub(crate) Arc<Shared>);

/// What the clones of an inbox share.
pub(crate) struct Shared {
    pub(crate) engine: Engine,
    /// Its connection is opened when it is used.
    operator: Operator,
    dispatcher: Dispatcher,
    policies: Policies,
    clock: Clock,
    observer: Observer,
    /// What [`Inbox::run`] does: [`NO_WORK`], [`WORKING`] or [`ENDING`].
    work: AtomicU8,
    pub(crate) builder: InboxBuilder,
}

impl Inbox {
    /// Returns a dispatcher that stores deliveries. It fits every adapter.
    ///
    /// It verifies as the dispatcher that the inbox was opened with does. Then it stores the
    /// delivery, and replies without waiting for a handler.
    /// [`on_report`](siohook::DispatcherBuilder::on_report) is called for the delivery, and once more
    /// for each run.
    ///
    /// A process that only accepts needs all handlers, because it is their runs that it stores.
    ///
    /// | what happened | reply |
    /// |---|---|
    /// | it is stored, and would survive a crash | 200 `accepted` |
    /// | it was stored before, whatever became of it since | 200 `accepted_before` |
    /// | it could not be stored, or 4,096 deliveries or 64 MiB of bodies are waiting to be stored | 503 `not_stored` with `Retry-After: 10` |
    /// | no handler listens to it | as without an inbox, unless [`keep_unhandled`](InboxBuilder::keep_unhandled) is set |
    ///
    /// ```
    /// # fn f(inbox: &siohook_inbox::Inbox) {
    /// use siohook::Dispatcher;
    ///
    /// let receiver: Dispatcher = inbox.receiver();
    /// # let _ = receiver;
    /// # }
    /// ```
    #[must_use]
    pub fn receiver(&self) -> Dispatcher {
        self.0.dispatcher.keep_with(Keeper(self.clone()))
    }

    /// Stops starting handlers, and waits for those that run in this process.
    ///
    /// Those that have not ended after `within` are dropped at their next `await`, and run again,
    /// here after a restart or in another process. That counts neither as a failure nor as a
    /// crash. One that blocks its thread runs on, and is given back after a further second. If it is
    /// called again meanwhile, the shorter time counts, and both calls return the same.
    ///
    /// It waits as long for the ends of handlers to be recorded. Those that are not, because the store
    /// can't be written, are lost with the process: their handlers run again, as after a crash.
    ///
    /// [`receiver`](Self::receiver) goes on storing deliveries. [`run`](Self::run) ends.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # async fn f(inbox: siohook_inbox::Inbox) {
    /// let drained = inbox.drain(Duration::from_secs(20)).await;
    /// println!("{} ended, {} run again later", drained.ended, drained.given_back);
    /// # }
    /// ```
    pub async fn drain(&self, within: Duration) -> Drained {
        let drain = |reply| Command::Drain { within, reply };
        self.0.engine.ask(drain).await.unwrap_or_default()
    }

    /// Counts the runs of the whole store.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Inbox) -> Result<(), siohook_inbox::InboxError> {
    /// println!("{} dead", inbox.stats().await?.dead());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The store can't be read.
    pub async fn stats(&self) -> Result<Stats, InboxError> {
        let stats = self.0.engine.ask(Command::Stats).await.flatten();
        stats.map_err(|error| InboxError::store(&error))
    }

    /// Checks that deliveries can be stored: for a readiness probe.
    ///
    /// It fails while the store can't be read, is locked, was moved, or is damaged, and for 10 seconds
    /// after a full disk, unless a delivery is stored before. It writes nothing. While another process
    /// holds the lock of the store, the answer takes 2 seconds: give the probe 5.
    ///
    /// ```
    /// # async fn f(inbox: &siohook_inbox::Inbox) -> u16 {
    /// let status = match inbox.health().await {
    ///     Ok(()) => 200,
    ///     Err(error) => {
    ///         eprintln!("{error}");
    ///         503
    ///     }
    /// };
    /// # status
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Deliveries are answered with 503 `not_stored` at the moment. The text says why.
    pub async fn health(&self) -> Result<(), InboxError> {
        let health = self.0.engine.ask(Command::Check).await.flatten();
        health.map_err(|error| InboxError::store(&error))
    }
}

/// ```
/// # async fn f(inbox: siohook_inbox::Inbox) -> Result<(), siohook_inbox::InboxError> {
/// inbox.dead().handler("grant").retry().await?;
/// # Ok(())
/// # }
/// ```
impl Deref for Inbox {
    type Target = Operator;

    fn deref(&self) -> &Operator {
        &self.0.operator
    }
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Inbox").field(&self.0.builder).finish()
    }
}

/// [`Inbox::run`] is not active.
const NO_WORK: u8 = 0;
/// It is active.
const WORKING: u8 = 1;
/// It is being dropped, and gives its runs back.
const ENDING: u8 = 2;

/// Calls the hook of the user. A panic in it must not end the worker.
fn call_on_dead(builder: &InboxBuilder, letters: &[DeadLetter]) {
    if let Some(on_dead) = &builder.on_dead {
        for letter in letters {
            let call = std::panic::AssertUnwindSafe(|| on_dead(letter));
            let _ = std::panic::catch_unwind(call);
        }
    }
}
