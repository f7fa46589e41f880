//! Handlers that do nothing, that fail, that say when they start, and that never end.

use std::future::pending;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use siohook::account::{ContactTagAdded, SaleNew};
use siohook::{Dispatcher, DispatcherBuilder, HandlerError, State, on_event};
use siohook_benches::builder;
use siohook_inbox::Run;
use tokio::sync::mpsc::UnboundedSender;

static SEEN: AtomicU64 = AtomicU64::new(0);

/// How often a handler has done nothing.
pub(crate) fn seen() -> u64 {
    SEEN.load(Ordering::Relaxed)
}

/// What a handler does with a sale.
pub(crate) fn saw_sale(sale: &SaleNew) {
    SEEN.fetch_add(1, Ordering::Relaxed);
    black_box((sale.order_item.id, &sale.customer.email));
}

/// What a handler does with a tag.
pub(crate) fn saw_tag(tag: &ContactTagAdded) {
    SEEN.fetch_add(1, Ordering::Relaxed);
    black_box((tag.tag.id, &tag.contact.email));
}

#[on_event("SALE_NEW", id = "brief.grant")]
async fn grant(sale: SaleNew) {
    saw_sale(&sale);
}

#[on_event("SALE_NEW", id = "brief.log")]
async fn log(sale: SaleNew) {
    saw_sale(&sale);
}

#[on_event("CONTACT_TAG_ADDED", id = "brief.enrol")]
async fn enrol(tag: ContactTagAdded) {
    saw_tag(&tag);
}

#[on_event("CONTACT_TAG_ADDED", id = "brief.count")]
async fn count(tag: ContactTagAdded) {
    saw_tag(&tag);
}

#[on_event("CONTACT_TAG_ADDED", id = "dead.enrol")]
async fn dead(tag: ContactTagAdded) -> Result<(), HandlerError> {
    saw_tag(&tag);
    Err(HandlerError::permanent("no place is free"))
}

/// How long [`retried`] waits after its first attempt.
pub(crate) const DELAY: Duration = Duration::from_millis(100);

/// Where handlers say that they start.
#[derive(Clone)]
pub(crate) struct Starts(pub(crate) UnboundedSender<Instant>);

#[on_event("SALE_NEW", id = "timed.start")]
async fn timed(State(starts): State<Starts>) {
    let _ = starts.0.send(Instant::now());
}

#[on_event("SALE_NEW", id = "retried.start")]
async fn retried(State(starts): State<Starts>, run: Run) -> Result<(), HandlerError> {
    let _ = starts.0.send(Instant::now());
    if run.attempt() > 1 {
        return Ok(());
    }
    Err(HandlerError::retry_after(DELAY, "the first attempt fails"))
}

#[on_event("SALE_NEW", id = "stuck.first")]
async fn stuck_first(_: SaleNew) {
    pending::<()>().await;
}

#[on_event("SALE_NEW", id = "stuck.second")]
async fn stuck_second(_: SaleNew) {
    pending::<()>().await;
}

/// A dispatcher with the handlers whose id begins with a prefix, and its state.
pub(crate) fn dispatcher(prefix: &'static str, starts: Option<Starts>) -> Dispatcher {
    let mut builder: DispatcherBuilder =
        builder().select(move |handler| handler.id().starts_with(prefix));
    if let Some(starts) = starts {
        builder = builder.state(starts);
    }
    builder.build().expect("the configuration is valid")
}
