//! Documents of the [systeme.io](https://systeme.io) webhooks that a program handles
//! with [siohook](https://docs.rs/siohook).
//!
//! ```no_run
//! # let dispatcher = siohook::Dispatcher::builder().build()?;
//! let description = dispatcher.describe();
//! std::fs::write("asyncapi.json", format!("{:#}", siohook_docs::asyncapi(&description)))?;
//! std::fs::write("openapi.json", format!("{:#}", siohook_docs::openapi(&description)))?;
//! std::fs::write("webhooks.md", siohook_docs::markdown(&description))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Description::of_catalogue`](siohook::describe::Description::of_catalogue) describes
//! every event that systeme.io is known to send.
//!
//! | function | document | names handlers |
//! |---|---|---|
//! | [`asyncapi`] | AsyncAPI 3.0 | no |
//! | [`openapi`] | OpenAPI 3.1 with `webhooks` | no |
//! | [`markdown`] | a page to read | yes |
//! | [`json_schema`] | JSON Schema 2020-12 of one event's body | no |
//!
//! No document holds a secret, a label of a secret, a token or an address.
//!
//! This is a crate of its own because it needs [`schemars`], and a program that only receives
//! webhooks doesn't.

mod asyncapi;
mod common;
mod credential;
mod headers;
mod json_schema;
mod markdown;
mod openapi;
mod replies;
mod schemas;

pub use asyncapi::asyncapi;
pub use json_schema::json_schema;
pub use markdown::markdown;
pub use openapi::openapi;
pub use siohook_events::schemars;
