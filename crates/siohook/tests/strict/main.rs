//! The expansion in a crate of edition 2024 that forbids and denies all it can. A binary of its
//! own, because the attributes hold for all of it.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::all, clippy::pedantic)]
#![deny(rust_2018_idioms, single_use_lifetimes, unused_qualifications)]

mod handlers;
