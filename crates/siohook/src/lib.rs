//! Receives [systeme.io](https://systeme.io) webhooks: you annotate functions,
//! and one [`Dispatcher`] verifies, parses and routes every delivery to them.
//!
//! ```
//! use siohook::{Delivery, Dispatcher, Incoming, account, automation, on_event};
//!
//! #[on_event("contact.tag.added")]
//! async fn welcome(event: automation::TagAdded) {
//!     println!("{} + {}", event.contact.email, event.tag.name);
//! }
//!
//! #[on_event("SALE_NEW")]
//! fn grant(sale: account::SaleNew, delivery: &Delivery) -> Result<(), String> {
//!     println!("{} {:?}", sale.customer.email, delivery.message_id());
//!     Ok(())
//! }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let dispatcher = Dispatcher::builder()
//!     .account_secret("main", std::env::var("SYSTEME_WEBHOOK_SECRET")?)
//!     .automation_token(std::env::var("SYSTEME_WEBHOOK_TOKEN")?)
//!     .build()?;
//! println!("{}", dispatcher.handlers());
//!
//! # let (body, headers) = (String::new(), Vec::<(String, Vec<u8>)>::new());
//! let incoming = Incoming::post(body).query("token=…").headers(headers);
//! let reply = dispatcher.receive(incoming).await;
//! assert_eq!(reply.status(), 200);
//! # Ok(())
//! # }
//! ```
//!
//! # Overview
//!
//! * [`on_event`] makes a function a handler of one event, several, a pattern, or
//!   an event that the catalogue does not have. [`FromDelivery`] lists what it may
//!   take as arguments.
//! * [`automation`], [`account`] and [`unified`] hold the payload types, and
//!   [`events`] the catalogue.
//! * [`DispatcherBuilder`] says what is trusted, and [`Dispatcher::receive`] takes a
//!   request and gives a [`Reply`]. [`Dispatcher::verify`] and
//!   [`Dispatcher::dispatch`] are its two halves.
//! * [`Report`] says what became of each handler, [`Rejection`] why a request was
//!   refused.
//! * [`Dispatcher::describe`] gives as data what a program listens to and trusts.
//! * [`guide::trust`] says what is signed, what an attacker can do and which
//!   configuration to choose; [`guide::adapters`] how to plug a dispatcher into a
//!   web framework; [`guide::observability`] which spans and metrics there are;
//!   [`guide::many_accounts`] how one server receives the webhooks of many accounts.
//!
//! # Cookbook
//!
//! **With axum** (feature `tower`): `Router::new().route_service("/systeme",
//! dispatcher.service())`.
//!
//! **Shared state**: `.state(value)`, and an argument [`State<T>`](State).
//!
//! **Handlers in a library crate**: a crate that nobody names is not linked, so
//! write `use my_handlers as _;` in the program.
//!
//! **Failures**: any error means "try again"; [`HandlerError::permanent`] and
//! [`HandlerError::retry_after`] say otherwise, also as the source of another error.
//! Handlers that return `anyhow::Result` need the feature `anyhow` for that.
//!
//! **A body that is odd**: an optional member that can't be read is `None`, and
//! [`Delivery::unread`] and the report name it. A body without something required is a
//! [`Mismatch`]: the handler is not called, and the sender gets 422 and tries again, or 200
//! with [`Mismatched::Accept`].
//!
//! **Grant a sale once**: look at `order_item.id`, because the redelivery memory ends with
//! the process. One order sends one `SALE_NEW` a line (main product, bump), with the same
//! `order.id` and different `order_item.id`; don't add up `order.total_price` over lines.
//!
//! **Money**: [`MinorUnits::decimal`] writes an amount in its currency.
//!
//! **Work that blocks**: `tokio::task::spawn_blocking`, because a handler that blocks holds
//! up all others on its thread; [`on_event`] has an example.
//!
//! **Handlers that end although the sender hung up**: [`DispatcherBuilder::detach`], with the
//! handle of a runtime and a deadline. **A shutdown that loses nothing**:
//! [`Dispatcher::idle`].
//!
//! **Tests** (feature `testing`): `TestDispatcher::builder().only("grant").build()
//! .send(&Sample::of("SALE_NEW"))`, and assertions on what comes back; the page
//! `guide::testing` has more.
//!
//! **Diagnosis**: [`DispatcherBuilder::on_report`] and
//! [`DispatcherBuilder::on_reject`]; spans and metrics, see
//! [`guide::observability`].
//!
//! **The handler to paste** for an event that no handler listens to:
//! [`Report::suggestion`].
//!
//! **What to tick at systeme.io**: print [`Dispatcher::describe`]. It also names
//! handlers that never run, because nothing vouches for their event.
//!
//! **Documents for others**: the crate [`siohook-docs`](https://docs.rs/siohook-docs)
//! writes a [`Description`](describe::Description) as AsyncAPI, OpenAPI and Markdown, and the body of an
//! event as JSON Schema.
//!
//! # Features
//!
//! * **`tower`**: `Dispatcher::service()`, a tower service for axum, hyper and all
//!   that speaks tower.
//! * **`http`**: conversions of [`Head`], [`Incoming`] and [`Reply`] from and to the
//!   types of the crate `http`. Part of `tower`.
//! * **`testing`**: the module `testing`, with samples of every event and a
//!   dispatcher that says what became of them. For `[dev-dependencies]`.
//! * **`tracing`**: a span for each delivery and each handler, an event for each
//!   refusal, and one warning for each event that no handler listens to, and for each member
//!   that could not be read.
//! * **`metrics`**: deliveries, refusals, redeliveries, durations, members that could not
//!   be read, and which secret matched, through the facade of that name.
//! * **`anyhow`**: conversion of [`HandlerError`] into `anyhow::Error`, which keeps its
//!   advice in handlers that return `anyhow::Result`.
//! * **`jiff`**, **`chrono`**, **`time`**: conversions of [`Timestamp`] from and to the
//!   types of that library.
//!
//! # Stability
//!
//! systeme.io may add events and keys at any time: payload types are
//! `#[non_exhaustive]`, a name that the catalogue does not have is no error, and
//! [`Delivery::body`] is always there. Two versions of this crate can't be linked
//! into one program, because each would see half of the handlers.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod delivery;
mod dispatch;
mod handler;
mod observe;
mod panics;
mod request;
#[cfg(feature = "tower")]
mod service;
mod sync;
mod verify;

pub mod describe;
pub mod event;
pub mod guide;
#[cfg(feature = "testing")]
pub mod testing;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;

pub use siohook_events::{
    EventName, Field, Fields, Mechanism, MinorUnits, ParseTimestampError, Timestamp,
    TimestampRangeError, account, automation, events, ids, unified,
};

#[doc(hidden)]
pub use siohook_events::__for_each_event;

/// Makes a function a handler.
///
/// ```text
/// #[on_event("name" [, "name"]* [, id = "stable.handler.id"] [, crate = path])]
/// #[on_event(unlisted("name"))]
/// ```
///
/// * `"name"` is a name of the [catalogue](events) as on the wire, or a pattern:
///   `"*"`, `"contact.*"`, `"SALE_*"`. A wrong name does not compile. Patterns also
///   reach names that the catalogue does not have; a body that does not fit the
///   arguments there is reported, and not held against the sender.
/// * `unlisted("name")` is a name that the catalogue does not have. One in upper case
///   with `_`, such as `"SALE_REFUNDED"`, is reached by account webhooks only, and a
///   dotted one by automations only; any other by both. A delivery whose name has the
///   spelling of the other mechanism is heard by `"*"` only.
/// * `id` is a name for the handler that outlives renaming the function; it has to
///   be unique.
/// * `crate` is the path to this crate, if it is not `::siohook`.
///
/// The function stays as it was written: callable, documented, with its visibility
/// and attributes. It is `async` or not, free (no `self`), not generic, and takes
/// any number of arguments in any order: see [`FromDelivery`]. It returns `()` or
/// `Result<(), E>`, where `E` is [`HandlerError`], an error that is `Send + Sync +
/// 'static`, `Box<dyn Error + Send + Sync>`, `anyhow::Error` or a string.
///
/// ```
/// use siohook::{Data, Delivery, State, account, on_event, unified};
///
/// #[on_event("SALE_NEW", id = "shop.grant")]
/// async fn grant(sale: account::SaleNew, State(shop): State<Shop>) -> Result<(), std::io::Error> {
///     shop.open(sale.customer.contact_id).await
/// }
///
/// #[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
/// fn tagged(event: unified::TagAdded) {
///     println!("{} + {}", event.contact.email, event.tag.name);
/// }
///
/// #[on_event("contact.*", "CONTACT_*")]
/// fn anything_about(contact: unified::Contact, delivery: &Delivery) {
///     println!("{}: {}", contact.email, delivery.event());
/// }
///
/// #[on_event(unlisted("contact.community.joined"))]
/// fn joined(Data(event): Data<std::collections::BTreeMap<String, serde_json::Value>>) {
///     println!("{:?}", event.keys());
/// }
/// # #[derive(Clone)]
/// # struct Shop;
/// # impl Shop {
/// #     async fn open(&self, _: siohook::ids::ContactId) -> Result<(), std::io::Error> { Ok(()) }
/// # }
/// ```
///
/// Handlers run on the thread that the request is handled on. One that blocks, `async` or
/// not, holds up every other handler of the delivery, and every other request on that thread.
/// Give what blocks a thread of its own:
///
/// ```
/// # mod invoices { pub fn print(_: &siohook::account::SaleNew) -> std::io::Result<()> { Ok(()) } }
/// use siohook::{HandlerError, account, on_event};
///
/// #[on_event("SALE_NEW")]
/// async fn invoice(sale: account::SaleNew) -> Result<(), HandlerError> {
///     tokio::task::spawn_blocking(move || invoices::print(&sale)).await??;
///     Ok(())
/// }
/// ```
///
/// An argument that does not fit the event does not compile:
///
/// ```compile_fail
/// use siohook::{automation, on_event};
///
/// #[on_event("SALE_NEW")]
/// async fn grant(sale: automation::SaleCompleted) {} // of `customer.sale.completed`
/// ```
pub use siohook_macros::on_event;

#[cfg(feature = "tracing")]
pub use self::delivery::SenderTrace;
pub use self::delivery::{Delivery, DeliveryKey, Mismatch, Trust, Unread};
pub use self::dispatch::{
    BuildError, DetachedTask, Dispatcher, DispatcherBuilder, Problem, Unhandled,
};
pub use self::handler::{
    Data, Extension, FromDelivery, HandlerContext, HandlerError, HandlerInfo, HandlerReport,
    Handlers, Location, Mismatched, Outcome, Report, Requirements, State,
};
pub use self::request::{Head, Incoming, Reply, ReplyOutcome};
#[cfg(feature = "tower")]
pub use self::service::DispatcherService;
pub use self::verify::{IntoIpRange, IpAllowList, Reason, Rejection};
