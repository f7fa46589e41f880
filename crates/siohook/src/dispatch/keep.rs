//! A dispatcher that stores its deliveries instead of handling them.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use smallvec::SmallVec;

use super::Dispatcher;
use super::core::Core;
use crate::delivery::Delivery;
use crate::handler::{HandlerInfo, HandlerReport, Outcome, Report};
use crate::observe;
use crate::panics::{Guarded, catch};
use crate::request::Reply;

/// Stores deliveries, so that their handlers can run later, and in another process.
///
/// [`Dispatcher::keep_with`] takes one. What it stored is handled by
/// [`Dispatcher::run`].
///
/// ```
/// use std::time::Duration;
///
/// use siohook::{Delivery, HandlerInfo, Keep, KeepFuture, Kept};
///
/// # struct Database;
/// # impl Database {
/// #     async fn insert(&self, _: &Delivery, _: &[HandlerInfo]) -> Result<u64, ()> { Ok(1) }
/// # }
/// struct Inbox {
///     database: Database,
/// }
///
/// impl Keep for Inbox {
///     fn keep<'a>(
///         &'a self,
///         delivery: &'a Delivery,
///         listeners: &'a [HandlerInfo],
///     ) -> KeepFuture<'a> {
///         Box::pin(async move {
///             // In one transaction: the delivery with ON CONFLICT DO NOTHING, and a row for
///             // each listener. It returns how many deliveries were inserted.
///             match self.database.insert(delivery, listeners).await {
///                 Ok(1) => Kept::Fresh,
///                 Ok(_) => Kept::Before,
///                 Err(_) => Kept::Refused(Duration::from_secs(30)),
///             }
///         })
///     }
/// }
/// ```
pub trait Keep: Send + Sync + 'static {
    /// Stores a delivery with the handlers that have to run for it.
    ///
    /// Return [`Kept::Fresh`] and [`Kept::Before`] only once the delivery would survive a crash:
    /// the sender gets 200, and does not send it again. Copies of a delivery may come at the
    /// same time.
    ///
    /// `listeners` are in the order of [`Dispatcher::handlers`], and there is at least one unless
    /// [`keeps_unhandled`](Self::keeps_unhandled) says otherwise.
    ///
    /// ```
    /// use siohook::{Delivery, Keep, KeepFuture, Kept};
    ///
    /// # struct Stored(std::sync::Mutex<std::collections::HashSet<siohook::DeliveryKey>>);
    /// # impl Keep for Stored {
    /// fn keep<'a>(
    ///     &'a self,
    ///     delivery: &'a Delivery,
    ///     _: &'a [siohook::HandlerInfo],
    /// ) -> KeepFuture<'a> {
    ///     let is_new = self.0.lock().unwrap().insert(delivery.key().clone());
    ///     Box::pin(async move { if is_new { Kept::Fresh } else { Kept::Before } })
    /// }
    /// # }
    /// ```
    ///
    /// # Cancellation
    ///
    /// If the sender hangs up, the future is dropped at its `await`. The delivery may be stored
    /// or not; the sender does not know either, and sends it again.
    fn keep<'a>(&'a self, delivery: &'a Delivery, listeners: &'a [HandlerInfo]) -> KeepFuture<'a>;

    /// Returns whether [`keep`](Self::keep) is also called for deliveries that no handler listens
    /// to, with no listeners. By default it is not, and the reply is that of
    /// [`on_unhandled`](crate::DispatcherBuilder::on_unhandled).
    ///
    /// ```
    /// use siohook::{Delivery, HandlerInfo, Keep, KeepFuture, Kept};
    ///
    /// struct Archive;
    ///
    /// impl Keep for Archive {
    ///     # fn keep<'a>(&'a self, _: &'a Delivery, _: &'a [HandlerInfo]) -> KeepFuture<'a> {
    ///     #     Box::pin(async { Kept::Fresh })
    ///     # }
    ///     // fn keep …
    ///
    ///     fn keeps_unhandled(&self) -> bool {
    ///         true
    ///     }
    /// }
    /// ```
    fn keeps_unhandled(&self) -> bool {
        false
    }
}

/// The future of [`Keep::keep`].
///
/// ```
/// use siohook::{KeepFuture, Kept};
///
/// let future: KeepFuture<'_> = Box::pin(async { Kept::Fresh });
/// # let _ = future;
/// ```
pub type KeepFuture<'a> = Pin<Box<dyn Future<Output = Kept> + Send + 'a>>;

/// Whether a delivery was stored.
///
/// ```
/// use std::time::Duration;
///
/// use siohook::Kept;
///
/// fn kept(is_full: bool) -> Kept {
///     if is_full { Kept::Refused(Duration::from_secs(5)) } else { Kept::Fresh }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kept {
    /// It was stored now. The reply is 200 `accepted`.
    Fresh,
    /// An earlier attempt had stored it. The reply is 200 `accepted_before`.
    Before,
    /// It could not be stored, and may be sent again after this time. The reply is 503
    /// `not_stored` with `Retry-After`.
    Refused(Duration),
}

/// A keeper, which the clones of a dispatcher share.
pub(super) type Keeper = Arc<Guarded<Box<dyn Keep>>>;

impl Dispatcher {
    /// Returns a dispatcher that stores each delivery with a keeper, and replies without running
    /// its handlers.
    ///
    /// It verifies as this one does, shares its configuration and its hooks, and fits all
    /// adapters. [`receive`](Self::receive) and [`dispatch`](Self::dispatch) keep every delivery
    /// that a handler listens to, and the report has no handlers. The redelivery memory is not
    /// used: the keeper tells copies apart. A body that does not match the arguments of a
    /// handler is stored as well, and [`run`](Self::run) reports it.
    ///
    /// ```standalone_crate
    /// use std::sync::mpsc::{Sender, channel};
    ///
    /// use siohook::{Delivery, Dispatcher, HandlerInfo, Incoming, Keep, KeepFuture, Kept, on_event};
    ///
    /// #[on_event("contact.*", id = "shop.log")]
    /// fn log() {}
    ///
    /// /// Keeps deliveries in memory, so a crash loses them.
    /// struct Queue(Sender<(Delivery, Vec<&'static str>)>);
    ///
    /// impl Keep for Queue {
    ///     fn keep<'a>(&'a self, delivery: &'a Delivery, listeners: &'a [HandlerInfo]) -> KeepFuture<'a> {
    ///         let ids = listeners.iter().map(HandlerInfo::id).collect();
    ///         self.0.send((delivery.clone(), ids)).unwrap();
    ///         Box::pin(async { Kept::Fresh })
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let dispatcher = Dispatcher::builder().automation_token("7kX2mQ9f").build()?;
    /// let (sender, queue) = channel();
    /// let receiver = dispatcher.keep_with(Queue(sender));
    ///
    /// let body = r#"{"type": "contact.tag.added", "data": {}}"#;
    /// let reply = receiver.receive(Incoming::post(body).query("token=7kX2mQ9f")).await;
    /// assert_eq!(reply.body(), br#"{"outcome":"accepted"}"#);
    ///
    /// let (delivery, ids) = queue.recv()?;
    /// let runs = ids.into_iter().map(|id| (id, ()));
    /// dispatcher.run(&delivery, runs, |handler| println!("{handler}")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// If the keeper panics, the sender gets 503 `not_stored`, and the report holds the message
    /// of the panic, as the outcome of each handler that listens.
    /// [`detach`](crate::DispatcherBuilder::detach) is for handlers: if the sender hangs up, the
    /// keeper's future is dropped, the reply of the report is 503 `cancelled`, and the sender's
    /// next attempt asks the keeper again.
    #[must_use]
    pub fn keep_with(&self, keeper: impl Keep) -> Self {
        observe::keeps(&self.core.handlers);
        Self {
            core: Arc::clone(&self.core),
            keeper: Some(Arc::new(Guarded::new(Box::new(keeper)))),
        }
    }
}

/// Hands a delivery to the keeper, with the handlers of its report.
pub(super) async fn keep(core: &Core, keeper: &Keeper, report: &mut Report) -> Reply {
    let (delivery, reports) = report.parts();
    let listeners: SmallVec<[HandlerInfo; 1]> =
        reports.iter().map(|it| it.info().clone()).collect();
    if listeners.is_empty() && !catch(|| keeper.keeps_unhandled()).unwrap_or_default() {
        return core.unhandled_reply();
    }
    reports.clear();
    match call(keeper, delivery, &listeners).await {
        Ok(Kept::Fresh) => Reply::ACCEPTED,
        Ok(Kept::Before) => Reply::ACCEPTED_BEFORE,
        Ok(Kept::Refused(delay)) => Reply::NOT_STORED.after(delay),
        Err(panic) => {
            let outcome = || Outcome::Panicked(format!("the keeper: {panic}"));
            reports.extend(listeners.into_iter().map(|info| {
                let mut report = HandlerReport::begin(info);
                report.end(outcome(), Duration::ZERO);
                report
            }));
            Reply::NOT_STORED
        }
    }
}

/// Calls the keeper. Returns the message if it panicked.
async fn call(
    keeper: &Keeper,
    delivery: &Delivery,
    listeners: &[HandlerInfo],
) -> Result<Kept, String> {
    let mut future = Guarded::new(catch(|| keeper.keep(delivery, listeners))?);
    poll_fn(|cx| match catch(|| future.as_mut().poll(cx)) {
        Ok(kept) => kept.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}
