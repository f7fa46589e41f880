//! Descriptions of a program, and suggested handlers.

#[path = "../support/mod.rs"]
mod support;

mod description;
mod suggestions;
