//! The dispatcher: `receive` verifies a request and hands it to `dispatch`, which runs
//! its handlers.

mod build_error;
mod builder;
mod core;
mod detached;
mod handler_call;
mod in_flight;
mod memory;
mod routes;
mod run;
mod unseen;

pub use self::build_error::{BuildError, Problem};
pub use self::builder::DispatcherBuilder;
pub(crate) use self::core::Core;
pub use self::core::{DetachedTask, Unhandled};

use std::fmt;
use std::sync::Arc;

use siohook_events::{Event, events};

use self::run::{Run, call_hook};
use crate::delivery::Delivery;
use crate::handler::{Handlers, Report};
use crate::observe;
use crate::request::{Head, Incoming, Reply};
use crate::verify::Rejection;

/// Verifies, parses and routes deliveries to the handlers that were linked.
///
/// Cloning is cheap, and all clones share one redelivery memory. There is no
/// runtime, thread or global state behind it: two dispatchers in one process
/// share nothing but the list of linked handlers.
///
/// `Display` writes the [table of handlers](Self::handlers).
#[derive(Clone)]
pub struct Dispatcher {
    pub(crate) core: Arc<Core>,
}

impl Dispatcher {
    /// The handlers that were linked and selected, sorted by event, then path.
    /// `Display` writes them as a table.
    #[must_use]
    pub fn handlers(&self) -> &Handlers {
        &self.core.handlers
    }

    /// The catalogue: every event that systeme.io is known to send. The same as
    /// [`siohook::events`](crate::events).
    #[must_use]
    pub fn events(&self) -> &'static [Event] {
        events()
    }

    /// How many bytes of a body an adapter has to read at most, before it gives
    /// [`Head::too_long`].
    #[must_use]
    pub fn max_body_bytes(&self) -> usize {
        self.core.verifier.max_body_bytes
    }

    /// Refuses a request by its head, so that an adapter need not read the body: method,
    /// announced length, source address, token, and the form of the signature.
    ///
    /// An adapter calls it before it reads the body, and answers a refusal with
    /// [`Rejection::reply`]. What passes is verified whole by [`receive`](Self::receive).
    ///
    /// # Errors
    ///
    /// Why the request is refused, which
    /// [`on_reject`](DispatcherBuilder::on_reject) was called with.
    pub fn check_head(&self, head: &Head) -> Result<(), Rejection> {
        let checked = self.core.verifier.check_head(head);
        checked.inspect_err(|rejection| self.refused(rejection))
    }

    fn refused(&self, rejection: &Rejection) {
        let hook = || call_hook(self.core.on_reject.as_ref(), rejection);
        observe::refused(rejection, hook);
    }

    /// Checks that a request is a delivery from systeme.io, and reads it: what is
    /// around its payload and, if a handler takes that, the payload.
    ///
    /// It refuses before it parses: method, size, source address, then
    /// signature or token, then JSON.
    ///
    /// # Errors
    ///
    /// Why the request is refused, which
    /// [`on_reject`](DispatcherBuilder::on_reject) was called with, too.
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
    /// They run concurrently on the caller's task, each alone: an error or a
    /// panic in one is that handler's outcome, and the others finish. Those
    /// that were done in an earlier attempt are not run again.
    ///
    /// # Cancellation
    ///
    /// Dropping the future drops every handler at its next `await`. Those that had not
    /// ended are [`Cancelled`](crate::Outcome::Cancelled), which
    /// [`on_report`](DispatcherBuilder::on_report) is told; the memory keeps those that
    /// were done and releases the delivery for another attempt. With
    /// [`detach`](DispatcherBuilder::detach) dropping it changes nothing for the
    /// handlers, unless the executor drops its task.
    pub async fn dispatch(&self, delivery: &Delivery) -> Report {
        self.run(delivery.clone()).await
    }

    async fn run(&self, delivery: Delivery) -> Report {
        match &self.core.executor {
            None => Run::begin(&*self.core, delivery).finish().await,
            Some(executor) => {
                let run = Run::begin(Arc::clone(&self.core), delivery);
                detached::finish(run, executor).await
            }
        }
    }

    /// Verifies a request, runs its handlers, and says what to answer:
    /// [`verify`](Self::verify) and [`dispatch`](Self::dispatch) in turn.
    ///
    /// # Cancellation
    ///
    /// Web frameworks drop the request when the sender hangs up, and with it
    /// this future and every handler at its next `await`. See
    /// [`dispatch`](Self::dispatch) for what that means, and
    /// [`detach`](DispatcherBuilder::detach) for how to prevent it.
    pub async fn receive(&self, incoming: Incoming) -> Reply {
        match self.verify(incoming) {
            Ok(delivery) => self.run(delivery).await.into_reply(),
            Err(rejection) => rejection.reply(),
        }
    }

    /// Resolves when no delivery is in progress: after the server has stopped
    /// to accept requests, nothing is lost when the process ends now.
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
