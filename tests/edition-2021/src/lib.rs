//! Compiles the macro's expansion in edition 2021, with strict lints.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::all, clippy::pedantic)]
#![deny(rust_2018_idioms, single_use_lifetimes, unused_qualifications)]

#[cfg(test)]
#[path = "../../../crates/siohook/tests/strict/handlers.rs"]
mod handlers;
