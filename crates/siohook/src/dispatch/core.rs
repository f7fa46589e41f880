use std::pin::Pin;

use super::in_flight::InFlight;
use super::memory::Memory;
use super::routes::Routes;
use crate::handler::{Handlers, Mismatched, Report};
use crate::observe::Observer;
use crate::panics::Guarded;
use crate::request::TypeMap;
use crate::verify::{Rejection, Verifier};

/// The work of one delivery, as it is given to the executor of
/// [`detach`](crate::DispatcherBuilder::detach).
pub type DetachedTask = Pin<Box<dyn Future<Output = ()> + Send>>;

pub(crate) type Executor = Guarded<Box<dyn Fn(DetachedTask) + Send + Sync>>;

pub(crate) type Hook<T> = Guarded<Box<dyn Fn(&T) + Send + Sync>>;

/// What to do with deliveries that no handler listens to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unhandled {
    /// Answer 200: systeme.io sends every event of a webhook, wanted or not.
    #[default]
    Accept,
    /// Answer 404.
    Reject,
}

/// What all clones of a dispatcher share.
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
