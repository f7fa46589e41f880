//! Tests that an HTTP server receives systeme.io webhooks as
//! [siohook](https://docs.rs/siohook) specifies.
//!
//! An adapter between a web framework and siohook has a few lines. Each of them can be
//! wrong in a way that a unit test does not find: a limit that holds for `Content-Length`
//! only, a header that is dropped because it is not UTF-8, a body that is read as a form.
//! So this crate connects to a running server. It sends requests in HTTP/1.1, byte for
//! byte, and compares status, headers and body of each response.
//!
//! ```no_run
//! use siohook_conformance::{Exception, Server, check};
//!
//! // Three servers with different configurations, see below.
//! let server = Server {
//!     address: "127.0.0.1:3000".parse()?,
//!     source_ips: Some("127.0.0.1:3001".parse()?),
//!     trusted_proxies: Some("127.0.0.1:3002".parse()?),
//! };
//! let exceptions = [Exception {
//!     case: "pipelined",
//!     reason: "the framework closes the connection after each response",
//! }];
//! let report = check(&server, &exceptions);
//! println!("{report}");
//! assert!(report.is_ok());
//! # Ok::<(), std::net::AddrParseError>(())
//! ```
//!
//! An [`Exception`] names a case that a framework can't pass, and the reason. The case
//! still runs. If it passes, the report says that the exception has to be removed.
//!
//! # Features
//!
//! * **`http2`**: cases in HTTP/2 with prior knowledge. If a server speaks only HTTP/1, list
//!   them as exceptions.
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
