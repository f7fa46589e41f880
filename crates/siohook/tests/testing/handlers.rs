//! The handlers of a shop, which fail in different ways.

use std::sync::{Arc, Mutex};

use siohook::{Data, Delivery, HandlerError, State, automation, on_event, unified};

/// Notes of the handlers about their calls.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    pub(crate) fn note(&self, what: impl ToString) {
        self.0.lock().unwrap().push(what.to_string());
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

pub(crate) mod shop {
    use siohook::account;

    use super::*;

    #[on_event("SALE_NEW", id = "shop.grant")]
    pub(crate) async fn grant(
        sale: account::SaleNew,
        State(seen): State<Seen>,
    ) -> Result<(), HandlerError> {
        tokio::task::yield_now().await;
        match sale.customer.email.as_str() {
            "away@example.com" => Err(HandlerError::new("the database is away")),
            "banned@example.com" => Err(HandlerError::permanent("banned")),
            "panic@example.com" => panic!("out of paper"),
            email => {
                seen.note(email);
                Ok(())
            }
        }
    }

    #[on_event("SALE_CANCELED")]
    pub(crate) fn revoke(sale: account::SaleCanceled, State(seen): State<Seen>) {
        seen.note(format!("revoked {}", sale.customer.email));
    }
}

pub(crate) mod courses {
    use super::*;

    #[on_event("customer.sale.completed", "SALE_NEW")]
    pub(crate) fn grant(sale: unified::Sale, State(seen): State<Seen>) {
        seen.note(format!("course for {}", sale.customer.email));
    }
}

#[on_event("contact.tag.added")]
pub(crate) fn tagged(event: automation::TagAdded, State(seen): State<Seen>) {
    seen.note(event.tag.name);
}

#[on_event("contact.tag.added")]
pub(crate) fn fails_once(delivery: &Delivery, State(seen): State<Seen>) -> Result<(), String> {
    let first = seen.take().is_empty();
    seen.note(delivery.key());
    if first {
        Err("not yet".to_owned())
    } else {
        Ok(())
    }
}

#[on_event("*")]
pub(crate) fn audit(delivery: &Delivery, State(seen): State<Seen>) {
    seen.note(delivery.event());
}

#[on_event("*")]
pub(crate) fn misfits(_: Data<u64>) {}
