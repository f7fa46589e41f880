//! A request and its reply, without a framework.

mod headers;
mod incoming;
mod reply;

pub(crate) use self::headers::{Header, Headers};
pub(crate) use self::incoming::{Body, POST};

pub use self::incoming::Incoming;
pub use self::reply::{Reply, ReplyInfo};
