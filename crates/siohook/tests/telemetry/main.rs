//! What is told of deliveries and refusals in spans and events, and what is not.

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
