//! Receives [systeme.io](https://systeme.io) webhooks: you annotate functions, and one
//! [`Dispatcher`] verifies, parses and routes each delivery to them.
//!
//! With axum:
//!
//! ```sh
//! cargo add siohook --features tower
//! cargo add axum
//! cargo add tokio --features full
//! ```
//!
#![cfg_attr(feature = "tower", doc = "```no_run")]
#![cfg_attr(not(feature = "tower"), doc = "```ignore")]
//! use siohook::{Delivery, Dispatcher, account, automation, on_event};
//!
//! /// Sent by the "Send webhook" action of a rule or workflow.
//! #[on_event("contact.tag.added")]
//! async fn welcome(event: automation::TagAdded) {
//!     println!("{:?} + {:?}", event.contact.email, event.tag.name);
//! }
//!
//! /// Sent, signed, by an account webhook.
//! #[on_event("SALE_NEW")]
//! async fn grant(sale: account::SaleNew, delivery: &Delivery) -> Result<(), std::io::Error> {
//!     println!("{:?} bought {}", sale.customer.email, sale.order_item.id);
//!     println!("message {:?}", delivery.message_id());
//!     Ok(())
//! }
//!
//! fn variable(name: &str) -> Result<String, String> {
//!     std::env::var(name).map_err(|error| format!("{name}: {error}"))
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let dispatcher = Dispatcher::builder()
//!         .account_secret("main", variable("SYSTEME_WEBHOOK_SECRET")?)
//!         .automation_token(variable("SYSTEME_WEBHOOK_TOKEN")?)
//!         .on_report(|report| println!("{report}"))
//!         .on_reject(|rejection| eprintln!("refused: {rejection}"))
//!         .build()?;
//!     println!("{}", dispatcher.describe());
//!     let app = axum::Router::new().route_service("/systeme", dispatcher.service());
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//!     axum::serve(listener, app).await?;
//!     Ok(())
//! }
//! ```
//!
//! [`guide::getting_started`] runs this program and sends it deliveries.
//!
//! Without a framework, [`Dispatcher::receive`] takes a request as an [`Incoming`] (method,
//! query, headers, body, peer address) and returns a [`Reply`] (status, headers, body).
//!
//! # Overview
//!
//! * [`on_event`] makes a function a handler of one event, of several, of a pattern, or of an
//!   event that the catalogue does not list. [`FromDelivery`] lists the arguments that a
//!   handler may take.
//! * [`events`] is the catalogue: names, payload types, and when each event is sent.
//!   [`automation`], [`account`] and [`unified`] hold the payload types.
//! * [`DispatcherBuilder`] sets what is trusted. [`Dispatcher::verify`] and
//!   [`Dispatcher::dispatch`] are the two halves of [`Dispatcher::receive`].
//! * [`Report`] tells the outcome of each handler, [`Rejection`] why a request was refused, and
//!   [`explain`] why, step by step, for a request that was recorded.
//! * [`Record`] is a verified delivery as data to store, and [`DeliveryKey::stored`] its key.
//! * [`Dispatcher::describe`] returns, as data, the events that a program handles, the
//!   systeme.io settings they need, and what the program trusts.
//!
//! # Guide
//!
//! | page | about |
//! |---|---|
//! | [Getting started](guide::getting_started) | from an empty folder to a handler that runs |
//! | [Trust](guide::trust) | what is signed, what an attacker can do, which configuration to choose |
//! | [Retries](guide::retries) | what is retried, and how to grant a sale once |
//! | [Recipes](guide::recipes) | the course that was sold, money, blocking work, deadlines, routing by URL |
//! | [Adapters](guide::adapters) | web frameworks, and how to write an adapter |
#![cfg_attr(
    feature = "testing",
    doc = "| [Testing](guide::testing) | tests of handlers, with samples of every event |"
)]
//! | [Observability](guide::observability) | reports, spans, metrics, and what refusals mean |
//! | [Many accounts](guide::many_accounts) | one server for the webhooks of many accounts |
//! | [Deploy](guide::deploy) | shutdown, systemd, containers, readiness, logs |
//!
//! # Features
//!
//! None is on by default.
//!
//! | feature | gives |
//! |---|---|
//! | **`tower`** | `Dispatcher::service()`, a tower service for axum, hyper, salvo, poem and AWS Lambda |
//! | **`http`** | conversions between [`Head`], [`Incoming`], [`Reply`] and the types of the crate `http`; part of `tower` |
//! | **`testing`** | the module `testing`: a sample of every event, and a dispatcher with assertions; for `[dev-dependencies]` |
//! | **`tracing`** | a span for each delivery and each handler, an event for each refusal, a warning for each event without a handler |
//! | **`metrics`** | deliveries, refusals, redeliveries, durations, unread members and matching secrets, through the facade `metrics` |
//! | **`anyhow`** | conversion of [`HandlerError`] into `anyhow::Error`, so that handlers that return `anyhow::Result` keep its advice |
//! | **`jiff`**, **`chrono`**, **`time`** | conversions between [`Timestamp`] and the types of that library |
//!
//! The crate [`siohook-docs`](https://docs.rs/siohook-docs) writes a
//! [`Description`](describe::Description) as AsyncAPI, OpenAPI and Markdown, and the body of an
//! event as JSON Schema.
//!
//! # Stability
//!
//! systeme.io may add events and members at any time. Payload types are `#[non_exhaustive]`,
//! an unlisted name is not an error, and [`Delivery::body`] returns the raw body. Cargo refuses
//! to link two versions of this crate into one program, because each would see only some of the
//! handlers.

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
#[cfg(not(feature = "tower"))]
mod without_tower;

pub mod describe;
pub mod event;
pub mod explain;
pub mod guide;
#[cfg(feature = "testing")]
pub mod testing;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;

/// Compiles the programs of the README.
#[cfg(all(doctest, feature = "tower", feature = "testing"))]
#[doc = include_str!("../README.md")]
mod readme {}

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
/// and attributes. It is `async` or not, free (no `self`, not in an `impl`), not generic, and takes
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
pub use self::delivery::{Delivery, DeliveryKey, Mismatch, Record, Trust, Unread};
pub use self::dispatch::{
    BuildError, DetachedTask, Dispatcher, DispatcherBuilder, Keep, KeepFuture, Kept, Problem,
    RestoreError, Unhandled, UnknownHandlers,
};
pub use self::handler::{
    Data, Extension, FromDelivery, HandlerContext, HandlerError, HandlerInfo, HandlerReport,
    Handlers, Location, Mismatched, Outcome, Report, Requirements, State,
};
pub use self::request::{Head, Incoming, Reply, ReplyOutcome};
#[cfg(feature = "tower")]
pub use self::service::DispatcherService;
pub use self::verify::{IntoIpRange, IpAllowList, Reason, Rejection};
