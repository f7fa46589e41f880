//! The registry of handlers.

use std::fmt;
use std::sync::Arc;

use super::argument::{HandlerContext, Requirements};
use super::future::HandlerFuture;

/// A handler as `#[on_event]` registers it. The registry holds no other type.
#[derive(Debug)]
#[expect(missing_docs, reason = "not public API")]
pub struct Registration {
    pub names: &'static [&'static str],
    pub function: &'static str,
    pub id: Option<&'static str>,
    pub location: Location,
    pub requirements: &'static [fn(&mut Requirements)],
    pub run: for<'a> fn(HandlerContext<'a>) -> HandlerFuture<'a>,
}

inventory::collect!(Registration);

/// The place of a handler in the source. `Display` is `file:line:column`, which terminals and
/// editors turn into a link.
///
/// ```
/// # fn f(handler: &siohook::HandlerInfo) {
/// assert_eq!(handler.location().to_string(), "src/shop.rs:12:10");
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Location {
    file: &'static str,
    line: u32,
    column: u32,
}

impl Location {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(file: &'static str, line: u32, column: u32) -> Self {
        Self { file, line, column }
    }

    /// Returns the path of the source file, as it was passed to the compiler.
    ///
    /// ```
    /// # fn f(location: siohook::Location) {
    /// assert_eq!(location.file(), "src/shop.rs");
    /// # }
    /// ```
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// Returns the line. The first line is 1.
    ///
    /// ```
    /// # fn f(location: siohook::Location) {
    /// println!("{}#L{}", location.file(), location.line());
    /// # }
    /// ```
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// Returns the column of the function's name. The first column is 1.
    ///
    /// ```
    /// # fn f(location: siohook::Location) {
    /// assert!(location.column() >= 1);
    /// # }
    /// ```
    #[must_use]
    pub const fn column(&self) -> u32 {
        self.column
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A function that listens to an event. A function that listens to several events is listed
/// once for each.
///
/// ```standalone_crate
/// use siohook::{Dispatcher, on_event};
///
/// #[on_event("SALE_NEW", "SALE_CANCELED", id = "shop.log")]
/// fn log() {}
///
/// let dispatcher = Dispatcher::builder().account_secret("main", "correct horse").build()?;
/// let events: Vec<_> = dispatcher.handlers().iter().map(|handler| handler.event()).collect();
/// assert_eq!(events, ["SALE_CANCELED", "SALE_NEW"]);
/// # Ok::<(), siohook::BuildError>(())
/// ```
#[derive(Clone)]
pub struct HandlerInfo {
    event: &'static str,
    registration: &'static Registration,
}

impl HandlerInfo {
    /// Returns the name or pattern that it listens to, as written in the attribute.
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let builder = Dispatcher::builder().select(|handler| handler.event() != "*");
    /// # let _ = builder;
    /// ```
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// Returns the path of the function, such as `shop::handlers::welcome`.
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let builder = Dispatcher::builder().select(|handler| handler.name().starts_with("shop::"));
    /// # let _ = builder;
    /// ```
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.registration.function
    }

    /// Returns the `id` of the attribute, or the path of the function without one.
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let disabled = ["shop.newsletter"];
    /// let builder = Dispatcher::builder().select(move |handler| !disabled.contains(&handler.id()));
    /// # let _ = builder;
    /// ```
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.registration.id.unwrap_or(self.registration.function)
    }

    /// Returns the place of the function in the source.
    ///
    /// ```
    /// # fn f(dispatcher: &siohook::Dispatcher) {
    /// for handler in dispatcher.handlers() {
    ///     println!("{} at {}", handler.name(), handler.location());
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn location(&self) -> Location {
        self.registration.location
    }

    /// Returns whether one of its arguments needs an [`Extension`](crate::Extension), which a
    /// [restored](crate::Dispatcher::restore) delivery does not have.
    ///
    /// An argument of your own counts if its
    /// [`requirements`](crate::FromDelivery::requirements) say so.
    ///
    /// ```standalone_crate
    /// use siohook::{Dispatcher, Extension, on_event};
    ///
    /// #[on_event("SALE_NEW")]
    /// fn grant(Extension(tenant): Extension<u32>) {
    ///     println!("a sale of tenant {tenant}");
    /// }
    ///
    /// let dispatcher = Dispatcher::builder().account_secret("main", "correct horse").build()?;
    /// assert!(dispatcher.handlers()[0].needs_extension());
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
    #[must_use]
    pub fn needs_extension(&self) -> bool {
        self.requirements().extension
    }

    pub(crate) fn registration(&self) -> &'static Registration {
        self.registration
    }

    /// The requirements of its arguments.
    pub(crate) fn requirements(&self) -> Requirements {
        let mut requirements = Requirements::default();
        self.registration
            .requirements
            .iter()
            .for_each(|argument| argument(&mut requirements));
        requirements
    }
}

impl fmt::Debug for HandlerInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerInfo")
            .field("event", &self.event)
            .field("name", &self.name())
            .field("location", &self.location())
            .finish_non_exhaustive()
    }
}

/// The handlers of a dispatcher, sorted by event, then by path. It dereferences to a slice of
/// [`HandlerInfo`], and `Display` writes it as a table:
///
/// ```text
/// event              handler                  location
/// SALE_NEW           shop::handlers::grant    src/handlers.rs:12:10
/// contact.tag.added  shop::handlers::welcome  src/handlers.rs:20:4
/// ```
///
/// ```
/// # fn f(dispatcher: &siohook::Dispatcher) {
/// println!("{}", dispatcher.handlers());
/// assert!(dispatcher.handlers().iter().any(|handler| handler.id() == "shop.grant"));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Handlers(Arc<[HandlerInfo]>);

impl Handlers {
    /// Returns all linked handlers. Their order in the registry differs between debug, release
    /// and link-time optimisation, so they are sorted.
    pub(crate) fn linked() -> Self {
        let mut handlers: Vec<HandlerInfo> = inventory::iter::<Registration>
            .into_iter()
            .flat_map(|registration| {
                let info = move |&event| HandlerInfo {
                    event,
                    registration,
                };
                registration.names.iter().map(info)
            })
            .collect();
        handlers.sort_by_key(|handler| (handler.event(), handler.name(), handler.location()));
        Self(handlers.into())
    }

    /// Returns the handlers at these places.
    pub(crate) fn at(&self, places: &[u32]) -> Self {
        let handlers = places.iter().map(|&at| self[at as usize].clone());
        Self(handlers.collect())
    }

    pub(crate) fn select(&self, chosen: impl Fn(&HandlerInfo) -> bool) -> Self {
        Self(
            self.0
                .iter()
                .filter(|handler| chosen(handler))
                .cloned()
                .collect(),
        )
    }
}

impl std::ops::Deref for Handlers {
    type Target = [HandlerInfo];

    fn deref(&self) -> &[HandlerInfo] {
        &self.0
    }
}

impl<'a> IntoIterator for &'a Handlers {
    type Item = &'a HandlerInfo;
    type IntoIter = std::slice::Iter<'a, HandlerInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |text: fn(&HandlerInfo) -> &'static str, heading: &str| {
            let texts = self.iter().map(|handler| text(handler).chars().count());
            texts.chain([heading.len()]).max().unwrap_or_default()
        };
        let events = width(HandlerInfo::event, "event");
        let names = width(HandlerInfo::name, "handler");
        write!(f, "{:events$}  {:names$}  location", "event", "handler")?;
        for handler in self {
            let (event, name, location) = (handler.event(), handler.name(), handler.location());
            write!(f, "\n{event:events$}  {name:names$}  {location}")?;
        }
        Ok(())
    }
}
