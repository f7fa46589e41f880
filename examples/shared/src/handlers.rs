//! What is done with the events of both mechanisms. Whatever a contact or a sender chose is
//! printed as `{:?}`, so that no name can forge a line of the log.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use siohook::ids::{ContactId, OrderItemId};
use siohook::{Delivery, HandlerError, State, account, automation, on_event, unified};

/// Who has access, and through which line of an order: what would be a database.
#[derive(Clone, Debug, Default)]
pub struct Members(
    Arc<Mutex<HashSet<(ContactId, OrderItemId)>>>,
    Arc<Mutex<Doors>>,
);

#[derive(Debug, Default)]
struct Doors {
    open: HashSet<String>,
    waiting: Vec<Waker>,
}

impl Members {
    /// Resolves once this door was [opened](Self::open).
    async fn opened(&self, door: &str) {
        std::future::poll_fn(|cx| {
            let mut doors = self.1.lock().unwrap_or_else(PoisonError::into_inner);
            if doors.open.contains(door) {
                return Poll::Ready(());
            }
            doors.waiting.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn open(&self, door: String) {
        let mut doors = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        doors.open.insert(door);
        doors.waiting.drain(..).for_each(Waker::wake);
    }

    fn grant(&self, contact: ContactId, line: OrderItemId) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((contact, line))
    }

    fn revoke(&self, contact: ContactId, line: OrderItemId) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&(contact, line))
    }
}

/// An automation: the action "Send webhook" of a rule or workflow.
#[on_event("contact.webinar.registered")]
async fn remind(event: automation::WebinarRegistered) {
    let name = event.contact.fields.first_name().unwrap_or("a contact");
    if let Some(begin) = event.scheduled_at {
        eprintln!("remind {name:?} at {begin}");
    }
}

/// An account webhook: signed, with an id for each message.
#[on_event("SALE_NEW")]
async fn grant(
    sale: account::SaleNew,
    State(members): State<Members>,
    delivery: &Delivery,
) -> Result<(), HandlerError> {
    // Each line of an order is a delivery: the order ids are the same, those of the lines
    // are not.
    let line = sale.order_item.id;
    let first = members.grant(sale.customer.contact_id, line);
    let granted = if first { "granted" } else { "had been granted" };
    // The key can be printed whatever the message id is: that comes unsigned.
    eprintln!("line {line} ({}): {granted}", delivery.key());
    Ok(())
}

/// A cancelled subscription or a refunded payment.
#[on_event("SALE_CANCELED")]
async fn revoke(
    sale: account::SaleCanceled,
    State(members): State<Members>,
) -> Result<(), HandlerError> {
    let Some(line) = sale.order_item else {
        return Err(HandlerError::permanent("the cancellation names no line"));
    };
    if members.revoke(sale.customer.contact_id, line.id) {
        return Ok(());
    }
    // Deliveries may overtake each other: the sale may be still to come.
    Err(HandlerError::retry_after(
        Duration::from_secs(60),
        "cancelled before it was granted",
    ))
}

/// Both mechanisms at once.
#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
fn log_tag(event: unified::TagAdded) {
    eprintln!("{} + {:?}", event.contact.id, event.tag.name);
}

/// A name that nobody has published, as all that follow. They show what becomes
/// of a handler that does not succeed.
#[on_event(unlisted("example.failing"), unlisted("EXAMPLE_FAILING"))]
async fn fail() -> Result<(), &'static str> {
    Err("the database is away")
}

/// Fails, and asks for another attempt in a minute.
#[on_event(
    unlisted("example.failing.for_now"),
    unlisted("EXAMPLE_FAILING_FOR_NOW")
)]
async fn fail_for_now() -> Result<(), HandlerError> {
    Err(HandlerError::retry_after(
        Duration::from_secs(60),
        "no seat is free",
    ))
}

/// Fails, and asks for no other attempt.
#[on_event(unlisted("example.failing.for_good"))]
async fn fail_for_good() -> Result<(), HandlerError> {
    Err(HandlerError::permanent("there is no such course"))
}

/// Panics. The process and its other handlers go on.
#[on_event(unlisted("example.panicking"))]
async fn panic() {
    panic!("out of paper");
}

/// Waits until a delivery `example.released` names the same door in `data`, so
/// that a copy of it arrives while it is in progress.
#[on_event(unlisted("example.waiting"))]
async fn wait(State(members): State<Members>, delivery: &Delivery) {
    members.opened(&door(delivery)).await;
}

/// Lets `example.waiting` go.
#[on_event(unlisted("example.released"))]
fn release(State(members): State<Members>, delivery: &Delivery) {
    members.open(door(delivery));
}

/// The member `door` of `data`, or a door without a name.
fn door(delivery: &Delivery) -> String {
    let data: HashMap<String, String> = delivery.data().unwrap_or_default();
    data.get("door").cloned().unwrap_or_default()
}
