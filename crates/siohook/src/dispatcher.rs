use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use siohook_events::Event;

use crate::argument::Context;
use crate::builder::{DispatcherBuilder, Unhandled};
use crate::delivery::Delivery;
use crate::describe::Description;
use crate::few::Few;
use crate::handoff::handoff;
use crate::in_progress::{InProgress, Token};
use crate::incoming::Incoming;
use crate::key::DeliveryKey;
use crate::memory::{Attempt, Memory};
use crate::observe::{self, Observed, Observer};
use crate::registry::Handlers;
use crate::rejection::Rejection;
use crate::reply::Reply;
use crate::report::{HandlerReport, Report};
use crate::routes::{Route, Routes};
use crate::run::{self, Running};
use crate::state::States;
use crate::verify::Verifier;

/// The work of one delivery, as it is given to the executor of
/// [`detach`](DispatcherBuilder::detach).
pub type Work = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

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

pub(crate) struct Core {
    pub(crate) verifier: Verifier,
    pub(crate) handlers: Handlers,
    pub(crate) routes: Routes,
    pub(crate) states: States,
    pub(crate) unhandled: Unhandled,
    pub(crate) memory: Memory<DeliveryKey>,
    pub(crate) memory_capacity: usize,
    pub(crate) in_progress: InProgress,
    pub(crate) executor: Option<Box<dyn Fn(Work) + Send + Sync>>,
    pub(crate) on_report: Option<Box<dyn Fn(&Report) + Send + Sync>>,
    pub(crate) on_reject: Option<Box<dyn Fn(&Rejection) + Send + Sync>>,
    pub(crate) observer: Observer,
}

impl Dispatcher {
    /// Starts with the defaults of [`DispatcherBuilder`].
    pub fn builder() -> DispatcherBuilder {
        DispatcherBuilder::default()
    }

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
        crate::events()
    }

    /// What this program listens to, and what it trusts, as data: for an admin
    /// page, for a check in CI, and to know what to set up at systeme.io.
    #[must_use]
    pub fn describe(&self) -> Description {
        Description::of(&self.core)
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
        self.core
            .verifier
            .verify(incoming, &self.core.routes)
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
        self.handle(delivery, true).await
    }

    /// Runs the handlers, and looks at the clock if somebody is told what it says.
    async fn handle(&self, delivery: &Delivery, is_timed: bool) -> Report {
        let in_progress = self.core.in_progress.begin();
        let observed = observe::begin(&self.core.handlers, delivery);
        let Some(executor) = &self.core.executor else {
            let handled = self.core.handle(delivery, is_timed, in_progress, observed);
            return handled.await;
        };
        let (sender, receiver) = handoff();
        let (core, own) = (Arc::clone(&self.core), delivery.clone());
        executor(Box::pin(async move {
            let handled = core.handle(&own, is_timed, in_progress, observed);
            sender.send(handled.await);
        }));
        // An executor that is shut down drops what it was given.
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
        let is_timed = observe::WANTS_TIMES || self.core.on_report.is_some();
        match self.verify(incoming) {
            Ok(delivery) => self.handle(&delivery, is_timed).await.reply().clone(),
            Err(rejection) => rejection.reply(),
        }
    }

    /// Resolves when no delivery is in progress: after the server has stopped
    /// to accept requests, nothing is lost when the process ends now.
    pub async fn idle(&self) {
        self.core.in_progress.idle().await;
    }
}

impl Core {
    async fn handle(
        &self,
        delivery: &Delivery,
        is_timed: bool,
        _in_progress: Token,
        observed: Observed,
    ) -> Report {
        let report = observed.follow(self.report(delivery, is_timed)).await;
        let hook = || call_hook(self.on_report.as_deref(), &report);
        self.observer.end(observed, &report, hook);
        report
    }

    async fn report(&self, delivery: &Delivery, is_timed: bool) -> Report {
        let route = self.routes.find(delivery);
        if route.handlers.is_empty() {
            let reply = match self.unhandled {
                Unhandled::Accept => Reply::UNHANDLED,
                Unhandled::Reject => Reply::UNHANDLED_REJECTED,
            };
            return Report::without_handlers(delivery.clone(), reply);
        }
        let Some(attempt) = self.memory.begin(delivery.key()) else {
            return Report::without_handlers(delivery.clone(), Reply::IN_PROGRESS);
        };
        let reports = self.run(&route, delivery, is_timed, attempt).await;
        Report::new(delivery.clone(), reports)
    }

    async fn run(
        &self,
        route: &Route,
        delivery: &Delivery,
        is_timed: bool,
        mut attempt: Attempt<'_, DeliveryKey>,
    ) -> Few<HandlerReport> {
        let context = Context::new(delivery, &self.states, route.shares_payload);
        let started = is_timed.then(Instant::now);
        let start = |&place: &u32| {
            let info = self.handlers[place as usize].clone();
            if attempt.is_done(place) {
                Running::done_before(info)
            } else {
                Running::new(info, context, started)
            }
        };
        let running = Few::of_each(&route.handlers, start);
        run::join(running, |at, outcome| {
            if outcome.is_final() {
                attempt.done(route.handlers[at]);
            }
        })
        .await
    }
}

/// Calls what the user gave. A panic there must not undo what was done.
fn call_hook<T>(hook: Option<&(dyn Fn(&T) + Send + Sync)>, value: &T) {
    if let Some(hook) = hook {
        let _ = catch_unwind(AssertUnwindSafe(|| hook(value))).map_err(run::message);
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
