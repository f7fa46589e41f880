use std::fmt;

use siohook::DispatcherBuilder;

use crate::InboxBuilder;

/// A kind of store, to run cases on.
///
/// ```
/// use siohook_inbox::Inbox;
/// use siohook_inbox::conformance::Subject;
///
/// let subject = Subject::new("memory", Inbox::memory);
/// # let _ = subject;
/// ```
pub struct Subject {
    name: String,
    store: Box<dyn Fn() -> InboxBuilder + Send + Sync>,
    configure: Box<dyn Fn(DispatcherBuilder) -> DispatcherBuilder + Send + Sync>,
    is_shared: bool,
}

impl Subject {
    /// Makes a subject. `store` is called once for each case, and gives a builder on a new, empty
    /// store each time.
    ///
    /// ```no_run
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// use siohook_inbox::Inbox;
    /// use siohook_inbox::conformance::Subject;
    ///
    /// let number = AtomicU64::new(0);
    /// let subject = Subject::new("the disk of the shop", move || {
    ///     let number = number.fetch_add(1, Ordering::Relaxed);
    ///     Inbox::sqlite(format!("/var/lib/shop/conformance/{number}.db"))
    /// });
    /// # let _ = subject;
    /// ```
    pub fn new(
        name: impl Into<String>,
        store: impl Fn() -> InboxBuilder + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            store: Box::new(store),
            configure: Box::new(|builder| builder),
            is_shared: true,
        }
    }

    /// Skips the cases in which several processes share a store. A file of SQLite before 3.51.3 is
    /// for one process.
    #[must_use]
    pub fn for_one_process(self) -> Self {
        Self {
            is_shared: false,
            ..self
        }
    }

    /// Changes the dispatchers of the cases, for example the executor of their handlers.
    ///
    /// ```
    /// use siohook_inbox::Inbox;
    /// use siohook_inbox::conformance::Subject;
    ///
    /// let runtime = tokio::runtime::Runtime::new()?;
    /// let handle = runtime.handle().clone();
    /// let subject = Subject::new("memory", Inbox::memory).configure(move |builder| {
    ///     let handle = handle.clone();
    ///     builder.detach(move |task| drop(handle.spawn(task)))
    /// });
    /// # let _ = subject;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn configure(
        self,
        configure: impl Fn(DispatcherBuilder) -> DispatcherBuilder + Send + Sync + 'static,
    ) -> Self {
        Self {
            configure: Box::new(configure),
            ..self
        }
    }

    /// Returns the name, which reports show.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn is_shared(&self) -> bool {
        self.is_shared
    }

    pub(super) fn new_store(&self) -> InboxBuilder {
        (self.store)()
    }

    pub(super) fn configured(&self, builder: DispatcherBuilder) -> DispatcherBuilder {
        (self.configure)(builder)
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("name", &self.name)
            .field("is_shared", &self.is_shared)
            .finish_non_exhaustive()
    }
}
