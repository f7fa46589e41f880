//! Spans and events of deliveries and refusals, and what they must not show.

#[path = "../support/mod.rs"]
mod support;

mod capture;
mod handlers;
mod printing;
mod recorder;
mod secrecy;
mod spans;
mod unhandled;
mod unread;
