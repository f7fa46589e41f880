//! Handlers for the tests of spans and metrics, with every outcome.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::time::Duration;

use siohook::{
    Data, Delivery, Dispatcher, DispatcherBuilder, HandlerError, HandlerInfo, Keep, KeepFuture,
    Kept, account, automation, on_event,
};

use crate::support::{self, location, only, within};

#[on_event("contact.tag.added")]
async fn welcome(event: automation::TagAdded) {
    tracing::info!(tag = event.tag.id.get(), "welcome");
    pause().await;
    tracing::info!("and again");
}

#[on_event("contact.tag.added", id = "shop.count")]
async fn count() {
    tracing::info!("count");
    pause().await;
    tracing::info!("and again");
}

#[on_event("contact.tag.added")]
fn panics() {
    let _exited_by_the_panic = tracing::info_span!("inner").entered();
    std::panic::resume_unwind(Box::new("out of paper"));
}

#[on_event("contact.tag.added")]
fn fails() -> Result<(), String> {
    Err("the database is away".to_owned())
}

#[on_event("contact.tag.added")]
fn fails_for_good() -> Result<(), HandlerError> {
    Err(HandlerError::permanent("no such course"))
}

#[on_event("contact.tag.added")]
fn fails_for_now() -> Result<(), HandlerError> {
    Err(HandlerError::retry_after(Duration::from_secs(1), "full"))
}

#[on_event("contact.tag.added")]
fn mismatches(_: Data<Vec<u8>>) {}

#[on_event("contact.tag.added")]
async fn waits() {
    let _log_drop = LogDrop;
    std::future::pending::<()>().await;
}

#[on_event("SALE_NEW")]
fn sold() {}

#[on_event("SALE_NEW")]
fn bought(_: account::SaleNew) {}

#[on_event(unlisted("contact.community.joined"))]
fn joined() {}

#[on_event(
    "contact.tag.added",
    "CONTACT_CREATED",
    unlisted("contact.community.joined")
)]
fn listens() {}

struct LogDrop;

impl Drop for LogDrop {
    fn drop(&mut self) {
        tracing::info!("dropped");
    }
}

/// Returns `Pending` once.
async fn pause() {
    let mut is_second = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut is_second, true) {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

/// Stores nothing, and answers always the same.
pub(crate) struct Always(pub(crate) Kept);

impl Keep for Always {
    fn keep<'a>(&'a self, _: &'a Delivery, _: &'a [HandlerInfo]) -> KeepFuture<'a> {
        Box::pin(async { self.0 })
    }
}

/// The answers that a keeper can give.
pub(crate) const KEPT: [Kept; 3] = [
    Kept::Fresh,
    Kept::Before,
    Kept::Refused(Duration::from_secs(1)),
];

pub(crate) fn builder() -> DispatcherBuilder {
    support::builder().select(within(module_path!()))
}

pub(crate) fn dispatcher(functions: &'static [&'static str]) -> Dispatcher {
    builder().select(only(functions)).build().unwrap()
}

/// The location of a handler: `file:line:column`.
pub(crate) fn place(function: &str) -> String {
    location(file!(), include_str!("handlers.rs"), function)
}
