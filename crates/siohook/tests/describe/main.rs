//! What a program listens to, and what it could.

#[path = "../support/mod.rs"]
mod support;

mod description;
mod suggestions;
