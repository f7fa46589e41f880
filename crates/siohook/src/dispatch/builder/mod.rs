mod options;
mod trust;

use std::sync::Arc;

use super::Dispatcher;
use super::build_error::{self, BuildError, Problem};
use super::core::{Core, Executor, Hook, Unhandled};
use super::in_flight::InFlight;
use super::memory::Memory;
use super::routes::Routes;
use crate::handler::{HandlerInfo, Handlers, Mismatched, Report};
use crate::observe::{self, Observer};
use crate::panics::Guarded;
use crate::request::TypeMap;
use crate::verify::{Diagnosis, Rejection, Verifier};

/// Builds a [`Dispatcher`].
///
/// A dispatcher needs something to trust deliveries by. Everything else has a default.
///
/// ```
/// use siohook::Dispatcher;
///
/// # fn build() -> Result<(), Box<dyn std::error::Error>> {
/// let dispatcher = Dispatcher::builder()
///     .account_secret("main", std::env::var("SYSTEME_WEBHOOK_SECRET")?)
///     .automation_token(std::env::var("SYSTEME_WEBHOOK_TOKEN")?)
///     .on_report(|report| println!("{report}"))
///     .on_reject(|rejection| eprintln!("refused: {rejection}"))
///     .build()?;
/// # let _ = dispatcher;
/// # Ok(())
/// # }
/// ```
///
/// The methods check nothing. [`build`](Self::build) reports every problem at once.
#[must_use]
pub struct DispatcherBuilder {
    states: TypeMap,
    problems: Vec<Problem>,
    verifier: Verifier,
    select: Vec<Guarded<Box<dyn Fn(&HandlerInfo) -> bool>>>,
    unhandled: Unhandled,
    mismatched: Mismatched,
    memory: usize,
    executor: Option<Executor>,
    on_report: Option<Hook<Report>>,
    on_reject: Option<Hook<Rejection>>,
    allow_no_handlers: bool,
}

impl Default for DispatcherBuilder {
    fn default() -> Self {
        Self {
            states: TypeMap::default(),
            problems: vec![],
            verifier: Verifier::new(Diagnosis::new(observe::shows_refusals)),
            select: vec![],
            unhandled: Unhandled::default(),
            mismatched: Mismatched::default(),
            memory: 10_000,
            executor: None,
            on_report: None,
            on_reject: None,
            allow_no_handlers: false,
        }
    }
}

impl Dispatcher {
    /// Starts building a dispatcher.
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let builder = Dispatcher::builder().account_secret("main", "correct horse");
    /// # let _ = builder;
    /// ```
    pub fn builder() -> DispatcherBuilder {
        DispatcherBuilder::default()
    }
}

impl DispatcherBuilder {
    /// Provides the value that handlers take as [`State<T>`](crate::State).
    ///
    /// There is one value of each type. Two values of one type are a problem that
    /// [`build`](Self::build) reports: wrap one of them in a type of its own.
    ///
    /// ```standalone_crate
    /// use std::sync::Arc;
    ///
    /// use siohook::{Dispatcher, State, account, on_event};
    ///
    /// struct Shop;
    ///
    /// #[on_event("SALE_NEW")]
    /// fn grant(sale: account::SaleNew, State(shop): State<Arc<Shop>>) {
    ///     # let _ = (sale, shop);
    /// }
    ///
    /// let builder = || Dispatcher::builder().account_secret("main", "correct horse");
    /// assert!(builder().build().is_err());
    /// assert!(builder().state(Arc::new(Shop)).build().is_ok());
    /// ```
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        if let Err(type_name) = self.states.insert(value) {
            self.problems.push(Problem::state_twice(type_name));
        }
        self
    }

    /// Uses only the linked handlers for which the closure returns `true`.
    ///
    /// A handler of several events is passed to the closure once for each of them. With several
    /// closures, a handler is used if every one returns `true`.
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// // One program for each half of a shop.
    /// let sales = Dispatcher::builder().select(|handler| handler.event().starts_with("SALE_"));
    /// let tags = Dispatcher::builder().select(|handler| handler.name().contains("::tags::"));
    /// # let _ = (sales, tags);
    /// ```
    pub fn select(mut self, chosen: impl Fn(&HandlerInfo) -> bool + 'static) -> Self {
        self.select.push(Guarded::new(Box::new(chosen)));
        self
    }

    /// Builds even if no handler is linked or selected. Every delivery is then
    /// [unhandled](Self::on_unhandled).
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let dispatcher = Dispatcher::builder()
    ///     .automation_token("7kX2mQ9f")
    ///     .select(|_| false)
    ///     .allow_no_handlers()
    ///     .build()?;
    /// assert!(dispatcher.handlers().is_empty());
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
    pub fn allow_no_handlers(mut self) -> Self {
        self.allow_no_handlers = true;
        self
    }

    /// Builds the dispatcher.
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let error = Dispatcher::builder()
    ///     .automation_token("7kX2mQ9f\n")
    ///     .select(|_| false)
    ///     .build()
    ///     .unwrap_err();
    /// println!("{error}");
    /// assert_eq!(error.problems().len(), 2); // the line break, and no handler
    /// ```
    ///
    /// # Errors
    ///
    /// Returns every problem at once, each with what to do about it:
    ///
    /// * a handler takes a `State<T>` that was not provided, or a state was provided twice;
    /// * two handlers have the same `id`, or the same path and a common event;
    /// * no handler is linked or selected;
    /// * there is no secret, no token and no list of source addresses;
    /// * a secret or token is empty, or has white space or an invisible character at one
    ///   of its ends;
    /// * an address can't be parsed, or the list of source addresses is empty;
    /// * the trusted proxies hold every address;
    /// * a secret is bound to an event that is never sent, or to none.
    pub fn build(self) -> Result<Dispatcher, BuildError> {
        let linked = Handlers::linked();
        let handlers = linked.select(|handler| self.select.iter().all(|chosen| chosen(handler)));
        let mut problems = self.problems;
        problems.extend(build_error::handlers(&handlers, &self.states));
        if handlers.is_empty() && !self.allow_no_handlers {
            problems.push(Problem::no_handlers(linked.len()));
        }
        let Verifier {
            source_ips,
            secrets,
            tokens,
            accept_unverified,
            ..
        } = &self.verifier;
        if source_ips.is_none() && secrets.is_empty() && tokens.is_empty() && !accept_unverified {
            problems.push(Problem::no_trust());
        }
        if !problems.is_empty() {
            return Err(BuildError::new(problems));
        }
        Ok(Dispatcher {
            keeper: None,
            core: Arc::new(Core {
                observer: Observer::new(&self.verifier.secrets, &handlers),
                verifier: self.verifier,
                routes: Routes::new(&handlers),
                handlers,
                states: self.states,
                unhandled: self.unhandled,
                mismatched: self.mismatched,
                memory: Memory::new(self.memory),
                memory_capacity: self.memory,
                in_flight: InFlight::default(),
                executor: self.executor,
                on_report: self.on_report,
                on_reject: self.on_reject,
            }),
        })
    }
}

impl std::fmt::Debug for DispatcherBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DispatcherBuilder").finish_non_exhaustive()
    }
}
