//! The dispatcher: `receive` verifies a request and hands it to `dispatch`, which runs
//! its handlers.

mod build_error;
mod builder;
mod core;
mod handler_call;
mod handoff;
mod in_flight;
mod memory;
mod routes;
mod run;

pub use self::build_error::{BuildError, Problem};
pub use self::builder::DispatcherBuilder;
pub(crate) use self::core::Core;
pub use self::core::{DetachedTask, Unhandled};

use std::fmt;
use std::sync::Arc;

use siohook_events::{Event, events};

use self::handoff::handoff;
use self::run::call_hook;
use crate::delivery::Delivery;
use crate::handler::{Handlers, Report};
use crate::observe::{self, ObservedDelivery};
use crate::request::{Incoming, Reply};
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
    /// [`Incoming::too_long`].
    #[must_use]
    pub fn max_body_bytes(&self) -> usize {
        self.core.verifier.max_body_bytes
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
            .inspect_err(|rejection| {
                let hook = || call_hook(self.core.on_reject.as_deref(), rejection);
                observe::refused(rejection, hook);
            })
    }

    /// Runs the handlers of a delivery.
    ///
    /// They run concurrently on the caller's task, each alone: an error or a
    /// panic in one is that handler's outcome, and the others finish. Those
    /// that were done in an earlier attempt are not run again.
    ///
    /// # Cancellation
    ///
    /// Dropping the future drops every handler at its next `await`; the memory
    /// keeps those that were done and releases the delivery for another
    /// attempt. With [`detach`](DispatcherBuilder::detach) dropping it changes
    /// nothing for the handlers.
    pub async fn dispatch(&self, delivery: &Delivery) -> Report {
        let in_flight = self.core.in_flight.begin();
        let observed = ObservedDelivery::begin(&self.core.handlers, delivery);
        let Some(executor) = &self.core.executor else {
            return self.core.run(delivery, observed, in_flight).await;
        };
        let (sender, receiver) = handoff();
        let (core, own) = (Arc::clone(&self.core), delivery.clone());
        executor(Box::pin(async move {
            sender.send(core.run(&own, observed, in_flight).await);
        }));
        // An executor that is shut down drops its tasks.
        let lost = || Report::without_handlers(delivery.clone(), Reply::FAILED);
        receiver.receive().await.unwrap_or_else(lost)
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
            Ok(delivery) => self.dispatch(&delivery).await.reply().clone(),
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
