use std::pin::Pin;

use super::in_flight::InFlight;
use super::memory::Memory;
use super::routes::Routes;
use crate::handler::{Handlers, Mismatched, Report};
use crate::observe::Observer;
use crate::panics::Guarded;
use crate::request::{Reply, TypeMap};
use crate::verify::{Rejection, Verifier};

/// The work of one delivery: a future for the executor of
/// [`detach`](crate::DispatcherBuilder::detach).
///
/// If it is dropped before it ends, the delivery is reported as
/// [`Cancelled`](crate::Outcome::Cancelled), and the next attempt runs the handlers that
/// had not ended.
///
/// ```
/// use std::time::Duration;
///
/// use siohook::DetachedTask;
/// use tokio::runtime::Handle;
/// use tokio::time::timeout;
///
/// /// Called by the closure of `detach`.
/// fn spawn(runtime: &Handle, task: DetachedTask) {
///     runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
/// }
/// ```
pub type DetachedTask = Pin<Box<dyn Future<Output = ()> + Send>>;

pub(crate) type Executor = Guarded<Box<dyn Fn(DetachedTask) + Send + Sync>>;

pub(crate) type Hook<T> = Guarded<Box<dyn Fn(&T) + Send + Sync>>;

/// The reply to a delivery that no handler listens to.
///
/// ```
/// use siohook::{Dispatcher, Unhandled};
///
/// let builder = Dispatcher::builder().on_unhandled(Unhandled::Reject);
/// # let _ = builder;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unhandled {
    /// Reply with 200. A webhook may send events that a program does not need, and an account
    /// webhook sends a failed delivery again.
    #[default]
    Accept,
    /// Reply with 404. systeme.io counts the delivery as failed.
    Reject,
}

/// The state that all clones of a dispatcher share.
pub(crate) struct Core {
    pub(crate) verifier: Verifier,
    pub(crate) handlers: Handlers,
    pub(crate) routes: Routes,
    pub(crate) states: TypeMap,
    pub(crate) unhandled: Unhandled,
    pub(crate) mismatched: Mismatched,
    pub(crate) memory: Memory,
    pub(crate) memory_capacity: usize,
    pub(crate) in_flight: InFlight,
    pub(crate) executor: Option<Executor>,
    pub(crate) on_report: Option<Hook<Report>>,
    pub(crate) on_reject: Option<Hook<Rejection>>,
    pub(crate) observer: Observer,
}

impl Core {
    /// The reply to a delivery that no handler listens to.
    pub(super) fn unhandled_reply(&self) -> Reply {
        match self.unhandled {
            Unhandled::Accept => Reply::UNHANDLED,
            Unhandled::Reject => Reply::UNHANDLED_REJECTED,
        }
    }
}
