//! The request and the reply, independent of any framework.

mod extensions;
mod head;
mod headers;
#[cfg(feature = "http")]
mod http;
mod incoming;
pub(crate) mod query;
mod reply;

pub(crate) use self::extensions::{Extensions, TypeMap};
pub(crate) use self::head::POST;
pub(crate) use self::headers::{Header, Headers};
pub(crate) use self::incoming::Body;

pub use self::head::Head;
pub use self::incoming::Incoming;
pub use self::reply::{Reply, ReplyInfo, ReplyOutcome};
