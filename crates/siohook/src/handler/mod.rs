//! Handlers: the registry, arguments, results and reports.

mod advice;
mod argument;
mod argument_of;
mod chain;
mod error;
mod extractors;
mod future;
mod markers;
mod outcome;
mod payload;
mod payload_arguments;
mod payload_parser;
mod registry;
mod reply;
mod report;
pub(crate) mod spelling;
mod suggestion;

pub use self::argument::{FromDelivery, HandlerContext, Requirements};
pub use self::argument_of::{
    ArgumentOfAny, ArgumentOfSeveral, ArgumentOfUnified, ArgumentOfUnlisted,
};
pub use self::error::HandlerError;
pub use self::extractors::{Data, Extension, State};
pub(crate) use self::future::Failure;
pub use self::future::{HandlerFuture, HandlerResult, mismatched};
pub use self::markers::{AnyEvent, NoPayload, SeveralEvents, UnlistedEvent};
pub use self::outcome::{HandlerReport, Outcome};
pub use self::registry::{HandlerInfo, Handlers, Location, Registration};
pub use self::reply::Mismatched;
pub(crate) use self::reply::reply_to;
pub use self::report::Report;
#[cfg(feature = "tracing")]
pub(crate) use self::suggestion::LONGEST_NAME;
