//! The requests that [systeme.io](https://systeme.io) sends. You take a sample of a webhook
//! event, edit it, sign it, and send it.
//!
//! ```
//! # mod siohook { pub use siohook_sender as testing; }
//! use siohook::testing::Sample;
//!
//! let sale = Sample::of("SALE_NEW")
//!     .set("/customer/email", "ada@example.com")
//!     .signed_with("correct horse battery staple");
//! let request = sale.request("https://shop.example.com/systeme")?;
//! assert_eq!(request.target(), "/systeme");
//! let wire = request.to_http1();
//! assert!(wire.starts_with(b"POST /systeme HTTP/1.1\r\ncontent-length: "));
//! # Ok::<(), siohook::testing::RequestError>(())
//! ```
//!
//! # Overview
//!
//! * A [`Sample`] is one delivery. [`Sample::of`] makes one of an event that the
//!   catalogue lists, [`Sample::automation`] and [`Sample::account`] of any other.
//!   Its methods edit the payload, forge the delivery, and set its signature or token.
//! * [`Sample::request`] turns it into a [`Request`]: method, URL, headers in the order of
//!   the wire, and body.
//! * [`sample`] returns the payload of an event by its type, without a request.
//! * A [`Capture`] is a request as it was received, and its file. [`Sample::captured`] sends
//!   it again.
//! * [`sign`] computes the signature of an account webhook. By default, samples are signed
//!   with [`SECRET`] or carry [`TOKEN`].
//!
//! To test handlers, use the module `testing` of
//! [`siohook`](https://docs.rs/siohook), which re-exports all of this and adds a
//! dispatcher with assertions.
//!
//! # Features
//!
//! * **`http`**: conversion of a [`Request`] into an `http::Request<Bytes>`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod capture;
mod error;
mod fixtures;
mod json;
mod message;
mod payload;
mod request;
mod sample;
mod signature;

pub use capture::{Capture, CaptureError, Framing};
pub use error::SampleError;
#[doc(hidden)]
pub use json::nearest;
pub use payload::{Payload, sample};
pub use request::{Request, RequestError};
pub use sample::Sample;
pub use signature::{SECRET, TOKEN, sign};

pub use siohook_events::{EventName, Mechanism, Timestamp, headers};
