use super::dispatcher::TestDispatcher;
use super::path::is_at;
use crate::{Dispatcher, DispatcherBuilder, HandlerInfo, Handlers, Problem};

/// Builds a [`TestDispatcher`].
///
/// ```standalone_crate
/// use siohook::testing::TestDispatcher;
/// use siohook::{State, on_event};
///
/// #[on_event("SALE_NEW")]
/// fn grant(State(course): State<&'static str>) {
///     println!("access to {course}");
/// }
///
/// let dispatcher = TestDispatcher::builder().only("grant").state("knitting").build();
/// # let _ = dispatcher;
/// ```
#[derive(Debug)]
#[must_use]
pub struct TestDispatcherBuilder {
    builder: DispatcherBuilder,
    only: Vec<String>,
}

impl TestDispatcher {
    /// Starts with the defaults of [`DispatcherBuilder`] and all linked handlers.
    ///
    /// ```
    /// use siohook::testing::TestDispatcher;
    ///
    /// let builder = TestDispatcher::builder().only("grant");
    /// # let _ = builder;
    /// ```
    pub fn builder() -> TestDispatcherBuilder {
        Self::builder_from(Dispatcher::builder())
    }

    /// Starts with the configuration of your program, and also trusts
    /// [`SECRET`](super::SECRET) and [`TOKEN`](super::TOKEN).
    ///
    /// ```
    /// use siohook::testing::TestDispatcher;
    /// use siohook::{Dispatcher, DispatcherBuilder};
    ///
    /// /// Also used by `main`.
    /// fn configured() -> DispatcherBuilder {
    ///     Dispatcher::builder().max_body_bytes(64 * 1024)
    /// }
    ///
    /// let builder = TestDispatcher::builder_from(configured());
    /// # let _ = builder;
    /// ```
    pub fn builder_from(builder: DispatcherBuilder) -> TestDispatcherBuilder {
        TestDispatcherBuilder {
            builder: super::trusting(builder),
            only: vec![],
        }
    }
}

impl TestDispatcherBuilder {
    /// Uses only the handlers with this path. The last segments are enough, such as `grant`
    /// or `shop::grant`. The `id` of a handler can be given instead. Repeat it for more
    /// handlers.
    ///
    /// ```
    /// use siohook::testing::TestDispatcher;
    ///
    /// let builder = TestDispatcher::builder().only("shop::grant").only("revoke");
    /// # let _ = builder;
    /// ```
    pub fn only(mut self, path: &str) -> Self {
        self.only.push(path.to_owned());
        self
    }

    /// Provides the value that handlers take as [`State<T>`](crate::State).
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    ///
    /// use siohook::testing::TestDispatcher;
    ///
    /// let granted = Arc::new(Mutex::new(Vec::<String>::new()));
    /// let builder = TestDispatcher::builder().state(Arc::clone(&granted));
    /// # let _ = builder;
    /// ```
    pub fn state<T: Clone + Send + Sync + 'static>(self, value: T) -> Self {
        self.configure(|builder| builder.state(value))
    }

    /// Configures anything else that [`DispatcherBuilder`] has a method for.
    ///
    /// ```
    /// use siohook::testing::TestDispatcher;
    ///
    /// let builder = TestDispatcher::builder()
    ///     .configure(|builder| builder.redelivery_memory(0).max_body_bytes(4096));
    /// # let _ = builder;
    /// ```
    pub fn configure(
        mut self,
        configure: impl FnOnce(DispatcherBuilder) -> DispatcherBuilder,
    ) -> Self {
        self.builder = configure(self.builder);
        self
    }

    /// Builds the dispatcher.
    ///
    /// ```should_panic
    /// use siohook::testing::TestDispatcher;
    ///
    /// let _ = TestDispatcher::builder().only("gramt").build(); // a typing error
    /// ```
    ///
    /// # Panics
    ///
    /// If a path of [`only`](Self::only) belongs to no linked handler; the message lists all
    /// of them. If [`DispatcherBuilder::build`] reports problems, such as a state that was
    /// not provided; the message holds them.
    #[must_use]
    #[track_caller]
    pub fn build(self) -> TestDispatcher {
        let Self { builder, only } = self;
        let linked = Handlers::linked();
        let unknown = only
            .iter()
            .find(|path| !linked.iter().any(|it| is_at(it, path)));
        if let Some(path) = unknown {
            assert!(!linked.is_empty(), "{}", Problem::no_handlers(0));
            panic!("no linked handler has the path `{path}`\n\n{linked}");
        }
        let selects = move |handler: &HandlerInfo| {
            only.is_empty() || only.iter().any(|path| is_at(handler, path))
        };
        match builder.select(selects).build() {
            Ok(dispatcher) => dispatcher.into(),
            Err(error) => panic!("{error}"),
        }
    }
}
