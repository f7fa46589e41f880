//! Whether an HTTP server receives systeme.io webhooks as
//! [siohook](https://docs.rs/siohook) means it.
//!
//! An adapter between a web framework and siohook is a few lines, and each of
//! them can be wrong in a way that no unit test sees: a limit that holds for
//! `Content-Length` only, a header that is dropped because it is not UTF-8, a
//! body that is read as a form. So this crate speaks to a running server over a
//! socket, in HTTP/1.1 that is written by hand, and compares status, headers and
//! body of what comes back.
//!
//! ```no_run
//! use siohook_conformance::{Exception, Server, check};
//!
//! // Three processes of the server under test, see below.
//! let server = Server {
//!     address: "127.0.0.1:3000".parse()?,
//!     source_ips: Some("127.0.0.1:3001".parse()?),
//!     trusted_proxies: Some("127.0.0.1:3002".parse()?),
//! };
//! let exceptions = [Exception {
//!     case: "pipelined",
//!     reason: "the framework closes the connection after each answer",
//! }];
//! let report = check(&server, &exceptions);
//! println!("{report}");
//! assert!(report.is_ok());
//! # Ok::<(), std::net::AddrParseError>(())
//! ```
//!
//! An [`Exception`] is what a framework cannot do, with the reason. Its case is
//! run all the same, and if it passes the report says that the exception has to
//! go.
//!
//! With the feature `http2` there are cases that speak HTTP/2 with prior
//! knowledge; a server that speaks HTTP/1 only lists them as exceptions.
//!
#![doc = include_str!("server.md")]

mod account;
mod automation;
mod case;
mod cases;
mod connection;
mod expected;
mod failure;
mod preface;
mod report;
mod request;
mod response;
mod server;
mod target;
mod unique;

pub use case::{Case, Needs};
pub use cases::cases;
pub use report::{Exception, Outcome, Report, Verdict, check};
pub use server::{MAX_BODY_BYTES, PATH, SECRET, Server, TOKEN};
