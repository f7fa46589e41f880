//! The handlers that were linked.

use std::fmt;
use std::sync::Arc;

use super::argument::{HandlerContext, Requirements};
use super::future::HandlerFuture;

/// What `#[on_event]` leaves behind: the one type that the registry holds.
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

/// Where a handler was written. `Display` is `file:line:column`.
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

    /// The source file, as the compiler was given it.
    #[must_use]
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The column, from 1.
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

/// A function that listens to an event. One that listens to several is listed
/// once for each.
#[derive(Clone)]
pub struct HandlerInfo {
    event: &'static str,
    registration: &'static Registration,
}

impl HandlerInfo {
    /// The name or pattern that it listens to, as it was written.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// The path of the function: `shop::handlers::welcome`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.registration.function
    }

    /// The `id` that was given, else the path of the function.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.registration.id.unwrap_or(self.registration.function)
    }

    /// Where the function was written.
    #[must_use]
    pub fn location(&self) -> Location {
        self.registration.location
    }

    pub(crate) fn registration(&self) -> &'static Registration {
        self.registration
    }

    /// What its arguments need.
    pub(crate) fn requirements(&self) -> Requirements {
        let mut requirements = Requirements::default();
        self.registration
            .requirements
            .iter()
            .for_each(|state| state(&mut requirements));
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

/// The handlers of a dispatcher, sorted by event, then path: a slice of
/// [`HandlerInfo`] that `Display` writes as a table.
#[derive(Clone, Debug)]
pub struct Handlers(Arc<[HandlerInfo]>);

impl Handlers {
    /// All that were linked. The registry promises no order, and debug, release
    /// and link-time optimisation differ, so they are sorted.
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
