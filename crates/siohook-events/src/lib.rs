//! Event names and payload types of [systeme.io](https://systeme.io) webhooks.
//!
//! This crate is the vocabulary of [`siohook`](https://docs.rs/siohook), which
//! re-exports all of it; depend on it alone to read stored bodies without
//! receiving any.
//!
//! ```
//! use siohook_events::account::ContactTagAdded;
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
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! systeme.io calls a server in two ways that share nothing but the sender's
//! addresses, so there are two modules of payloads, and a third one for code
//! that does not care which of the two it was:
//!
//! | module | sent by | one type per |
//! |---|---|---|
//! | [`automation`] | the action "Send webhook" of a rule or workflow | `data` of the body |
//! | [`account`] | Settings > Webhooks, or the public API | whole body |
//! | [`unified`] | either | pair of names that mean the same |
//!
//! # The catalogue
//!
//! [`events`] lists every name that is known; [`EventName`] holds any name, known
//! or not, because systeme.io sends names that nobody has published.
//!
//! # What the types promise
//!
//! Field names are those of the wire in snake case. A key that is not known is
//! ignored; null and absent are the same; where PHP writes `[]` for an empty
//! map, an empty map is read, and for an absent object `None`; a number may come in a
//! string, but no amount with decimals: `"17.00"` is not 17 minor units; a boolean may
//! come as 0 or 1; a time that can't be read is `None`. What an event is about can't be missing: the e-mail address,
//! the ids, and the amount of an account's sale. Serialising gives back the shape
//! of the wire, of the keys that are known.
//!
//! # How a field is known
//!
//! systeme.io publishes few of its bodies, so the documentation of each field of a
//! payload has one of these words:
//!
//! * **captured**: it was in a delivery, or a public integration reads it;
//! * **documented**: it is in a body that systeme.io publishes;
//! * **never seen**: neither.
//!
//! # Lines of an order
//!
//! An order sends one delivery a line: one for the main product and one for each order
//! bump. They have the same order id and different ids of the order item, so the
//! item's id ([`OrderItemId`](ids::OrderItemId)) is what to look at to grant something
//! once. Whether each carries the total of the order or that of its line is not known:
//! don't add up `total_price` over the lines.
//!
//! # Features
//!
//! * **`serde`** (default): the payload types. Without it, the catalogue alone.
//! * **`jiff`**, **`chrono`**, **`time`**: conversions of [`Timestamp`] to and from
//!   the library of that name.
//! * **`schema`**: [`JsonSchema`](schemars::JsonSchema) for all of them, and
//!   [`Event::schema`]: what a body may be, as JSON Schema.
//!
//! # Stability
//!
//! systeme.io may add events and keys at any time. Every payload is
//! `#[non_exhaustive]`, so a new key is a minor release here. So code outside can't
//! build a payload from its fields: a test reads one from JSON, or edits a sample of
//! `siohook-sender` (feature `testing` of `siohook`).

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "schema"), allow(rustdoc::broken_intra_doc_links))]

#[macro_use]
mod catalogue;
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

pub use catalogue::{Event, Mechanism, events};
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
