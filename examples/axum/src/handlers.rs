//! What is done with the events of both mechanisms.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use siohook::{
    ContactId, Delivery, HandlerError, OrderItemId, State, account, automation, on_event, unified,
};

/// Who has access, and through which line of an order: what would be a database.
#[derive(Clone, Default)]
pub(crate) struct Members(Arc<Mutex<HashSet<(ContactId, OrderItemId)>>>);

impl Members {
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
        println!("remind {name} at {begin}");
    }
}

/// An account webhook: signed, with an id for each message.
#[on_event("SALE_NEW")]
async fn grant(
    sale: account::SaleNew,
    State(members): State<Members>,
    delivery: &Delivery,
) -> Result<(), HandlerError> {
    // Order ids repeat, order lines don't.
    let line = sale.order_item.id;
    let first = members.grant(sale.customer.contact_id, line);
    let id = delivery.message_id().unwrap_or("without id");
    println!(
        "line {line} ({id}): {}",
        if first { "granted" } else { "had been granted" }
    );
    Ok(())
}

/// A cancelled subscription or a refunded payment.
#[on_event("SALE_CANCELED")]
async fn revoke(
    sale: account::SaleCanceled,
    State(members): State<Members>,
) -> Result<(), HandlerError> {
    if members.revoke(sale.customer.contact_id, sale.order_item.id) {
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
    println!("{} + {}", event.contact.id, event.tag.name);
}
