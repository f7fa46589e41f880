//! The handlers of a delivery, listed and run one by one.

use std::error::Error;
use std::{fmt, mem, slice};

use siohook_events::{EventName, Shown};

use super::Dispatcher;
use super::core::Core;
use super::handler_call::{HandlerCall, join};
use crate::delivery::Delivery;
use crate::handler::{HandlerContext, HandlerReport, Handlers, Outcome, Report, reply_to};
use crate::panics::{Guarded, catch};
use crate::request::{Reply, TypeMap};

impl Dispatcher {
    /// Returns the handlers that listen to a delivery, in the order of
    /// [`handlers`](Self::handlers). Each function is listed once, so an id names one of them.
    ///
    /// ```standalone_crate
    /// use siohook::{Dispatcher, Incoming, on_event};
    ///
    /// #[on_event("contact.*", "SALE_*", id = "shop.log")]
    /// fn log() {}
    ///
    /// #[on_event("contact.optin.completed", id = "shop.welcome")]
    /// fn welcome() {}
    ///
    /// # let dispatcher = Dispatcher::builder().accept_unverified().build()?;
    /// let body = r#"{"type": "contact.tag.added", "data": {}}"#;
    /// let delivery = dispatcher.verify(Incoming::post(body))?;
    /// let listeners = dispatcher.listeners(&delivery);
    /// assert_eq!(listeners.len(), 1);
    /// assert_eq!((listeners[0].id(), listeners[0].event()), ("shop.log", "contact.*"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn listeners(&self, delivery: &Delivery) -> Handlers {
        let route = self.core.routes.find(delivery);
        self.core.handlers.at(&route.handlers)
    }

    /// Runs some of the handlers that listen to a delivery: those with the given ids.
    ///
    /// It is for programs that store deliveries and decide themselves which handlers run again,
    /// and when. The redelivery memory is neither asked nor told, and the sender gets no reply.
    ///
    /// The handlers run concurrently on the caller's task, as [`dispatch`](Self::dispatch) runs
    /// them. `ended` is called with each report when that handler ends, while others may still
    /// run. Each id comes with a value that the arguments of its handler can read:
    /// [`HandlerContext::run_value`].
    ///
    /// ```
    /// use siohook::{Delivery, Dispatcher, UnknownHandlers};
    ///
    /// # struct Attempt(u32);
    /// async fn again(dispatcher: &Dispatcher, delivery: &Delivery) -> Result<(), UnknownHandlers> {
    ///     let runs = [("shop.grant", Attempt(3)), ("shop.invoice", Attempt(2))];
    ///     dispatcher
    ///         .run(delivery, runs, |handler| {
    ///             println!("{} is final: {}", handler.id(), handler.outcome().is_final());
    ///         })
    ///         .await
    /// }
    /// ```
    ///
    /// A panic in a handler is its outcome, and a panic in `ended` is ignored.
    /// [`idle`](Self::idle) does not wait for the run. The span of each handler is a child of
    /// the caller's current one.
    ///
    /// [`on_report`](crate::DispatcherBuilder::on_report) is called after each call of `ended`.
    /// Its [`Report`] has that one handler, and the reply that [`dispatch`](Self::dispatch)
    /// gives if only this handler listens. The run counts as no delivery in the metrics.
    ///
    /// # Cancellation
    ///
    /// Dropping the future drops every handler at its next `await`, with
    /// [`detach`](crate::DispatcherBuilder::detach) as well. `ended` is called with those that
    /// had not ended, and their outcome is [`Cancelled`](crate::Outcome::Cancelled). So once the
    /// future was polled, `ended` is called exactly once for each handler. The reply in the
    /// report of a cancelled handler is 503 `cancelled`.
    ///
    /// # Errors
    ///
    /// Returns the ids that no handler of the delivery has, and those that are given twice. No
    /// handler has run then.
    pub async fn run<T: Send + Sync + 'static>(
        &self,
        delivery: &Delivery,
        handlers: impl IntoIterator<Item = (impl AsRef<str>, T)>,
        ended: impl FnMut(&HandlerReport),
    ) -> Result<(), UnknownHandlers> {
        let route = self.core.routes.find(delivery);
        let mut listeners = self.core.handlers.at(&route.handlers).to_vec();
        let (mut reports, mut values, mut unknown) = (vec![], vec![], vec![]);
        for (id, value) in handlers {
            let id = id.as_ref();
            match listeners.iter().position(|listener| listener.id() == id) {
                Some(at) => {
                    reports.push(HandlerReport::begin(listeners.swap_remove(at)));
                    values.push(TypeMap::of(value));
                }
                None => unknown.push(id.to_owned()),
            }
        }
        if !unknown.is_empty() {
            let event = delivery.event().clone();
            return Err(UnknownHandlers {
                event,
                ids: unknown,
            });
        }
        let context = HandlerContext::new(delivery, &self.core.states, route.shares_payload);
        let calls = reports.iter_mut().zip(&values);
        let calls =
            calls.map(|(report, value)| HandlerCall::begin(report, context.with_run_value(value)));
        let calls = Calls {
            calls: calls.collect(),
            ends: Ends {
                core: &self.core,
                delivery,
                ended: Guarded::new(ended),
            },
        };
        calls.finish().await;
        Ok(())
    }
}

/// Calls whose ends are told. Dropping them cancels those that have not ended.
struct Calls<'a, F: FnMut(&HandlerReport)> {
    calls: Vec<HandlerCall<'a>>,
    ends: Ends<'a, F>,
}

impl<F: FnMut(&HandlerReport)> Calls<'_, F> {
    async fn finish(mut self) {
        let Self { calls, ends } = &mut self;
        for report in calls.iter_mut().filter_map(HandlerCall::ended) {
            ends.tell(report);
        }
        join(calls, |_, report| ends.tell(report)).await;
    }
}

impl<F: FnMut(&HandlerReport)> Drop for Calls<'_, F> {
    fn drop(&mut self) {
        for report in self.calls.iter_mut().filter_map(HandlerCall::cancel) {
            self.ends.tell(report);
        }
    }
}

/// Tells a closure and the hook for reports that a handler ended.
struct Ends<'a, F: FnMut(&HandlerReport)> {
    core: &'a Core,
    delivery: &'a Delivery,
    ended: Guarded<F>,
}

impl<F: FnMut(&HandlerReport)> Ends<'_, F> {
    /// Takes the report out of its place if there is a hook.
    fn tell(&mut self, handler: &mut HandlerReport) {
        let _ = catch(|| (self.ended)(handler));
        let Some(hook) = &self.core.on_report else {
            return;
        };
        let reply = match handler.outcome() {
            Outcome::Cancelled => Reply::CANCELLED,
            _ => reply_to(
                self.delivery,
                slice::from_ref(handler),
                self.core.mismatched,
            ),
        };
        let info = handler.info().clone();
        let handler = mem::replace(handler, HandlerReport::begin(info));
        let report = Report::new(self.delivery.clone(), [handler].into()).with_reply(reply);
        let _ = catch(|| hook(&report));
    }
}

/// Ids that belong to no handler of a delivery, or that were given twice.
///
/// A handler that was renamed or removed since a delivery was stored is one of the causes.
///
/// ```
/// # async fn f(dispatcher: siohook::Dispatcher, delivery: siohook::Delivery) {
/// let unknown = dispatcher.run(&delivery, [("shop.grnat", ())], |_| ()).await.unwrap_err();
/// assert_eq!(unknown.ids(), ["shop.grnat"]);
/// println!("{unknown}");
/// # }
/// ```
///
/// `Display` and `Debug` show at most 200 bytes of an id, and 2 KiB in total.
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownHandlers {
    event: EventName,
    ids: Vec<String>,
}

impl UnknownHandlers {
    /// Returns the ids. There is at least one.
    ///
    /// ```
    /// # fn f(unknown: siohook::UnknownHandlers) {
    /// for id in unknown.ids() {
    ///     eprintln!("no handler has the id {id:?} any more");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.ids
    }
}

impl fmt::Display for UnknownHandlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.ids.iter().map(|id| format!("{:?}", Shown::value(id)));
        let ids = ids.collect::<Vec<_>>().join(", ");
        let event = &self.event;
        let text = format!("no handler of {event} has the id, or it is given twice: {ids}");
        Shown::text(text).fmt(f)
    }
}

impl fmt::Debug for UnknownHandlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for UnknownHandlers {}
