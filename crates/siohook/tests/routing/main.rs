//! The routes, arguments and runs of handlers, and the replies to the sender.

#[path = "../support/mod.rs"]
mod support;

mod arguments;
mod concurrency;
mod fixtures;
mod handlers;
mod ids;
mod keep;
mod replies;
mod run;
mod run_reports;
mod user_values;
