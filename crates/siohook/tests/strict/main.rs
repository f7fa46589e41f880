//! The expansion in a crate of edition 2024 that denies all lints. It is a binary of its own,
//! because the attributes apply to the whole crate.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::all, clippy::pedantic)]
#![deny(rust_2018_idioms, single_use_lifetimes, unused_qualifications)]

mod handlers;
