//! Receives [systeme.io](https://systeme.io) webhooks.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod allow_list;
mod argument;
mod build_error;
mod builder;
mod delivery;
mod dispatcher;
mod handler_error;
mod handoff;
mod in_progress;
mod incoming;
mod key;
mod memory;
mod mismatch;
mod registry;
mod rejection;
mod reply;
mod report;
mod result;
mod routes;
mod run;
#[cfg(feature = "tower")]
mod service;
mod state;
mod sync;
mod trust;
mod verify;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use siohook_events::*;
pub use siohook_macros::on_event;

pub use allow_list::{IntoIpRange, IpAllowList};
pub use argument::{AnyEvent, Context, Data, FromDelivery, Requirements, State, UnlistedEvent};
pub use build_error::{BuildError, Problem};
pub use builder::{DispatcherBuilder, Unhandled};
pub use delivery::Delivery;
pub use dispatcher::{Dispatcher, Work};
pub use handler_error::HandlerError;
pub use incoming::Incoming;
pub use key::DeliveryKey;
pub use mismatch::Mismatch;
pub use registry::{HandlerInfo, Handlers, Location};
pub use rejection::Rejection;
pub use reply::Reply;
pub use report::{HandlerReport, Outcome, Report};
#[cfg(feature = "tower")]
pub use service::Service;
pub use trust::Trust;

use sync::lock;
