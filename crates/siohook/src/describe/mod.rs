//! A [`Description`] of what a program listens to and what it trusts, as data and as text.
//!
//! [`Dispatcher::describe`](crate::Dispatcher::describe) returns it. It is sorted and the
//! same for every build of a program, so it can be compared: in a test, or as a file under
//! version control. It holds labels of secrets, the number of tokens, addresses and paths of
//! source files. It never holds a secret or a token.
//!
//! ```standalone_crate
//! use siohook::{Dispatcher, on_event, unified};
//!
//! #[on_event("customer.sale.completed", "SALE_NEW")]
//! fn grant(sale: unified::Sale) {
//!     # let _ = sale;
//! }
//!
//! let dispatcher = Dispatcher::builder()
//!     .account_secret("main", "correct horse")
//!     .automation_token("7kX2mQ9f")
//!     .build()?;
//! let description = dispatcher.describe();
//! println!("{description}");
//! println!("{}", serde_json::to_string_pretty(&description)?);
//!
//! let names: Vec<_> = description.events.iter().map(|event| event.name).collect();
//! assert_eq!(names, ["SALE_NEW", "customer.sale.completed"]);
//! assert_eq!(description.setup.account_webhook, ["SALE_NEW"]);
//! assert!(description.refused().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate [`siohook-docs`](https://docs.rs/siohook-docs) writes it as AsyncAPI, OpenAPI
//! and Markdown.

mod contents;
mod text;

pub use crate::request::ReplyInfo;

use serde::Serialize;
use siohook_events::Mechanism;

use crate::dispatch::Dispatcher;
use crate::handler::Location;

impl Dispatcher {
    /// Describes what this program listens to and what it trusts: for an admin page, for a
    /// check in CI, and for the setup at systeme.io.
    ///
    /// ```
    /// # fn f(dispatcher: &siohook::Dispatcher) {
    /// if std::env::args().any(|argument| argument == "describe") {
    ///     println!("{}", dispatcher.describe());
    ///     return;
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn describe(&self) -> Description {
        Description::of(&self.core)
    }
}

/// Returns every reply that a dispatcher can give, sorted by status.
///
/// ```
/// let replies = siohook::describe::replies();
/// let busy = replies.iter().find(|reply| reply.status == 409).unwrap();
/// assert_eq!(busy.outcome.as_str(), "in_progress");
/// println!("{}", busy.meaning);
/// ```
#[must_use]
pub fn replies() -> &'static [ReplyInfo] {
    ReplyInfo::ALL
}

/// What a program listens to and what it trusts.
///
/// `Display` writes it as text, and `Serialize` as data with the names of the fields.
///
/// ```
/// # fn f(dispatcher: &siohook::Dispatcher) {
/// let description = dispatcher.describe();
/// for event in &description.events {
///     println!("{} has {} handlers", event.name, event.handlers.len());
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Description {
    /// The events that have a handler, sorted by name. They are events of the catalogue and
    /// the [unlisted](crate::on_event) names of handlers.
    pub events: Vec<Event>,
    /// The patterns that handlers listen to, sorted.
    pub patterns: Vec<Pattern>,
    /// What to set up at systeme.io for these events.
    pub setup: Setup,
    /// How deliveries are trusted. `None` in a description of the catalogue.
    pub trust: Option<Trust>,
    /// The rest of the configuration. `None` in a description of the catalogue.
    pub limits: Option<Limits>,
}

/// An event and its handlers. `Display` writes it in several lines.
///
/// ```
/// use siohook::describe::Description;
///
/// let catalogue = Description::of_catalogue();
/// let sale = catalogue.events.iter().find(|event| event.name == "SALE_NEW").unwrap();
/// assert!(sale.is_listed);
/// assert_eq!(sale.payload.as_deref(), Some("account::SaleNew"));
/// assert_eq!(sale.unified.as_deref(), Some("unified::Sale"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether the catalogue has it. If not, the fields below are `None`, except for the
    /// handlers.
    pub is_listed: bool,
    /// The mechanism that sends it. For a name that the catalogue does not have, see
    /// [`likely_mechanism`](Self::likely_mechanism).
    pub mechanism: Option<Mechanism>,
    /// A sentence that says what happened.
    pub summary: Option<&'static str>,
    /// The payload type, such as `automation::TagAdded`.
    pub payload: Option<String>,
    /// The type that it shares with the event of the other mechanism that means the same,
    /// such as `unified::TagAdded`.
    pub unified: Option<String>,
    /// The handlers of the event, sorted by path.
    pub handlers: Vec<Handler>,
}

/// A handler of an event or of a pattern. `Display` writes its path, location and `id`.
///
/// ```standalone_crate
/// use siohook::{Dispatcher, on_event};
///
/// #[on_event("SALE_*", id = "shop.sales")]
/// fn sales() {}
///
/// let dispatcher = Dispatcher::builder().account_secret("main", "correct horse").build()?;
/// let handler = &dispatcher.describe().events[0].handlers[0];
/// assert_eq!((handler.id, handler.listens_to), ("shop.sales", "SALE_*"));
/// # Ok::<(), siohook::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Handler {
    /// The path of the function, such as `shop::handlers::welcome`.
    pub name: &'static str,
    /// The `id` of the attribute, or the path of the function without one.
    pub id: &'static str,
    /// Whether the attribute has an `id`.
    pub has_id: bool,
    /// The place of the function in the source.
    pub location: Location,
    /// The name or pattern that it listens to, as written in the attribute.
    pub listens_to: &'static str,
}

/// A pattern, with the events that it matches today.
///
/// ```standalone_crate
/// use siohook::{Dispatcher, on_event};
///
/// #[on_event("SALE_*")]
/// fn sales() {}
///
/// let dispatcher = Dispatcher::builder().account_secret("main", "correct horse").build()?;
/// let pattern = &dispatcher.describe().patterns[0];
/// assert_eq!(pattern.pattern, "SALE_*");
/// assert_eq!(pattern.reaches, ["SALE_CANCELED", "SALE_NEW"]);
/// # Ok::<(), siohook::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pattern {
    /// The pattern as written in the attribute, such as `contact.*`.
    pub pattern: &'static str,
    /// The [events](Description::events) that it matches. It also matches names with the
    /// same prefix that are not published yet.
    pub reaches: Vec<&'static str>,
    /// The handlers that listen to it, sorted by path.
    pub handlers: Vec<Handler>,
}

/// What to set up at systeme.io. `Display` writes a line for each mechanism.
///
/// Events matched only by `*` are not listed.
///
/// ```
/// use siohook::describe::Description;
///
/// // Nothing to set up, because the catalogue has no handlers.
/// let setup = Description::of_catalogue().setup;
/// assert!(setup.account_webhook.is_empty() && setup.automations.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Setup {
    /// The events to tick in Settings > Webhooks.
    pub account_webhook: Vec<&'static str>,
    /// The events for which a rule or workflow needs the action "Send webhook".
    pub automations: Vec<&'static str>,
}

/// How deliveries are trusted. `Display` writes it in several lines.
///
/// ```
/// # fn f(dispatcher: &siohook::Dispatcher) {
/// let trust = dispatcher.describe().trust.unwrap();
/// assert!(!trust.accepts_unverified, "not for production");
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Trust {
    /// The secrets of account webhooks, in the order in which they were given.
    pub secrets: Vec<Secret>,
    /// The number of tokens that automations may carry.
    pub tokens: usize,
    /// The addresses and networks that deliveries are accepted from. `None` if they are
    /// accepted from everywhere.
    pub source_ips: Option<Vec<String>>,
    /// The proxies whose forwarding headers are used.
    pub trusted_proxies: Vec<String>,
    /// Whether bodies are accepted that were parsed and serialised again on the way.
    pub accepts_reserialized_bodies: bool,
    /// Whether deliveries are accepted that nothing vouches for.
    pub accepts_unverified: bool,
}

/// The label of a secret of account webhooks, and the events that it is for. It does not hold
/// the secret itself.
///
/// ```
/// # fn f(dispatcher: &siohook::Dispatcher) {
/// for secret in dispatcher.describe().trust.unwrap().secrets {
///     println!("{} for {:?}", secret.label, secret.events);
/// }
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Secret {
    /// The label that it was configured with.
    pub label: String,
    /// The names and patterns that it vouches for. `None` if it vouches for all events.
    pub events: Option<Vec<String>>,
}

/// The limits and replies of a dispatcher. `Display` writes it in several lines.
///
/// ```
/// use siohook::Dispatcher;
///
/// let dispatcher = Dispatcher::builder()
///     .automation_token("7kX2mQ9f")
///     .max_body_bytes(64 * 1024)
///     .select(|_| false)
///     .allow_no_handlers()
///     .build()?;
/// let limits = dispatcher.describe().limits.unwrap();
/// assert_eq!((limits.max_body_bytes, limits.redelivery_memory), (65_536, 10_000));
/// # Ok::<(), siohook::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Limits {
    /// The longest body that is accepted, in bytes.
    pub max_body_bytes: usize,
    /// The number of deliveries whose done handlers are remembered.
    pub redelivery_memory: usize,
    /// Whether the reply to a delivery that no handler listens to is 404 instead of 200.
    pub rejects_unhandled: bool,
    /// Whether a panic in a handler ends the process, because the program was compiled
    /// with `panic = "abort"`.
    pub panics_abort: bool,
}
