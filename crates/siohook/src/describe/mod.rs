//! What a program listens to and what it trusts, as data: [`Description`].
//!
//! [`Dispatcher::describe`](crate::Dispatcher::describe) gives it. It is sorted and
//! the same for every build of a program, so it can be compared: in a test, or as a
//! file under version control. It holds labels of secrets, numbers of tokens,
//! addresses and paths of source files, for the operator; never a secret or a token.
//!
//! ```no_run
//! # let dispatcher = siohook::Dispatcher::builder().build()?;
//! let description = dispatcher.describe();
//! println!("{description}");
//! println!("{}", serde_json::to_string_pretty(&description)?);
//!
//! let names: Vec<_> = description.events.iter().map(|event| event.name).collect();
//! assert_eq!(names, ["SALE_NEW", "contact.tag.added"]);
//! assert_eq!(description.setup.account_webhook, ["SALE_NEW"]);
//! assert!(description.refused().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate [`siohook-docs`](https://docs.rs/siohook-docs) writes it as AsyncAPI,
//! OpenAPI and Markdown, for people who don't read Rust.

mod contents;
mod text;

pub use crate::request::ReplyInfo;

use serde::Serialize;
use siohook_events::Mechanism;

use crate::dispatch::Dispatcher;
use crate::handler::Location;

impl Dispatcher {
    /// What this program listens to, and what it trusts, as data: for an admin
    /// page, for a check in CI, and to know what to set up at systeme.io.
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

/// What a program listens to, and what it trusts.
///
/// `Display` writes it as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Description {
    /// The events for which a handler is called, sorted by name: those of the
    /// catalogue, and names that it does not have if a handler names them.
    pub events: Vec<Event>,
    /// The patterns that handlers listen to, sorted.
    pub patterns: Vec<Pattern>,
    /// What has to be set up at systeme.io for that.
    pub setup: Setup,
    /// What deliveries are trusted by. `None` in a description of the catalogue.
    pub trust: Option<Trust>,
    /// What else is configured. `None` in a description of the catalogue.
    pub limits: Option<Limits>,
}

/// An event, and who listens to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether the catalogue has it. If not, all else but the handlers is unknown.
    pub is_listed: bool,
    /// How it is sent. For a name that the catalogue does not have, see
    /// [`likely_mechanism`](Self::likely_mechanism).
    pub mechanism: Option<Mechanism>,
    /// What happened, in a sentence.
    pub summary: Option<&'static str>,
    /// The payload type: `automation::TagAdded`.
    pub payload: Option<String>,
    /// The type that it shares with the event of the other mechanism that means
    /// the same: `unified::TagAdded`.
    pub unified: Option<String>,
    /// The handlers that are called, sorted by path.
    pub handlers: Vec<Handler>,
}

/// A handler of an event or of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Handler {
    /// The path of the function: `shop::handlers::welcome`.
    pub name: &'static str,
    /// The `id` that was given, else the path of the function.
    pub id: &'static str,
    /// Where the function was written.
    pub location: Location,
    /// The name or pattern that it listens to, as it was written.
    pub listens_to: &'static str,
}

/// A pattern, and what it means today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pattern {
    /// As it was written: `contact.*`.
    pub pattern: &'static str,
    /// The [events](Description::events) that it reaches. It also reaches names
    /// that nobody has published, if they begin so.
    pub reaches: Vec<&'static str>,
    /// Who listens to it, sorted by path.
    pub handlers: Vec<Handler>,
}

/// What has to be set up at systeme.io.
///
/// What only a handler of `*` is called for is not among it: it takes whatever
/// comes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Setup {
    /// The events to tick in Settings > Webhooks.
    pub account_webhook: Vec<&'static str>,
    /// The events for which a rule or workflow needs the action "Send webhook".
    pub automations: Vec<&'static str>,
}

/// What deliveries are trusted by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Trust {
    /// The secrets of account webhooks, in the order in which they were given.
    pub secrets: Vec<Secret>,
    /// How many tokens automations may carry.
    pub tokens: usize,
    /// The addresses and networks from which deliveries are accepted, if not from
    /// all.
    pub source_ips: Option<Vec<String>>,
    /// The proxies whose word is taken for the address of the sender.
    pub trusted_proxies: Vec<String>,
    /// Whether bodies are accepted that were serialised again on the way.
    pub accepts_reserialized_bodies: bool,
    /// Whether deliveries are accepted that nothing vouches for.
    pub accepts_unverified: bool,
}

/// A secret of account webhooks, without the secret.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Secret {
    /// What it is called.
    pub label: String,
    /// The names and patterns that it vouches for, if not for all.
    pub events: Option<Vec<String>>,
}

/// What else is configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Limits {
    /// The longest body that is read.
    pub max_body_bytes: usize,
    /// How many deliveries are remembered, so that none is handled twice.
    pub redelivery_memory: usize,
    /// Whether a delivery that no handler listens to is answered 404.
    pub rejects_unhandled: bool,
    /// Whether a panic in a handler ends the process, because the program was compiled
    /// with `panic = "abort"`.
    pub panics_abort: bool,
}
