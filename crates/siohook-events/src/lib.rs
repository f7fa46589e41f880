//! Event names and payload types of [systeme.io](https://systeme.io) webhooks.
//!
//! [`siohook`](https://docs.rs/siohook) receives webhooks with this crate and re-exports
//! it. Depend on this crate alone to read stored bodies.
//!
//! ```
//! # use siohook_events as siohook;
//! # #[cfg(feature = "serde")] {
//! use siohook::account::ContactTagAdded;
//!
//! let body = r#"{
//!     "contact": {"id": 445120981, "email": "lea.martin@example.com", "fields": [
//!         {"fieldName": "Pr\u00e9nom", "slug": "first_name", "value": "L\u00e9a"}
//!     ]},
//!     "tag": {"id": 1758324, "name": "Newsletter"}
//! }"#;
//! let event: ContactTagAdded = serde_json::from_str(body)?;
//! assert_eq!(event.contact.fields.first_name(), Some("Léa"));
//! assert_eq!(event.tag.name, "Newsletter");
//! # }
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! systeme.io calls a server in two ways that share nothing but the sender's addresses. Each
//! has a module of payloads, and a third module is for code that handles both alike:
//!
//! | module | sent by | a type is |
//! |---|---|---|
//! | [`automation`] | the action "Send webhook" of a rule or workflow | `data` of the body |
//! | [`account`] | Settings > Webhooks, or the public API | the whole body |
//! | [`unified`] | either | the same for two events that mean the same |
//!
//! # The catalogue
//!
//! [`events`] lists every known event with its types. [`EventName`] holds any name, because
//! systeme.io sends names that it has never published.
//!
//! # What the types promise
//!
//! * Field names are those of the wire in snake case. Unknown keys are ignored.
//! * Null equals absent. `[]`, which PHP writes for an empty map, is an empty map or an
//!   absent object.
//! * A number may come in a string, and a boolean as 0 or 1. An amount with decimals is an
//!   error: `"17.00"` is not 17 minor units.
//! * A time that can't be read is `None`.
//! * Required are the members that an event is about: the e-mail address, the ids, and the
//!   amount of an account's sale.
//! * Serialising gives back the shape of the wire, with the known keys.
//!
//! # How a field is known
//!
//! systeme.io publishes few of its bodies, so the documentation of each field of a payload
//! says where it is known from:
//!
//! * **captured**: it was in a delivery, or a public integration reads it;
//! * **documented**: it is in a body that systeme.io publishes;
//! * **never seen**: neither.
//!
//! # Lines of an order
//!
//! Each line of an order (main product, order bump, upsell) is a delivery of its own. All have
//! the same order id, and each has its own id of the order item, so look at the item's id
//! ([`OrderItemId`](ids::OrderItemId)) to grant something once. Whether each carries the
//! total of the order or that of its line is not known: don't add up `total_price` over the
//! lines.
//!
//! # Features
//!
//! * **`serde`** (default): the payload types. Without it, there is the catalogue alone.
//! * **`jiff`**, **`chrono`**, **`time`**: conversions of [`Timestamp`] from and to the
//!   types of that library.
//! * **`schema`**: [`JsonSchema`](schemars::JsonSchema) of the payload types, and
//!   [`Event::schema`], the JSON Schema of a body.
//!
//! # Stability
//!
//! systeme.io may add events and keys at any time. Every payload is `#[non_exhaustive]`, so a
//! new key is a minor release here. Other crates can't build a payload from its fields: in a
//! test, parse one from JSON, or edit a sample of `siohook-sender` (feature `testing` of
//! `siohook`).

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "schema"), allow(rustdoc::broken_intra_doc_links))]

#[macro_use]
mod catalogue;
#[cfg(feature = "serde")]
#[macro_use]
mod samples;
mod mechanism;
mod name;
mod nearest;
mod pattern;
mod shown;

pub mod headers;

#[cfg(feature = "serde")]
pub mod account;
#[cfg(feature = "serde")]
pub mod automation;
#[cfg(feature = "serde")]
pub mod ids;
#[cfg(feature = "serde")]
pub mod php_json;
#[cfg(feature = "serde")]
pub mod unified;

#[cfg(feature = "serde")]
mod common;
#[cfg(feature = "serde")]
mod fields;
#[cfg(feature = "serde")]
mod lenient;
#[cfg(feature = "serde")]
mod money;
#[cfg(feature = "serde")]
mod nested;
#[cfg(feature = "schema")]
mod schema;
#[cfg(feature = "serde")]
mod timestamp;

pub use catalogue::{Event, events};
pub use mechanism::Mechanism;
pub use name::EventName;
pub use nearest::nearest;
pub use pattern::{EventPattern, PatternError};
#[doc(hidden)]
pub use shown::Shown;

#[cfg(feature = "serde")]
pub use fields::{Field, Fields};
#[cfg(feature = "serde")]
pub use money::MinorUnits;
#[cfg(feature = "serde")]
pub use timestamp::{ParseTimestampError, Timestamp, TimestampRangeError};

#[cfg(feature = "schema")]
pub use schemars;
