//! The dispatcher: `receive` verifies a request and hands it to `dispatch`, which runs
//! the handlers or stores the delivery.

mod build_error;
mod builder;
mod core;
mod detached;
mod handler_call;
mod in_flight;
mod keep;
mod listeners;
mod memory;
mod reading;
mod restore;
mod routes;
mod run;

pub use self::build_error::{BuildError, Problem};
pub use self::builder::DispatcherBuilder;
pub(crate) use self::core::Core;
pub use self::core::{DetachedTask, Unhandled};
pub use self::keep::{Keep, KeepFuture, Kept};
pub use self::listeners::UnknownHandlers;
pub use self::restore::RestoreError;

use std::fmt;
use std::sync::Arc;

use siohook_events::{Event, events};

use self::keep::Keeper;
use self::run::{Run, call_hook};
use crate::delivery::Delivery;
use crate::handler::{Handlers, Report};
use crate::observe;
use crate::request::{Head, Incoming, Reply};
use crate::verify::Rejection;

/// Verifies, parses and routes deliveries to the linked handlers.
///
/// ```standalone_crate
/// use siohook::{Dispatcher, Incoming, automation, on_event};
///
/// #[on_event("contact.tag.added")]
/// fn welcome(event: automation::TagAdded) {
///     println!("{} + {}", event.contact.email, event.tag.name);
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), siohook::BuildError> {
/// let dispatcher = Dispatcher::builder().automation_token("7kX2mQ9f").build()?;
///
/// let body = r#"{
///     "type": "contact.tag.added",
///     "data": {
///         "contact": {"id": 1, "email": "ada@example.com"},
///         "tag": {"id": 7, "name": "vip"}
///     }
/// }"#;
/// let reply = dispatcher.receive(Incoming::post(body).query("token=7kX2mQ9f")).await;
/// assert_eq!(reply.status(), 200);
/// # Ok(())
/// # }
/// ```
///
/// Cloning is cheap, and all clones share one redelivery memory. A dispatcher starts no
/// runtime and no thread and has no global state: two dispatchers in one process share
/// only the list of linked handlers.
///
/// `Display` writes the [table of handlers](Self::handlers).
#[derive(Clone)]
pub struct Dispatcher {
    pub(crate) core: Arc<Core>,
    keeper: Option<Keeper>,
}

impl Dispatcher {
    /// Returns the linked handlers that were [selected](DispatcherBuilder::select), sorted
    /// by event, then by path. `Display` writes them as a table.
    ///
    /// ```standalone_crate
    /// use siohook::{Dispatcher, on_event};
    ///
    /// #[on_event("SALE_NEW", id = "shop.grant")]
    /// fn grant() {}
    ///
    /// let dispatcher = Dispatcher::builder().account_secret("main", "correct horse").build()?;
    /// println!("{}", dispatcher.handlers());
    /// assert_eq!(dispatcher.handlers()[0].event(), "SALE_NEW");
    /// assert_eq!(dispatcher.handlers()[0].id(), "shop.grant");
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
    #[must_use]
    pub fn handlers(&self) -> &Handlers {
        &self.core.handlers
    }

    /// Returns the catalogue: every event that systeme.io is known to send. It is the same
    /// list as [`siohook::events`](crate::events).
    ///
    /// ```
    /// # fn f(dispatcher: &siohook::Dispatcher) {
    /// for event in dispatcher.events() {
    ///     println!("{}: {}", event.name(), event.summary());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn events(&self) -> &'static [Event] {
        events()
    }

    /// Returns the longest body that is accepted, in bytes. An adapter that reads more than
    /// this stops and passes on [`Head::too_long`].
    ///
    /// ```
    /// use siohook::{Dispatcher, Head, Incoming};
    ///
    /// fn incoming(dispatcher: &Dispatcher, head: Head, body: Vec<u8>) -> Incoming {
    ///     if body.len() > dispatcher.max_body_bytes() {
    ///         head.too_long()
    ///     } else {
    ///         head.with_body(body)
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn max_body_bytes(&self) -> usize {
        self.core.verifier.max_body_bytes
    }

    /// Checks what the head of a request decides: method, announced length, source address,
    /// token, and the form of the signature.
    ///
    /// An adapter calls this before it reads the body. It answers a refusal with
    /// [`Rejection::reply`], and passes any other request to [`receive`](Self::receive),
    /// which verifies all of it.
    ///
    /// ```
    /// use siohook::{Dispatcher, Head, Reply};
    ///
    /// # async fn read() -> Vec<u8> { vec![] }
    /// async fn serve(dispatcher: &Dispatcher, head: Head) -> Reply {
    ///     if let Err(rejection) = dispatcher.check_head(&head) {
    ///         return rejection.reply();
    ///     }
    ///     dispatcher.receive(head.with_body(read().await)).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns why the request is refused. [`on_reject`](DispatcherBuilder::on_reject) has
    /// been called with it.
    pub fn check_head(&self, head: &Head) -> Result<(), Rejection> {
        let checked = self.core.verifier.check_head(head);
        checked.inspect_err(|rejection| self.refused(rejection))
    }

    fn refused(&self, rejection: &Rejection) {
        let hook = || call_hook(self.core.on_reject.as_ref(), rejection);
        observe::refused(rejection, hook);
    }

    /// Verifies that a request is a delivery from systeme.io, and parses it: the envelope
    /// and, if a handler takes it, the payload.
    ///
    /// The checks run in this order: method, size, source address, then signature or token,
    /// then JSON. A request that is not trusted is refused before its body is parsed.
    ///
    /// ```
    /// use siohook::{Dispatcher, Incoming, Reason};
    ///
    /// # fn f(dispatcher: Dispatcher) {
    /// match dispatcher.verify(Incoming::post("{}").query("token=guessed")) {
    ///     Ok(delivery) => println!("{} {}", delivery.event(), delivery.key()),
    ///     Err(rejection) if rejection.reason() == Reason::TokenWrong => eprintln!("{rejection}"),
    ///     Err(rejection) => eprintln!("{}: {rejection}", rejection.code()),
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns why the request is refused. [`on_reject`](DispatcherBuilder::on_reject) has
    /// been called with it.
    pub fn verify(&self, incoming: Incoming) -> Result<Delivery, Rejection> {
        let parser_of = |event: &_, mechanism| self.core.routes.parser(event, mechanism);
        self.core
            .verifier
            .verify(incoming, parser_of)
            .inspect(observe::verified)
            .inspect_err(|rejection| self.refused(rejection))
    }

    /// Runs the handlers of a delivery.
    ///
    /// They run concurrently on the caller's task, and each is isolated: an error or a
    /// panic in one is the outcome of that handler, and the others finish. Handlers that
    /// were done in an earlier attempt do not run again.
    ///
    /// ```
    /// use siohook::{Delivery, Dispatcher, Outcome};
    ///
    /// async fn run(dispatcher: &Dispatcher, delivery: &Delivery) {
    ///     let report = dispatcher.dispatch(delivery).await;
    ///     for handler in report.handlers() {
    ///         if let Outcome::Failed(error) = handler.outcome() {
    ///             eprintln!("{}: {error}", handler.name());
    ///         }
    ///     }
    /// }
    /// ```
    ///
    /// # Cancellation
    ///
    /// Dropping the future drops every handler at its next `await`. The outcome of those
    /// that had not ended is [`Cancelled`](crate::Outcome::Cancelled), and
    /// [`on_report`](DispatcherBuilder::on_report) is called. The memory keeps which
    /// handlers were done, and the next attempt runs the others.
    ///
    /// With [`detach`](DispatcherBuilder::detach), dropping the future does not stop the
    /// handlers. They stop if the executor drops its task.
    ///
    /// # With a keeper
    ///
    /// A dispatcher of [`keep_with`](Self::keep_with) stores the delivery instead.
    /// [`run`](Self::run) runs its handlers.
    pub async fn dispatch(&self, delivery: &Delivery) -> Report {
        self.handle(delivery.clone()).await
    }

    async fn handle(&self, delivery: Delivery) -> Report {
        match (&self.keeper, &self.core.executor) {
            (Some(keeper), _) => Run::begin(&*self.core, delivery).keep(keeper).await,
            (None, None) => Run::begin(&*self.core, delivery).finish().await,
            (None, Some(executor)) => {
                let run = Run::begin(Arc::clone(&self.core), delivery);
                detached::finish(run, executor).await
            }
        }
    }

    /// Verifies a request, runs its handlers and returns the reply:
    /// [`verify`](Self::verify) and [`dispatch`](Self::dispatch) in turn.
    ///
    /// ```
    /// # async fn f(dispatcher: siohook::Dispatcher) {
    /// use siohook::{Incoming, ReplyOutcome};
    ///
    /// let reply = dispatcher.receive(Incoming::new("GET", "")).await;
    /// assert_eq!(reply.status(), 405);
    /// assert_eq!(reply.header("allow"), Some("POST"));
    /// assert_eq!(reply.outcome(), ReplyOutcome::MethodNotAllowed);
    /// # }
    /// ```
    ///
    /// # Cancellation
    ///
    /// When the sender hangs up, web frameworks drop the request. That drops this future,
    /// and every handler at its next `await`. [`dispatch`](Self::dispatch) says what
    /// becomes of the delivery, and [`detach`](DispatcherBuilder::detach) prevents it.
    pub async fn receive(&self, incoming: Incoming) -> Reply {
        match self.verify(incoming) {
            Ok(delivery) => self.handle(delivery).await.into_reply(),
            Err(rejection) => rejection.reply(),
        }
    }

    /// Waits until no delivery is in progress, whether it is handled or stored.
    ///
    /// Call it at a shutdown, after the server has stopped accepting requests. The process
    /// can then end without losing work.
    ///
    /// ```
    /// # async fn serve(_: siohook::Dispatcher) -> std::io::Result<()> { Ok(()) }
    /// async fn run(dispatcher: siohook::Dispatcher) -> std::io::Result<()> {
    ///     serve(dispatcher.clone()).await?;
    ///     dispatcher.idle().await;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// A detached handler that never ends keeps it waiting, unless its task has a
    /// [deadline](DispatcherBuilder::detach).
    pub async fn idle(&self) {
        self.core.in_flight.idle().await;
    }
}

impl fmt::Display for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.core.handlers.fmt(f)
    }
}

impl fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatcher")
            .field("handlers", &self.core.handlers)
            .finish_non_exhaustive()
    }
}
