//! Which handlers a delivery goes to, how they run, and what the sender is answered.

#[path = "../support/mod.rs"]
mod support;

mod arguments;
mod concurrency;
mod fixtures;
mod handlers;
mod replies;
mod user_values;
